import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { importSettings } from '../../app.ts';
import { importPaths } from '../../normalise/import-files.ts';
import { captureHep } from '../../sources/hep-listener.ts';
import { runCommand } from '../context.ts';
import { EXIT } from '../errors.ts';
import { portOf } from '../serving.ts';

interface Options {
  host: string;
  udp: string;
  tcp: string;
  every: string;
  authority?: string;
  once?: boolean;
}

/** Takes SIP signalling in as it happens (HEP3 from Kamailio's siptrace, Homer's agents ...): captured to files, which are imported as they are closed. */
export function register(program: Command): void {
  program
    .command('listen')
    .description('实时接收 HEP3 信令镜像并入库 / take in mirrored SIP signalling (HEP3) as it happens')
    .option('--udp <port>', 'UDP 端口 / UDP port', '9060')
    .option('--tcp <port>', 'TCP 端口 / TCP port', '9061')
    .option('--host <address>', '监听地址 / address to listen on', '127.0.0.1')
    .option('--every <seconds>', '每隔多少秒入库一次 / seconds between imports', '60')
    .option('--authority <text>', '依据：案件编号、调取文书号 / under which authority')
    .option('--once', '入库一次后结束 / stop after the first import')
    .action((options: Options, command: Command) =>
      runCommand(command, async ({ app, signal, say, result, progress }) => {
        const facts = await app.facts();
        const waiting: string[] = [];
        const capture = await captureHep({
          dir: join(app.dataDir, 'captures'),
          host: options.host,
          udpPort: portOf(options.udp),
          tcpPort: portOf(options.tcp),
          clock: app.clock,
          onFile: (path) => waiting.push(path),
        });
        const told = (zh: string, en: string): void => void process.stderr.write(`${say({ zh, en })}\n`);
        told(
          `正在接收 HEP3:udp ${options.host}:${capture.udpPort},tcp ${options.host}:${capture.tcpPort}；Ctrl-C 结束并入库剩余部分。`,
          `Taking HEP3 in on udp ${options.host}:${capture.udpPort} and tcp ${options.host}:${capture.tcpPort}; Ctrl-C stores the rest and ends.`,
        );
        const total = { rows: 0, facts: 0, duplicates: 0, quarantined: 0 };
        const settings = {
          ...importSettings(app),
          ...(options.authority === undefined ? {} : { authority: options.authority }),
        };
        const store = async (): Promise<void> => {
          capture.rotate();
          for (const path of waiting.splice(0)) {
            const report = await importPaths(facts, [path], settings);
            for (const key of ['rows', 'facts', 'duplicates', 'quarantined'] as const) total[key] += report[key];
            // Its bytes are kept under their content's address by now; a file that was refused stays where it is.
            if (report.failed.length === 0) rmSync(path, { force: true });
            told(
              `入库 ${report.facts} 条通话，隔离 ${report.quarantined} 行；累计 ${capture.counts.packets} 个数据包，${capture.counts.malformed} 个不合格。`,
              `${report.facts} calls stored, ${report.quarantined} rows quarantined; ${capture.counts.packets} packets so far, ${capture.counts.malformed} malformed.`,
            );
          }
        };
        progress.stop();
        try {
          const every = Math.max(1, Number(options.every) || 60) * 1000;
          while (!signal.aborted) {
            await sleep(every, undefined, { signal }).catch(() => undefined);
            await store();
            if (options.once === true && total.rows > 0) break;
          }
        } finally {
          await capture.close();
          await store();
        }
        await result({ ...total, ...capture.counts }, () => '');
        return total.quarantined > 0 ? EXIT.quarantined : EXIT.done;
      }),
    );
}
