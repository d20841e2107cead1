import type { Command } from 'commander';
import { recordOrigin } from '../../server/read/record-origin.ts';
import { runCommand } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';

/** Where a fact came from, down to the text of its row: what a reason's record ids lead to. */
export function register(program: Command): void {
  program
    .command('record')
    .description(
      '一条记录的来历：文件、行、原文、导入人与依据 / where a record came from: file, row, its text, by whom and why',
    )
    .argument('<id>', '记录编号 <哈希前 12 位>:<行> / the record’s id, as reasons give it')
    .action((id: string, _options: object, command: Command) =>
      runCommand(command, async ({ app, result, lang }) => {
        const origin = await recordOrigin(app, id);
        if (origin === null) {
          throw new CliError(
            { zh: `没有编号为 ${id} 的记录。`, en: `There is no record ${id}.` },
            { exitCode: EXIT.failed },
          );
        }
        const { file, kind, row, raw, values } = origin;
        const zh = lang === 'zh';
        const missing = zh ? '（原始文件未保留）' : '(the original was not kept)';
        const lines: [string, string][] = [
          [zh ? '文件' : 'file', file.path],
          [zh ? '原始文件 SHA-256' : 'SHA-256 of the original', file.original],
          [zh ? '位置' : 'inside', [file.member, file.part].filter((x) => x !== '').join(' # ')],
          [zh ? '行' : 'row', `${row} (${kind})`],
          [zh ? '原文' : 'text', raw ?? missing],
          [zh ? '导入' : 'imported', `${new Date(file.importedAt).toISOString()} ${file.by}`],
          [zh ? '依据' : 'authority', file.authority],
          ...Object.entries(values),
        ];
        await result(origin, () =>
          lines
            .filter(([, v]) => v !== '')
            .map(([k, v]) => `${k}: ${v}\n`)
            .join(''),
        );
        return EXIT.done;
      }),
    );
}
