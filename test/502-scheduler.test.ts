/**
 * The schedule: nothing before its needs, nothing left out, the longest chain first, never far from the bound, never
 * over the budget.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitsOf } from '../src/application/run/resource-limits.ts';
import { namedBuild, usageKey } from '../src/build-id.ts';
import { nothingRun } from '../src/run-state.ts';
import { coresForEach, expectationOf, expectedClockSeconds } from '../src/runner/scheduling/build-estimate.ts';
import { Budget, type Expectation, type Limits } from '../src/runner/scheduling/resource-budget.ts';
import { criticalPaths, type Needs, Schedule } from '../src/runner/scheduling/schedule.ts';
import { planOf } from './rig/fake-builder.ts';

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

/** Runs a schedule under a budget in virtual time; `watch` sees every start with what runs then. */
function simulateUnder(
  limits: Limits,
  rows: readonly { readonly needs: readonly number[]; readonly seconds: number; readonly use: Expectation }[],
  watch: (
    running: ReadonlyMap<number, { readonly cores: number; readonly memoryBytes: number }>,
    waiting: number,
  ) => void,
) {
  const needs = rows.map((row) => row.needs);
  const schedule = new Schedule(needs, [...needs.keys()], (i) => rows[i]!.seconds);
  const budget = new Budget(limits);
  const running = new Map<number, { cores: number; memoryBytes: number; end: number }>();
  const done: number[] = [];
  for (let now = 0; ; ) {
    for (;;) {
      const start = budget.next(schedule.startable, (i) => rows[i]!.use);
      if (start === undefined) break;
      schedule.take(start.build);
      const cores = rows[start.build]!.use.coresUsed(start.cores);
      running.set(start.build, { cores, memoryBytes: start.memoryBytes, end: now + rows[start.build]!.seconds });
      watch(running, schedule.startable.length);
    }
    if (running.size === 0) return { seconds: now, done };
    const [first, { end }] = [...running].reduce((a, b) => (b[1].end < a[1].end ? b : a));
    running.delete(first);
    budget.end(first);
    now = end;
    done.push(first);
    schedule.settle(first, true);
  }
}

const fixed = (memoryBytes: number, cores = 1): Expectation => ({
  coresUsed: (given) => Math.min(given, cores),
  memoryBytes: () => memoryBytes,
});

test('what is expected of the builds that run is never more than the budget, but for one that runs alone', () => {
  const anyRow = fc.record({
    seconds: fc.integer({ min: 1, max: 9 }),
    memoryBytes: fc.nat(150),
    cores: fc.integer({ min: 1, max: 4 }),
    perCore: fc.boolean(),
  });
  const anyLimits = fc.record({ jobs: fc.integer({ min: 1, max: 5 }), cores: fc.integer({ min: 1, max: 6 }) });
  let full = 0;
  fc.assert(
    fc.property(anyNeeds, fc.array(anyRow, { minLength: 40, maxLength: 40 }), anyLimits, (needs, rows, atMost) => {
      const limits = { ...atMost, memoryBytes: 100 };
      const builds = needs.map((row, i) => {
        const { seconds, memoryBytes, cores, perCore } = rows[i]!;
        const use = {
          ...fixed(memoryBytes, cores),
          ...(perCore && { memoryBytes: (given: number) => memoryBytes * given }),
        };
        return { needs: row, seconds, use };
      });
      const { done } = simulateUnder(limits, builds, (running, waiting) => {
        const all = [...running.values()];
        expect(all.length).toBeLessThanOrEqual(limits.jobs);
        if (all.length === 1) return;
        expect(all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)).toBeLessThanOrEqual(limits.memoryBytes);
        expect(all.reduce((sum, { cores }) => sum + cores, 0)).toBeLessThanOrEqual(limits.cores);
        if (waiting > 0) full++;
      });
      expect(done.toSorted((a, b) => a - b)).toEqual([...needs.keys()]);
    }),
  );
  expect(full).toBeGreaterThan(100);
});

test('two heavy builds never run together, and one larger than the whole budget runs alone', () => {
  const heavy = [60, 60, 150, 10].map((memoryBytes) => ({ needs: [], seconds: 5, use: fixed(memoryBytes) }));
  const together: string[] = [];
  simulateUnder({ jobs: 4, cores: 4, memoryBytes: 100 }, heavy, (running) =>
    together.push([...running.keys()].join('+')),
  );
  expect(together).toEqual(['0', '0+3', '3+1', '2']);
});

