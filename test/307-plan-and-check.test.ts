/** `plan`, `check` and the ledger believe in one world: on drawn universes none contradicts another. */
import { afterAll, expect, test } from 'vitest';
import type { Plan } from '../src/model.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { installRules } from '../src/solver/install/install-rules.ts';
import { InstallWorld } from '../src/solver/install/install-world.ts';
import { checkBuilds } from '../src/solver/install/installability.ts';
import { installationSet } from '../src/stages/installation-set.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { TaintRule } from '../src/stages/taint.ts';
import { planProblems } from '../src/stages/verify-plan.ts';
import { conflictingUniverse } from './rig/conflicting-universe.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** `BOOTPLAN_PLAN_AND_CHECK=3000` tries as many. */
const runs = Number(process.env.BOOTPLAN_PLAN_AND_CHECK ?? 300);

/** Builds that the ledger would put elsewhere than the plan does. */
function misplaced(plan: Plan): readonly string[] {
  const rule = new TaintRule(plan);
  return plan.builds.flatMap((build, i) => {
    const set = installationSet(plan, i).map(({ binary, build: from }) => ({
      name: binary,
      archive: from === 'seed' ? 'seed' : plan.builds[from]!.archive,
    }));
    const archive =
      build.stage > 0 ? `stage${build.stage}` : rule.residues(build, set).length > 0 ? 'interim' : 'final';
    return archive === build.archive ? [] : [`${build.id} is in ${build.archive}, and the ledger says ${archive}`];
  });
}

test(`${runs} drawn universes: what is planned can be installed, and what cannot is not planned`, async () => {
  let [planned, denied, clashes] = [0, 0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const text = conflictingUniverse(random(seed));
    const drawn = universe(text);
    // The supply of some sources is declared.
    const supplied = drawn.sources.map((s, i) => ((seed + i) % 3 === 0 ? { ...s, supply: 'cross' } : s));
    const u = seed % 4 === 3 ? { ...drawn, sources: supplied } : drawn;
    const resolved = resolve(u);
    const wishes = seed % 3 === 0 ? 'none' : 'last-resort';
    const { plan } = await makePlan(resolved, { wishes });
    const at = [seed, text] as const;
    expect([...at, planProblems(resolved, plan)]).toEqual([...at, []]);
    expect([...at, misplaced(plan)]).toEqual([...at, []]);
    const no = new Set<string>();
    for (const { source, variant, installable } of checkBuilds(installRules(u), 'all'))
      if (!installable) no.add(`${source.name} ${variant.stage}`);
    // Where the seed's essential part does not fit together at the start the plan keeps what can be had of it.
    const given = [...resolved.given.keys()].filter((b) => resolved.given[b] === 1);
    const { base } = new InstallWorld(installRules(u), given);
    if (u.binaries.some((b, i) => b.essential && !base.includes(i))) continue;
    const promised = plan.builds.filter((b) => no.has(`${b.source} ${b.stage}`)).map((b) => b.id);
    expect([...at, promised]).toEqual([...at, []]);
    // Stuck, or built in full and clean in the end: never both, never neither.
    const stuck = new Set(plan.stuck.map((s) => s.source));
    const final = new Set(plan.builds.filter((b) => b.archive === 'final').map((b) => b.source));
    for (const { name } of u.sources) expect([...at, name, stuck.has(name)]).toEqual([...at, name, !final.has(name)]);
    const full = new Set(plan.builds.filter((b) => b.stage === 0).map((b) => b.source));
    expect([...at, [...stuck].filter((s) => full.has(s))]).toEqual([...at, []]);
    planned += plan.builds.length;
    denied += no.size;
    clashes += plan.stuck.filter((s) => s.reason.kind === 'missing' && /conflicts|breaks/.test(s.reason.why)).length;
  }
  expect(planned).toBeGreaterThan(2 * runs);
  expect(denied).toBeGreaterThan(runs / 4);
  expect(clashes).toBeGreaterThan(runs / 100);
}, 3_600_000);
