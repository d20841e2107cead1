#!/usr/bin/env node
// The executable. TypeScript runs as it stands (tsx strips the types), so that there is no build output to go stale.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/cli/main.ts');
await main(process.argv.slice(2));
