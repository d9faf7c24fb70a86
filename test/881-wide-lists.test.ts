/**
 * Lists longer than what fits into the arguments of one call, and graphs where a square of the size would never end:
 * each place where one such list comes together.
 */

import { expect, test } from 'vitest';
import { sourceName } from '../src/names.ts';
import { checkDose } from '../src/reports/archive/check-dose.ts';
import { cyclesMarkdown } from '../src/reports/archive/cycles-markdown.ts';
import { HittingSet } from '../src/solver/break/hitting-set/hitting-set.ts';
import { solve } from '../src/solver/break/solution/solve.ts';
import { cyclesOfGraph } from '../src/solver/cycles/cycles.ts';
import { explain, groundOf } from '../src/solver/explain/explain.ts';
import { cutToTargets } from '../src/solver/graph/closure.ts';
import { csrOf } from '../src/solver/graph/csr.ts';
import { buildIndex, closureOf } from '../src/solver/graph/readiness.ts';
import { dependencyGraph, resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { universe } from './rig/universe.ts';

/** The arguments of one call may be some 125,000. */
const n = 130_000;
const name = (i: number) => `v${String(i).padStart(6, '0')}`;
const all = Array.from({ length: n }, (_, i) => name(i));

/** Every source needs the next, the last the first. */
const ring = () => universe(all.map((v, i) => `${v}: ${all[(i + 1) % n]}`).join('\n'));
/** The first needs all others, and they need it. */
const star = () =>
  universe([`${all[0]}: ${all.slice(1).join(', ')}`, ...all.slice(1).map((v) => `${v}: ${all[0]}`)].join('\n'));
/** Every source needs itself. */
const loops = () => universe(all.map((v) => `${v}: ${v}`).join('\n'));

test.each([
  ['a ring', ring],
  ['a star', star],
] as const)(
  '%s of 130,000 sources: one wish plans all of it, and the simulator agrees',
  async (_, make) => {
    const u = make();
    const resolved = resolve(u);
    const { graph } = resolved;
    const solution = await solve(graph, { wishes: 'last-resort' });
    expect(solution.wishes).toEqual([name(0)]);
    const { plan } = await makePlan(resolved, { wishes: 'last-resort' });
    expect(planProblems(resolved, plan)).toEqual([]);
    expect(plan.builds.length).toBeGreaterThanOrEqual(n);
  },
  300_000,
);

test('without a wish a ring is stuck, and not every source of it brings the whole ring', async () => {
  const resolved = resolve(ring());
  const { stuck } = await solve(resolved.graph, { wishes: 'none' });
  expect(stuck).toHaveLength(n);
  expect(stuck[0]!.reason.kind).toBe('cycle');
  const steps = stuck.reduce((sum, { reason }) => sum + (reason.kind === 'missing' ? 0 : reason.chain.length), 0);
  expect(steps).toBeLessThan(3_000_000);
  const last = stuck.at(-1)!;
  const [from, to] = [`src:${name(n - 1)}`, `src:${name(0)}`];
  expect(last.reason).toEqual({
    kind: 'behind',
    chain: [
      { from, to: name(0), how: 'build-depends' },
      { from: name(0), to, how: 'built-by' },
    ],
  });
  const { chain, breakers, scc } = explain(groundOf(resolved), 0);
  expect(scc!.size).toBe(n);
  expect(chain).toHaveLength(2 * n);
  expect(breakers.length).toBeGreaterThan(0);
});

test('130,000 components of one source each', () => {
  const u = loops();
  const graph = { labels: all, sources: n, edges: csrOf(all.map((_, i) => [i])), roots: Int32Array.from(all.keys()) };
  const answer = cyclesOfGraph(graph, { upTo: 4 });
  expect(answer.counts).toMatchObject({ sccs: n, largest: 1, selfCycles: n });
  expect(answer.blocks.every((b) => b.min === 0 && b.max === 0)).toBe(true);
  expect(cyclesMarkdown(answer)).toContain('130,000');
  expect(cutToTargets(u, { base: false, archAll: 'available' }).sources).toHaveLength(n);
});

test('65,000 rings of two, each of which needs the next', () => {
  const rows = all.map((_, i) => (i % 2 === 0 && i + 2 < n ? [i + 1, i + 2] : [i - (i % 2 === 0 ? -1 : 1)]));
  const graph = { labels: all, sources: n, edges: csrOf(rows), roots: Int32Array.from(all.keys()) };
  const answer = cyclesOfGraph(graph, { upTo: 4 });
  expect(answer.counts).toMatchObject({ sccs: n / 2, largest: 2, selfCycles: 0 });
  expect(answer.blocks.map((b) => b.max)).toEqual(all.map((_, i) => i - (i % 2) + 1));
});

test('a target that asks for 130,000 binaries', () => {
  const u = universe([`first: ${all.join(', ')}`, ...all.map((v) => `${v}:`), 'targets: first'].join('\n'));
  expect(cutToTargets(u, { base: false, archAll: 'available' }).sources).toHaveLength(n + 1);
});

test('a wish that makes 130,000 builds ready at once', () => {
  const u = universe(['first: first', ...all.map((v) => `${v}: first`)].join('\n'));
  const index = buildIndex(dependencyGraph(u));
  expect(closureOf(index, () => false).built.filter((b) => b === 1)).toHaveLength(0);
  expect(closureOf(index, () => false, [0]).built.filter((b) => b === 1)).toHaveLength(n + 1);
});

test('a goal that any of 130,000 choices reaches', async () => {
  const problem = {
    elements: all.map((_, source) => ({ source, stage: 1 })),
    nodes: [{ label: undefined, rules: all.map((_, gate) => ({ gate, needs: new Int32Array(0) })) }],
    goal: Int32Array.of(0),
  };
  // More than clingo takes: the first set found is the answer, and nothing is claimed of it.
  const { status, set } = await new HittingSet(problem, {}, 'all').solve();
  expect([status, set]).toEqual(['bounded', [0]]);
});

test('an installation of 130,000 binaries, as dose writes it', () => {
  const member = (i: number) => ({ kind: 'binary', name: name(i), version: '1', architecture: 'amd64' }) as const;
  const build = {
    source: sourceName('s'),
    version: '1',
    architecture: 'any',
    stage: 0,
    profiles: [],
    maintainer: '',
    uploaders: [],
    installable: true,
    installation: all.map((_, i) => member(i)),
  };
  const result = {
    architecture: 'amd64',
    profiles: [],
    alternatives: 'first',
    binaries: n,
    checked: 1,
    broken: 0,
    builds: [build],
  } as const;
  expect(checkDose(result, true)).toContain('v129999');
});
