import type { Command } from 'commander';
import { migrateFacts, migrateRecords } from '../../store/migrate.ts';
import { openStores } from '../../store/open.ts';
import { runCommand } from '../context.ts';

/** Brings both stores up to date and prints what was applied. Opening a store does the same; this does it at a chosen time. */
export function register(program: Command): void {
  program
    .command('migrate')
    .description('升级两个存储的表结构 / bring both stores up to date')
    .action((_options: unknown, command: Command) =>
      runCommand(command, async ({ app, say, result }) => {
        const stores = await openStores(app, { migrate: false });
        try {
          const clock = (): Date => new Date(app.clock());
          const facts = await stores.facts();
          const records = await stores.records();
          const applied = {
            facts: { engine: facts.engine, applied: await migrateFacts(facts, { clock }) },
            records: { engine: records.engine, applied: await migrateRecords(records, { clock }) },
          };
          await result(applied, () =>
            Object.entries(applied)
              .map(([store, { engine, applied: names }]) => {
                const done = names.length === 0 ? say({ zh: '已是最新', en: 'up to date' }) : names.join(', ');
                return `${store} (${engine}): ${done}\n`;
              })
              .join(''),
          );
        } finally {
          await stores.close();
        }
      }),
    );
}
