import { simulate } from '../simulate/index.ts';

/** Process that simulates for `ringbreak demo`: options as JSON in the first argument, progress to the parent. */
const options = JSON.parse(process.argv[2] ?? '{}') as Parameters<typeof simulate>[0];
await simulate(options, (p) => void process.send?.(p));
process.disconnect?.();
