// Opens the embedded stores of a directory and, told to `insert`, adds batches for as long as it lives; each is printed once the stores
// have acknowledged it. Told to `hold`, it only holds them.
import { openStores } from '../../src/store/open.ts';

const [dataDir = '', task = 'hold'] = process.argv.slice(2);
try {
  const stores = await openStores({ dataDir, env: {}, clock: Date.now });
  const facts = await stores.facts();
  if (task === 'hold') {
    process.stdout.write('held\n');
    setInterval(() => undefined, 1000);
  } else {
    const records = await stores.records();
    await facts.command(
      'CREATE TABLE IF NOT EXISTS batches (batch UInt32, n UInt32) ENGINE = MergeTree ORDER BY batch',
    );
    await records.query('CREATE TABLE IF NOT EXISTS batches (batch integer PRIMARY KEY)');
    process.stdout.write('begun\n');
    for (let batch = 0; ; batch++) {
      await facts.insert(
        'batches',
        Array.from({ length: 1000 }, (_, n) => ({ batch, n })),
      );
      await records.query('INSERT INTO batches VALUES ($1)', [batch]);
      process.stdout.write(`${batch}\n`);
    }
  }
} catch (e) {
  process.stderr.write(e instanceof Error ? `${e.name}: ${e.message}\n` : String(e));
  process.exitCode = 1;
}
