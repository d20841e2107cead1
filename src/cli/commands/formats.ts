import type { Command } from 'commander';
import { formatsDocument } from '../../normalise/document.ts';
import { loadProfiles } from '../../normalise/profile.ts';
import { READERS } from '../../sources/readers.ts';
import { runCommand } from '../context.ts';

/** What can be imported: readers and profiles. */
export function register(program: Command): void {
  program
    .command('formats')
    .description('能导入的格式与配置 / formats and profiles that can be imported')
    .action((_options: object, command: Command) =>
      runCommand(command, async ({ result }) => {
        const profiles = loadProfiles();
        const list = {
          readers: READERS.map(({ id, title, source }) => ({ id, title, source })),
          profiles: profiles.map(({ name, kind, title }) => ({ name, kind, title: title ?? null })),
        };
        await result(list, () => formatsDocument(profiles));
      }),
    );
}
