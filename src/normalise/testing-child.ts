// For tests: imports a file into a store and may be killed at any moment. Says 'go' when the store is open and the import begins.
import { openChdb } from '../store/chdb.ts';
import { migrateFacts } from '../store/migrate.ts';
import { importPaths } from './import-files.ts';

const [dir = '', path = ''] = process.argv.slice(2);
const facts = await openChdb(dir, { threads: 2 });
await migrateFacts(facts);
process.stdout.write('go\n');
const home = { country: 'CN', zone: 'Asia/Shanghai' };
const report = await importPaths(facts, [path], { home, clock: Date.now, straightFrom: 0 });
process.stdout.write(`${JSON.stringify(report)}\n`);
await facts.close();
