import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], // No test is about time; these end what hangs, also on a machine that does ten other things.
    testTimeout: 900_000, hookTimeout: 300_000, pool: 'forks', maxWorkers: 2 },
});
