/** From a few lines of metadata to the order of all builds: what the plan must be, and that no wrong plan passes. */

import { afterAll, expect, test } from 'vitest';
import type { Plan, PlannedBuild, Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { installationSet } from '../src/stages/installation-set.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { formatPlan, planOf } from '../src/stages/plan-format.ts';
import { groupStuck, stuckSources } from '../src/stages/stuck.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { random } from './rig/generate/graphs.ts';
import { fits } from './rig/schema.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

async function planned(u: Universe, wishes: 'none' | 'last-resort' = 'none'): Promise<Plan> {
  const resolved = resolve(u);
  const { plan } = await makePlan(resolved, { wishes });
  expect(planProblems(resolved, plan)).toEqual([]);
  return plan;
}

const order = (plan: Plan): string => plan.builds.map((b) => `${b.id}@${b.archive}`).join(' ');

const compiler = `
  tcc: tcc, musl-dev, make, dash, busybox
  tcc stage1: seed-toolchain, musl-dev
  tcc => musl-dev
  musl -> musl-dev: tcc, make, dash, busybox
  musl stage1: seed-toolchain
  make: tcc, make, dash, busybox
  make stage1: seed-toolchain, tcc
  dash: tcc, make, dash, busybox
  dash stage1: seed-toolchain, tcc
  busybox: tcc, make, dash, busybox
  busybox stage1: seed-toolchain, tcc
  seed: seed-toolchain
`;

test('five sources that all need each other: stages, tainted full builds, clean rebuilds, comparisons', async () => {
  const plan = await planned(universe(compiler));
  expect(order(plan)).toBe(
    'musl<stage1>@stage1 tcc<stage1>@stage1 busybox<stage1>@stage1 dash<stage1>@stage1 make<stage1>@stage1 ' +
      'busybox@interim dash@interim make@interim musl@interim tcc@interim ' +
      'busybox#2@final dash#2@final make#2@final musl#2@final tcc#2@final ' +
      'busybox#3@final dash#3@final make#3@final musl#3@final tcc#3@final',
  );
  expect(plan.status).toBe('optimal');
  expect(plan.builds.map((b) => b.why)).toEqual([
    ...Array(5).fill('stage'),
    ...Array(5).fill('full'),
    ...Array(5).fill('rebuild'),
    ...Array(5).fill('compare'),
  ]);
  // The stage of tcc has the library of its own library's stage installed, and the seed.
  expect(installationSet(plan, 1)).toEqual([
    { binary: 'musl-dev', build: 0 },
    { binary: 'seed-toolchain', build: 'seed' },
  ]);
  // Among the first three stage builds nothing waits for another but for the two before.
  expect(plan.builds.slice(0, 5).map((b) => b.wave)).toEqual([0, 1, 2, 2, 2]);
});

test('one declared stage frees three sources; who had it installed is rebuilt, who had not is not', async () => {
  const plan = await planned(
    universe(`
      a: b
      a stage1:
      b: c
      c: a
    `),
  );
  expect(order(plan)).toBe('a<stage1>@stage1 c@interim b@final a@final c#2@final a#2@final');
  expect(plan.builds[1]!.taintedBy).toEqual([0]);
});

test('taint is decided on what is installed, run-time dependencies included', async () => {
  const plan = await planned(
    universe(`
      lib: app
      lib stage1:
      tool => lib
      tool: lib
      app: tool
    `),
  );
  // app asks for tool alone, which brings the stage copy of lib with it.
  expect(order(plan)).toBe(
    'lib<stage1>@stage1 tool@interim app@interim lib@final app#2@final tool#2@final lib#2@final',
  );
});

test('a cycle that nothing declared breaks: the rest is planned, the cycle is named', async () => {
  const u = universe(`
    a: b
    b: a
    c: a
    d:
    e: nowhere
  `);
  const plan = await planned(u);
  expect(order(plan)).toBe('d@final');
  expect(plan.status).toBe('none');
  expect(plan.stuck.map((s) => [s.source, s.scc, s.reason.kind])).toEqual([
    ['a', 'a+1', 'cycle'],
    ['b', 'a+1', 'cycle'],
    ['c', undefined, 'behind'],
    ['e', undefined, 'missing'],
  ]);
  const wished = await planned(u, 'last-resort');
  expect(wished.wishes).toEqual(['a']);
  expect(order(wished)).toBe('b@interim a@final c@final d@final b#2@final a#2@final');
});

test('what could only be built with a stage copy that nothing replaces is stuck, and nothing is spent on it', async () => {
  const plan = await planned(
    universe(`
      app: lib
      lib: nowhere
      lib stage1:
    `),
  );
  expect(order(plan)).toBe('');
  expect(plan.stuck.map((s) => [s.source, s.reason.kind])).toEqual([
    ['app', 'behind'],
    ['lib', 'missing'],
  ]);
  expect(plan.stuck[0]!.reason).toMatchObject({ chain: [{ to: 'lib' }, { from: 'lib', to: 'src:lib' }] });
});

test('what stands for a wish that nothing can build is there for good, and brings its run-time dependencies along', async () => {
  const plan = await planned(
    universe(`
      app: spin
      spin: nowhere
      spin => lib
      lib:
    `),
    'last-resort',
  );
  expect(plan.wishes).toEqual(['spin']);
  expect(order(plan)).toBe('lib@final app@final');
  expect(plan.builds[1]!.needs).toEqual([0]);
  expect(plan.stuck.map((s) => [s.source, s.reason.kind])).toEqual([['spin', 'missing']]);
});

test('a seed copy of a source that is started by a stage taints, until its own build replaces it', async () => {
  const plan = await planned(
    universe(`
      cc -> cc, cc-doc: doc
      cc stage1 -> cc, cc-doc: 
      doc: cc, cc-doc
      editor: cc
      seed: cc
    `),
  );
  expect(order(plan)).toBe('cc<stage1>@stage1 doc@interim cc@final editor@final doc#2@final cc#2@final');
});

test('declared stages that are not needed are listed', async () => {
  const plan = await planned(
    universe(`
      a: b
      a stage1:
      a stage2:
      b: a
      b stage1:
    `),
  );
  expect(plan.unused).toEqual([
    { source: 'a', stage: 2 },
    { source: 'b', stage: 1 },
  ]);
});

/** A universe of some sources with drawn dependencies and stages; lines in drawn order. */
function drawn(seed: number): { text: string; lines: readonly string[] } {
  const draw = random(seed);
  const names = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen'].slice(0, 3 + draw(6));
  const some = (most: number) => [...new Set(Array.from({ length: draw(most + 1) }, () => names[draw(names.length)]!))];
  const lines = names.flatMap((name) => [
    `${name}: ${some(3).join(', ')}`,
    ...(draw(3) > 0 ? [`${name} stage1: ${some(1).join(', ')}`] : []),
    ...(draw(3) === 0
      ? [
          `${name} => ${some(2)
            .filter((n) => n !== name)
            .join(', ')}`,
        ]
      : []),
  ]);
  return { text: lines.join('\n'), lines };
}

test('400 drawn universes: every plan replays, and reading the lines in another order changes no byte of it', async () => {
  let rebuilds = 0;
  for (let seed = 0; seed < 400; seed++) {
    const { text, lines } = drawn(seed);
    const wishes = seed % 2 ? 'none' : 'last-resort';
    const plan = await planned(universe(text), wishes);
    const reversed = await planned(universe([...lines].reverse().join('\n')), wishes);
    expect(formatPlan(reversed)).toBe(formatPlan(plan));
    rebuilds += plan.builds.filter((b) => b.why === 'rebuild').length;
    if (plan.stuck.length === 0) expect(plan.status).toBe('optimal');
  }
  expect(rebuilds).toBeGreaterThan(200);
});

test('a plan written and read is the same plan', async () => {
  for (let seed = 0; seed < 25; seed++) {
    const plan = await planned(universe(drawn(seed).text), 'last-resort');
    const file = fits<Parameters<typeof planOf>[0]>(formatPlan(plan), 'plan-file');
    expect(planOf(file)).toEqual(plan);
  }
});

test('the simulator refuses what is not a plan', async () => {
  const u = universe(compiler);
  const resolved = resolve(u);
  const plan = await planned(u);
  const change = (i: number, by: Partial<PlannedBuild>): Plan => ({
    ...plan,
    builds: plan.builds.map((b, k) => (k === i ? { ...b, ...by } : b)),
  });
  const swap = (i: number, j: number): Plan => {
    const builds = [...plan.builds];
    [builds[i], builds[j]] = [builds[j]!, builds[i]!];
    return { ...plan, builds };
  };
  const wrong: readonly [Plan, RegExp][] = [
    [change(5, { archive: 'final' }), /busybox: belongs in interim/],
    [change(3, { stage: 7 }), /no variant/],
    [change(1, { needs: [] }), /needs other builds/],
    [change(1, { installs: [binaryName('seed-toolchain')] }), /does not install musl-dev/],
    [swap(0, 1), /musl-dev is not there yet/],
    [swap(2, 3), /could have been built before/],
    [{ ...plan, builds: plan.builds.slice(0, 14) }, /does not end in final/],
    [{ ...plan, builds: plan.builds.slice(0, 19) }, /tcc is not compared/],
    [{ ...plan, costs: plan.costs.map((c) => ({ ...c, value: 1 })) }, /wishes are 0, not 1/],
  ];
  for (const [bad, why] of wrong) expect(planProblems(resolved, bad).join('\n')).toMatch(why);
});

test('a plan installs the alternative that the graph has chosen', async () => {
  const text = (alternatives: string) => `
    aa: bb | ready
    bb: aa
    seed: ready
    alternatives: ${alternatives}
  `;
  const any = await planned(universe(text('any')));
  expect(any.builds.map((b) => [b.id, b.installs])).toEqual([
    ['aa', ['ready']],
    ['bb', ['aa']],
  ]);
  expect((await planned(universe(text('first')))).stuck.map((s) => s.source)).toEqual(['aa', 'bb']);
});

test('a cycle that its own stages would break only waits, for what has no stage', async () => {
  const plan = await planned(
    universe(`
      alpha: beta, gamma
      alpha stage1: gamma
      beta: alpha
      delta: beta
      gamma: gamma
      omega: omega, gamma
    `),
  );
  expect(plan.stuck.map(({ source, scc, reason }) => [source, scc, reason.kind])).toEqual([
    ['alpha', 'alpha+1', 'behind'],
    ['beta', 'alpha+1', 'behind'],
    ['delta', undefined, 'behind'],
    ['gamma', 'gamma', 'cycle'],
    ['omega', 'omega', 'cycle'],
  ]);
  expect(groupStuck(stuckSources(plan)).map((g) => [g.kind, g.because, g.sources.map((s) => s.source)])).toEqual([
    ['no-declared-break', 'gamma', ['gamma']],
    ['no-declared-break', 'omega', ['omega']],
    ['behind', 'src:gamma', ['alpha', 'beta', 'delta']],
  ]);
});
