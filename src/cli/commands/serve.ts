import type { Command } from 'commander';
import { refreshStatus } from '../../server/refresh.ts';
import { runCommand } from '../context.ts';
import { serveUntilStopped } from '../serving.ts';

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
    .action((options: { port: string; host: string }, command: Command) =>
      runCommand(command, (context) =>
        serveUntilStopped(context, { ...options, demo: false }, async ({ context: server }) => {
          server.board.plan([{ id: 'open', text: { zh: '打开数据', en: 'Opening the stores' } }]);
          await server.board.step('open', 'starting', () => refreshStatus(server));
          server.board.update({ phase: 'ready' });
        }),
      ),
    );
}
