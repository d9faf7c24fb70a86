/** What a search tells while one waits: bounds that only close, and end at the answer. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { boundWords } from '../src/application/analyse.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { type Bound, closeClingo } from '../src/solver/clingo.ts';
import { planted } from './rig/generate/planted.ts';

afterAll(() => closeClingo());

/** -1, 0 or 1, wishes before stage builds. */
const compared = (a: Bound['found'], b: Bound['found']): number => Math.sign(a[0] - b[0] || a[1] - b[1]);

test('the bound is never above what is found, they meet in the end, and who listens changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (seed) => {
      const { graph } = planted(seed, { sources: 40, stages: 3, tangled: true });
      const told: Bound[] = [];
      const options = { wishes: 'last-resort', rebuilds: false } as const;
      const solution = await solve(graph, { ...options, onBound: (bound) => told.push(bound) });
      expect(told.length > 0).toBe(solution.choices.length + solution.wishes.length > 0);
      for (const bound of told) {
        expect(compared(bound.atLeast, bound.found)).toBeLessThanOrEqual(0);
      }
      const last = told.at(-1);
      if (last !== undefined) expect(last.atLeast).toEqual(last.found);
      const silent = await solve(graph, options);
      expect(solution).toEqual(silent);
    }),
    { numRuns: 40 },
  );
});

test.for([
  [[7, 3], [5, 0], '7 wishes found, at least 5'],
  [[7, 3], [7, 0], '7 wishes found, and no fewer will do'],
  [[1, 0], [0, 2], '1 wish found, at least 0'],
  [[0, 12], [0, 9], '12 stage builds found, at least 9'],
  [[0, 1], [0, 1], '1 stage build found, and no fewer will do'],
] as const)('%s of at least %s: %s', ([found, atLeast, words]) => {
  expect(boundWords({ found, atLeast })).toBe(words);
});
