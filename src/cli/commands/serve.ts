import type { Command } from 'commander';
import { refreshStatus } from '../../server/refresh.ts';
import { runCommand } from '../context.ts';
import { takeInSignalling } from '../../server/signalling.ts';
import { portOf, serveUntilStopped } from '../serving.ts';

interface Options {
  port: string;
  host: string;
  hep?: boolean;
  udp: string;
  tcp: string;
  every: string;
  authority?: string;
}

/** Serves the pages over what is stored in the data directory. */
export function register(program: Command): void {
  program
    .command('serve')
    .description('打开页面服务 / serve the pages')
    .option('--port <n>', '端口 / port', '8787')
    .option(
      '--host <address>',
      '监听地址 / address to listen on (others than this machine need RINGBREAK_TOKEN)',
      '127.0.0.1',
    )
    .option('--hep', '同时接收 HEP3 信令镜像 / take in mirrored SIP signalling (HEP3) beside the pages')
    .option('--udp <port>', 'HEP3 的 UDP 端口 / UDP port for it', '9060')
    .option('--tcp <port>', 'HEP3 的 TCP 端口 / TCP port for it', '9061')
    .option('--every <seconds>', '每隔多少秒入库一次 / seconds between its imports', '60')
    .option('--authority <text>', '依据：案件编号、调取文书号 / under which authority')
    .action((options: Options, command: Command) =>
      runCommand(command, (context) => {
        const ports = { udpPort: portOf(options.udp), tcpPort: portOf(options.tcp) };
        return serveUntilStopped(
          context,
          { ...options, demo: false },
          async ({ context: server }) => {
            server.board.plan([{ id: 'open', text: { zh: '打开数据', en: 'Opening the stores' } }]);
            await server.board.step('open', 'starting', () => refreshStatus(server));
            server.board.update({ phase: 'ready' });
          },
          options.hep !== true
            ? undefined
            : async ({ context: server }) => {
                const taken = await takeInSignalling(server, {
                  host: options.host,
                  ...ports,
                  everySeconds: Number(options.every) || 60,
                  ...(options.authority === undefined ? {} : { authority: options.authority }),
                });
                const at = `udp ${options.host}:${taken.udpPort}, tcp ${options.host}:${taken.tcpPort}`;
                process.stdout.write(`${context.say({ zh: '正在接收 HEP3', en: 'Taking HEP3 in on' })}: ${at}\n`);
                return taken;
              },
        );
      }),
    );
}
