/**
 * A conflict with what is built first is no end: what else there is to install is built, and what is stuck can have
 * nothing else.
 */
import { afterAll, expect, test } from 'vitest';
import type { Plan, Relation, Universe } from '../src/model.ts';
import { stuckReason } from '../src/reports/plan/stuck.ts';
import type { SolveOptions } from '../src/solver/break/solution/solve.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { draftPlan } from '../src/stages/plan.ts';
import { groupStuck, stuckSources } from '../src/stages/stuck.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { conflictingUniverse } from './rig/conflicting-universe.ts';
import { buildableByTrying } from './rig/every-installation.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** `BOOTPLAN_CONFLICTS=3000` tries as many. */
const runs = Number(process.env.BOOTPLAN_CONFLICTS ?? 150);

test('the other alternative is built where the first one excludes what is needed', async () => {
  const u = universe('x: a | b, c\na:\nb:\nc:\na conflicts: c\nalternatives: any\ntargets: x');
  const { plan } = await makePlan(resolve(u), { wishes: 'none' });
  expect(plan.stuck).toEqual([]);
  expect(plan.builds.map((b) => b.id)).toEqual(['a', 'b', 'c', 'x']);
});

test('the same at run time, and by way of a stage that nothing else asks for; it is proved, since nothing else will do', async () => {
  const u = universe(
    'x: p, c\np:\np => a | b\na:\nb: d\nd: b\nd stage1:\nc:\na conflicts: c\nalternatives: any\ntargets: x',
  );
  const { plan } = await makePlan(resolve(u), { wishes: 'none' });
  expect(plan.stuck).toEqual([]);
  expect(plan.builds.map((b) => b.id)).toContain('d<stage1>');
  expect(plan.status).toBe('optimal');
});

test('where several things would do, and one of them is asked for, nothing is called proved', async () => {
  const u = universe(`
    x: a | b | e, c
    a:
    b: d
    d: b
    d stage1:
    e: f
    f: e
    f stage1:
    c:
    a conflicts: c
    alternatives: any
    targets: x
  `);
  const { plan } = await makePlan(resolve(u), { wishes: 'none' });
  expect(plan.stuck).toEqual([]);
  expect(plan.builds.filter((b) => b.why === 'stage')).toHaveLength(1);
  expect(plan.status).toBe('bounded');
});

const excluding = 'x: a | b, c\na:\nb:\nc:\na conflicts: c\nalternatives: any\ntargets: x';

/** What is said where the search for another choice is ended. */
async function ended(options: Omit<SolveOptions, 'wishes'>): Promise<void> {
  const { plan } = await makePlan(resolve(universe(excluding)), { wishes: 'none', ...options });
  expect(plan.status).toBe('none');
  expect(plan.stuck.map((s) => [s.source, s.reason])).toEqual([
    ['x', expect.objectContaining({ why: expect.stringContaining('was not looked at') })],
  ]);
}

test('a signal that came before another choice was looked for: it is told that it was not', async () => {
  await ended({ signal: AbortSignal.abort() });
});

test('a signal that comes while another choice is looked for is heard', async () => {
  const controller = new AbortController();
  // Nothing of this plan waits for anything but that search, so it runs when that lets the event loop in.
  setImmediate(() => controller.abort());
  await ended({ signal: controller.signal });
});

test('what is supplied counts among what else there may be to install', async () => {
  const u: Universe = {
    ...universe('x: a | b, c\na:\nb: b\nc:\na conflicts: c\nalternatives: any\ntargets: x'),
  };
  const b = u.sources.findIndex((s) => s.name === 'b');
  const supplied = { ...u, sources: u.sources.map((s, i) => (i === b ? { ...s, supply: 'cross' as const } : s)) };
  const { plan } = await makePlan(resolve(supplied), { wishes: 'none' });
  expect(plan.stuck).toEqual([]);
  expect(plan.wishes).toEqual(['b']);
});

test('what conflicts forbid whatever there is to install is told as such', async () => {
  const u = universe('old: tools\nold build-conflicts: gold\ntools:\ntools provides: gold');
  const { plan } = await makePlan(resolve(u), { wishes: 'none' });
  const [group] = groupStuck(stuckSources(plan));
  expect(stuckReason(group!, (name) => name)).toBe('conflicts forbid tools');
  expect(group!.sources.map((s) => [s.source, s.detail])).toEqual([
    ['old', expect.stringContaining('src:old must not be built with tools')],
  ]);
});

