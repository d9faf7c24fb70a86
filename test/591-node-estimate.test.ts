/** How long a plan takes on so many machines, held against arithmetic. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan, PlannedBuild } from '../src/model.ts';
import { nodeEstimates } from '../src/stages/node-estimate.ts';
import { simulate } from './rig/simulated-cluster.ts';

/** Builds `0`, `1`, ... with what they need. */
const planOf = (needs: readonly (readonly number[])[]): Plan =>
  ({
    builds: needs.map((before, i) => ({ source: String(i), stage: 0, needs: before }) as unknown as PlannedBuild),
  }) as unknown as Plan;

const estimates = (needs: readonly (readonly number[])[], seconds: readonly number[], nodes: readonly number[]) =>
  nodeEstimates(planOf(needs), (source) => seconds[Number(source)]!, nodes);

test('a chain takes its length however many machines there are; what is independent is shared out', () => {
  expect(estimates([[], [0], [1]], [5, 7, 11], [1, 2, 64]).map(({ seconds }) => seconds)).toEqual([23, 23, 23]);
  expect(estimates([[], [], [], []], [3, 3, 3, 3], [1, 2, 3, 4]).map(({ seconds }) => seconds)).toEqual([12, 6, 6, 3]);
  expect(estimates([], [], [4])).toEqual([{ nodes: 4, seconds: 0, bound: 0, used: 1 }]);
});

test('the head of the longest chain goes first', () => {
  // 0 -> 3 is the long chain; with one of two machines on it, 1 and 2 fit beside it.
  expect(estimates([[], [], [], [0]], [1, 4, 4, 9], [2])[0]!.seconds).toBe(10);
});

const plans = fc.integer({ min: 1, max: 30 }).chain((size) =>
  fc.record({
    needs: fc.tuple(
      ...Array.from({ length: size }, (_, i) =>
        i === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(i - 1), { maxLength: 3 }),
      ),
    ),
    seconds: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: size, maxLength: size }),
  }),
);

test('no order is below the bound, none is above twice the best, more machines never make one machine slower', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 8 }), ({ needs, seconds }, nodes) => {
      const [row] = estimates(needs, seconds, [nodes]);
      const [alone] = estimates(needs, seconds, [1]);
      expect(row!.seconds).toBeGreaterThanOrEqual(row!.bound - 1e-9);
      expect(row!.seconds).toBeLessThanOrEqual((2 - 1 / nodes) * row!.bound + 1e-9);
      expect(alone!.seconds).toBe(seconds.reduce((sum, value) => sum + value, 0));
      expect(row!.seconds).toBeLessThanOrEqual(alone!.seconds);
    }),
  );
});

test('it is what the scheduler of real runs comes to', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 8 }), async ({ needs, seconds }, nodes) => {
      const [row] = estimates(needs, seconds, [nodes]);
      const run = await simulate(planOf(needs), seconds, nodes);
      expect([run.seconds, run.bound]).toEqual([row!.seconds, row!.bound]);
    }),
    { numRuns: 100 },
  );
});
