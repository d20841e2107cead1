// Becomes a ClickHouse server: calls the entry point of the engine's shared library with the arguments it was given. A process of its
// own, because the call only returns when the server ends, and the library holds one data directory per process.
import { rmSync } from 'node:fs';
import { DataType, load, open } from 'ffi-rs';
import { libchdbPath } from 'chdb/libchdb';

// Whoever started this holds the other end: when they are gone, however they went, so is this.
process.stdin.resume();
process.stdin.on('end', () => {
  rmSync(dir, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
});

const [dir, ...argv] = process.argv.slice(2);
open({ library: 'chdb', path: libchdbPath() });
await load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argv.length, argv],
  runInNewThread: true,
});