test(`${runs} drawn universes with one target: it is stuck only where trying everything fails as well`, async () => {
  let [stuck, done] = [0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const text = conflictingUniverse(random(70_000 + seed));
    const u: Universe = { ...universe(text), targets: [0], alternatives: 'any' };
    const resolved = resolve(u);
    const { plan } = await makePlan(resolved, { wishes: 'none' });
    const at = [seed, text] as const;
    expect([...at, planProblems(resolved, plan)]).toEqual([...at, []]);
    const isStuck = plan.stuck.some((s) => s.source === u.sources[0]!.name);
    const given = new Set([...resolved.given.keys()].filter((b) => resolved.given[b] === 1));
    // The sets of more are too many to try them all.
    if (u.binaries.length > 8 || u.binaries.some((b) => b.essential)) continue;
    const possible = buildableByTrying(u, given, matches);
    // What can be built may still never be clean: that is no conflict.
    const reason = plan.stuck.find((s) => s.source === u.sources[0]!.name)?.reason;
    if (reason?.kind === 'missing' && reason.why.startsWith('conflicts forbid'))
      expect([...at, possible.has('0 0')]).toEqual([...at, false]);
    if (!isStuck) expect([...at, possible.has('0 0')]).toEqual([...at, true]);
    stuck += Number(isStuck);
    done += Number(!isStuck);
  }
  expect(stuck).toBeGreaterThan(runs / 20);
  expect(done).toBeGreaterThan(runs / 10);
}, 3_600_000);

/**
 * Whether the first source can end clean: among full builds that all are done, and do with what is given and with each
 * other.
 */
function endsClean(u: Universe, given: ReadonlySet<number>): boolean {
  const done = buildableByTrying(u, given, matches);
  let full = new Set([...u.sources.keys()].filter((s) => done.has(`${s} 0`)));
  for (let size = -1; size !== full.size; ) {
    size = full.size;
    const there = new Set([...given, ...[...full].flatMap((s) => u.sources[s]!.variants[0]!.produces)]);
    const idle = u.sources.map((s) => ({ ...s, variants: [{ ...s.variants[0]!, produces: [] }] }));
    const can = buildableByTrying({ ...u, sources: idle }, there, matches);
    full = new Set([...full].filter((s) => can.has(`${s} 0`)));
  }
  return full.has(0);
}

test(`${runs} drawn universes: no set of stages beats what is called proved, where packages exclude each other`, async () => {
  const seen = { fewest: 0, rebuilds: 0, compared: 0 };
  for (let seed = 0; seed < runs; seed++) {
    const text = conflictingUniverse(random(90_000 + seed));
    const u: Universe = { ...universe(text), targets: [0] as Universe['targets'], alternatives: 'any' };
    if (u.binaries.length > 8 || u.binaries.some((b) => b.essential)) continue;
    const resolved = resolve(u);
    const { plan, solution, resolved: taken } = await makePlan(resolved, { wishes: 'none' });
    if (plan.stuck.length > 0) continue;
    const given = new Set([...resolved.given.keys()].filter((b) => resolved.given[b] === 1));
    const proved = (criterion: string) => plan.costs.some((c) => c.criterion === criterion && c.value === c.lowerBound);
    const stages = u.sources.flatMap((s) =>
      s.variants.filter((v) => v.stage > 0).map((v) => ({ source: s.name, stage: v.stage })),
    );
    const fulls = (builds: Plan['builds']) =>
      builds
        .filter((b) => b.round === 1)
        .map((b) => b.source)
        .sort();
    for (let bits = 0; bits < 2 ** stages.length; bits++) {
      const choices = stages.filter((_, i) => (bits >> i) & 1);
      if (choices.length > solution.choices.length) continue;
      const isIn = (source: string, stage: number) => choices.some((c) => c.source === source && c.stage === stage);
      const only = u.sources.map((s) => ({
        ...s,
        variants: s.variants.filter((v) => v.stage === 0 || isIn(s.name, v.stage)),
      }));
      const at = [seed, text, choices] as const;
      if (choices.length < solution.choices.length) {
        if (!proved('stageBuilds')) continue;
        expect([...at, endsClean({ ...u, sources: only }, given)]).toEqual([...at, false]);
        seen.fewest++;
        continue;
      }
      if (!proved('rebuilds')) continue;
      const draft = draftPlan(taken, { ...solution, choices });
      const isComplete = draft.refused.length === 0 && draft.neverClean.length === 0;
      if (!isComplete || fulls(draft.plan.builds).join() !== fulls(plan.builds).join()) continue;
      const rebuilds = (builds: Plan['builds']) => builds.filter((b) => b.why === 'rebuild').length;
      expect([...at, rebuilds(draft.plan.builds)]).toEqual([
        ...at,
        expect.toSatisfy((n) => n >= rebuilds(plan.builds)),
      ]);
      seen.rebuilds++;
      seen.compared += Number(
        choices.some((c) => !solution.choices.some((d) => d.source === c.source && d.stage === c.stage)),
      );
    }
  }
  expect(seen.fewest).toBeGreaterThan(runs / 30);
  expect(seen.rebuilds).toBeGreaterThan(runs / 30);
  if (process.env.BOOTPLAN_CONFLICTS) console.log(seen);
}, 3_600_000);

/** By the letter of the manual, for the few relations of drawn universes: a name, maybe a version of whole numbers. */
function matches(u: Universe, b: number, r: Relation): boolean {
  const { name, version, provides } = u.binaries[b]!;
  const fits = (v: string | undefined): boolean => {
    if (r.version === undefined) return true;
    if (v === undefined) return false;
    const [have, want] = [Number.parseInt(v, 10), Number.parseInt(r.version, 10)];
    return r.op === '>=' ? have >= want : have < want;
  };
  if (name === r.name && fits(version)) return true;
  return provides.some((p) => p.name === r.name && fits(p.version));
}
