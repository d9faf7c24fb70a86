import { defineConfig } from 'vitest/config';
import { ByTier } from './test/order.ts';
import { tiers } from './test/tiers.ts';

const shared = {
  pool: 'forks',
  setupFiles: 'test/rig/release-at-end.ts',
  maxWorkers: 2,
  // Every test asks for itself; test 146 asks twice.
  env: { BOOTPLAN_ANSWERS: 'off' },
  // No test is about time; these limits end what hangs, also on a machine that does ten other things.
  testTimeout: 900_000,
  hookTimeout: 300_000,
} as const;

export default defineConfig({
  test: {
    ...shared,
    sequence: { sequencer: ByTier },
    projects: Object.entries(tiers(import.meta.dirname)).map(([name, include]) => ({
      test: { ...shared, name, include: [...include] },
    })),
  },
});
