import { defineConfig } from 'vitest/config';

// `forks`, never `threads`: two files that open chDB in one process end in a segmentation fault.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts', 'test/scenarios/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'engines', include: ['test/engines/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          // A page on a busy machine: a second, as it would be, is for values in memory.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
