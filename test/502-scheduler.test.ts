/** The schedule: nothing before its needs, nothing left out, the longest chain first, and never far from the bound. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPaths, type Needs, Schedule } from '../src/runner/run/scheduler.ts';

/** Needs of each build among the builds before it. */
const anyNeeds: fc.Arbitrary<number[][]> = fc
  .integer({ min: 1, max: 40 })
  .chain((n) =>
    fc.tuple(
      ...Array.from({ length: n }, (_, i) => fc.uniqueArray(fc.nat(Math.max(0, i - 1)), { maxLength: Math.min(i, 4) })),
    ),
  )
  .map((rows) => rows as number[][]);

/** Runs a schedule in virtual time; returns when everything was done, and what was blocked. */
function simulate(needs: Needs, weights: readonly number[], jobs: number, fails: ReadonlySet<number> = new Set()) {
  const schedule = new Schedule(needs, [...needs.keys()], (i) => weights[i]!);
  const ends = new Map<number, number>();
  const done: number[] = [];
  const blocked = new Map<number, readonly number[]>();
  let now = 0;
  for (;;) {
    for (let i: number | undefined; ends.size < jobs; ) {
      i = schedule.take();
      if (i === undefined) break;
      for (const need of needs[i]!) expect(done).toContain(need);
      ends.set(i, now + weights[i]!);
    }
    if (ends.size === 0) return { seconds: now, done, blocked };
    const [first, at] = [...ends].reduce((a, b) => (b[1] < a[1] ? b : a));
    ends.delete(first);
    now = at;
    if (!fails.has(first)) done.push(first);
    for (const { build, by } of schedule.settle(first, !fails.has(first))) blocked.set(build, by);
  }
}

test('everything is built once, after its needs', () => {
  fc.assert(
    fc.property(anyNeeds, fc.integer({ min: 1, max: 5 }), (needs, jobs) => {
      const { done } = simulate(
        needs,
        needs.map((_, i) => 1 + (i % 7)),
        jobs,
      );
      expect(done.toSorted((a, b) => a - b)).toEqual([...needs.keys()]);
    }),
  );
});

test('what is blocked is what needs a failure, directly or not, and it is told all the failures behind it', () => {
  fc.assert(
    fc.property(anyNeeds, fc.array(fc.nat(39)), fc.integer({ min: 1, max: 4 }), (needs, failing, jobs) => {
      const fails = new Set(failing);
      const { done, blocked } = simulate(
        needs,
        needs.map(() => 1),
        jobs,
        fails,
      );
      // By definition: the failures reachable through needs, where a blocked build does not get to fail itself.
      const behind: Set<number>[] = [];
      for (const [i, row] of needs.entries()) {
        const causes = new Set(row.flatMap((n) => [...behind[n]!]));
        behind.push(causes.size === 0 && fails.has(i) ? new Set([i]) : causes);
        if (causes.size > 0) expect(blocked.get(i)).toEqual([...causes].sort((a, b) => a - b));
        else expect(blocked.has(i)).toBe(false);
        expect(done.includes(i)).toBe(behind[i]!.size === 0);
      }
    }),
  );
});

test('the head of the longest chain goes first', () => {
  // 0 is short and alone; 1 starts a chain of three; 2 is long and alone.
  const schedule = new Schedule([[], [], [], [1], [3]], [0, 1, 2, 3, 4], (i) => [1, 5, 9, 5, 5][i]!);
  expect([schedule.take(), schedule.take(), schedule.take()]).toEqual([1, 2, 0]);
});

test('the critical path is the longest weighted chain', () => {
  expect([...criticalPaths([[], [0], [0], [1, 2]], (i) => [1, 2, 5, 1][i]!)]).toEqual([7, 3, 6, 1]);
});

test('on layered plans of a hundred builds the whole takes at most a tenth longer than any schedule must', () => {
  const anyPlan = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 })),
    {
      minLength: 100,
      maxLength: 140,
    },
  );
  fc.assert(
    fc.property(anyPlan, (rows) => {
      const needs = rows.map(([, row], i) => (i < 8 ? [] : [...new Set(row.map((r) => r % Math.max(1, i - 7)))]));
      const weights = rows.map(([weight]) => weight);
      const longest = Math.max(...criticalPaths(needs, (i) => weights[i]!));
      const work = weights.reduce((sum, weight) => sum + weight, 0);
      const bound = Math.max(longest, work / 2);
      expect(simulate(needs, weights, 2).seconds).toBeLessThanOrEqual(bound * 1.1);
    }),
  );
});
