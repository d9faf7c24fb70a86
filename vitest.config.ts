import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // No test is about time; these limits end what hangs, also on a machine that does ten other things.
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