test('what waits for room is passed only by what leaves it its room', () => {
  // 1 is most urgent after 0, and waits for 0 to end; the small ones never take what it needs, however many come.
  const small = Array.from({ length: 30 }, () => ({ needs: [], seconds: 3, use: fixed(30) }));
  const builds = [{ needs: [], seconds: 100, use: fixed(50) }, { needs: [], seconds: 50, use: fixed(80) }, ...small];
  const order: number[] = [];
  simulateUnder({ jobs: 3, cores: 3, memoryBytes: 100 }, builds, (running) => order.push([...running.keys()].at(-1)!));
  expect(order.slice(0, 2)).toEqual([0, 1]);
});

test('what waits for room is passed by no more when others, more urgent, come and go meanwhile', () => {
  // 0 ends after a second; then 1, which is large, waits for 2 to end. A chain goes before all of them, the small ones
  // after.
  const builds = [
    { needs: [], seconds: 1, use: fixed(0) },
    { needs: [0], seconds: 150, use: fixed(90) },
    { needs: [], seconds: 9, use: fixed(20) },
    ...Array.from({ length: 200 }, (_, i) => ({ needs: i === 0 ? [] : [i + 2], seconds: 1, use: fixed(0) })),
    ...Array.from({ length: 60 }, () => ({ needs: [0], seconds: 7, use: fixed(10) })),
  ];
  const started: number[] = [];
  simulateUnder({ jobs: 20, cores: 20, memoryBytes: 100 }, builds, (running) =>
    started.push([...running.keys()].at(-1)!),
  );
  // One of the small ones leaves it its room; when that ends another may come.
  const before = started.slice(0, started.indexOf(1));
  expect(before.filter((i) => i > 202).length).toBeLessThanOrEqual(2);
});

test('a build is told fewer cores where more would not fit', () => {
  const budget = new Budget({ jobs: 2, cores: 8, memoryBytes: 100 });
  const perCore: Expectation = { coresUsed: (given) => given, memoryBytes: (given) => given * 30 };
  expect(budget.next([7], () => perCore)).toEqual({ build: 7, cores: 3, memoryBytes: 90 });
});

test('what is expected is what the recipe declares, else what the last one took, else an equal share', () => {
  const plan = planOf([{ source: 'cc' }, { source: 'cc', round: 2 }]);
  const limits = { jobs: 4, cores: 4, memoryBytes: 1000 };
  const used = new Map([[usageKey(namedBuild('cc')), { seconds: 10, cpuSeconds: 10, maxRssKiB: 2, cores: 4 }]]);
  const state = { ...nothingRun, used };
  const nothing = () => undefined;
  const [, second] = plan.builds;
  const learned = expectationOf(second!, state, nothing, limits);
  expect([learned.memoryBytes(1), learned.memoryBytes(3)]).toEqual([2048, 6144]);
  expect([learned.coresUsed(4), learned.coresUsed(1)]).toEqual([1, 1]);
  expect(expectationOf(second!, state, () => 77, limits).memoryBytes(3)).toBe(77);
  expect(expectationOf(second!, nothingRun, nothing, limits).memoryBytes(3)).toBe(250);
  expect(expectationOf(second!, nothingRun, nothing, limits).coresUsed(3)).toBe(3);
});

test('the limits are those of the machine, and what is asked for', () => {
  const here = { cores: 4, memoryBytes: 10_000 };
  const asked = { jobs: undefined, cores: undefined, memory: undefined };
  expect(limitsOf(asked, here)).toEqual({ jobs: 4, cores: 4, memoryBytes: 9000 });
  expect(limitsOf({ ...asked, jobs: 8 }, here)).toEqual({ jobs: 8, cores: 8, memoryBytes: 9000 });
  expect(limitsOf({ jobs: 8, cores: 2, memory: '1.5K' }, here)).toEqual({ jobs: 8, cores: 2, memoryBytes: 1536 });
  expect(limitsOf({ ...asked, cores: 2 }, here).jobs).toBe(2);
  expect(() => limitsOf({ ...asked, memory: 'much' }, here)).toThrow('"much" is no size');
});

test('what is expected of a build is seconds by the clock, whether it was built here or only declared', () => {
  const plan = planOf([{ source: 'gcc' }, { source: 'dash' }]);
  const used = new Map([[usageKey(namedBuild('dash')), { seconds: 90, cpuSeconds: 700, maxRssKiB: 2, cores: 8 }]]);
  const declared = { coreSeconds: () => 800, coresEach: coresForEach({ jobs: 2, cores: 16, memoryBytes: 1 }) };
  expect(declared.coresEach).toBe(8);
  expect(expectedClockSeconds(plan, { ...nothingRun, used }, declared)).toEqual([100, 90]);
  expect(coresForEach({ jobs: 4, cores: 2, memoryBytes: 1 })).toBe(1);
});
