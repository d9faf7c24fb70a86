/** A conflict with what is built first is no end: what else there is to install is built, and what is stuck can have nothing else. */
import { afterAll, expect, test } from 'vitest';
import type { Relation, Universe } from '../src/model.ts';
import { stuckReason } from '../src/reports/plan/stuck.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
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

test('the same at run time, and by way of a stage that nothing else asks for; then nothing is called proved', async () => {
  const u = universe(
    'x: p, c\np:\np => a | b\na:\nb: d\nd: b\nd stage1:\nc:\na conflicts: c\nalternatives: any\ntargets: x',
  );
  const { plan } = await makePlan(resolve(u), { wishes: 'none' });
  expect(plan.stuck).toEqual([]);
  expect(plan.builds.map((b) => b.id)).toContain('d<stage1>');
  expect(plan.status).toBe('bounded');
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
