/** The installation sets of plans, held against `apt-get -s build-dep` with just what is there at that moment. */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { askedAlternatives } from '../src/metadata/relations/asked-alternatives.ts';
import type { Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { installationSet } from '../src/stages/installation-set.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { SetChecker } from '../src/stages/verify-set.ts';
import { aptBuildDep } from './rig/apt-moment.ts';
import { conflictingUniverse } from './rig/conflicting-universe.ts';
import { random } from './rig/generate/graphs.ts';
import { scratch } from './rig/program.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);
const directory = scratch();

/** `BOOTPLAN_SETS_AND_APT=500` tries as many. */
const runs = Number(process.env.BOOTPLAN_SETS_AND_APT ?? 24);

const asksForItself = ({ binaries }: Universe): boolean =>
  binaries.some((b) => [b.depends, b.conflicts].every((field) => field.some((g) => g.some((r) => r.name === b.name))));

test.skipIf(!existsSync('/usr/bin/apt-get'))(
  `${runs} builds at drawn moments: apt can, and installs what the set holds`,
  async () => {
    let [builds, same, failed] = [0, 0, 0];
    const differences: string[] = [];
    for (let seed = 0; builds < runs; seed++) {
      const text = conflictingUniverse(random(10_000 + seed));
      const u = universe(text);
      const resolved = resolve(u);
      const { plan } = await makePlan(resolved, { wishes: seed % 2 === 0 ? 'none' : 'last-resort' });
      const first = plan.builds.filter((b) => b.round < 2);
      if (first.length === 0) continue;
      const i = random(seed)(first.length);
      const build = first[i]!;
      const set = installationSet(plan, i).map((m) => m.binary);
      const index = new Map(u.binaries.map((b, n) => [b.name, n]));
      const given = [...resolved.given.keys()].filter((b) => resolved.given[b] === 1);
      const supplied = (plan.supplied ?? []).flatMap((s) => s.binaries);
      const made = first.slice(0, i).flatMap((b) => b.produces);
      const there = new Set([...given, ...[...supplied, ...made].map((name) => index.get(name)!)]);
      const variant = u.sources.find((s) => s.name === build.source)!.variants.find((v) => v.stage === build.stage)!;
      // Installed is the environment; the rest of the seed can be had, like Architecture: all and what wishes bring.
      const environment = new Set(plan.environment);
      const installed = given.filter((b) => environment.has(u.binaries[b]!.name));
      // apt mends what is installed and broken first, or gives up: such a seed is no build environment.
      const nothing = { ...variant, buildDepends: [], buildConflicts: [] };
      if (new SetChecker(u).problems(nothing, installed).length > 0) continue;
      const root = join(directory, `${seed}`);
      mkdirSync(root);
      const answer = aptBuildDep(root, u, variant, there, installed);
      // apt falls over a package that asks for itself and excludes itself, where its first alternative leads there.
      if (/^E: Internal parsing error$/m.test(answer.text)) {
        failed++;
        expect([seed, text, asksForItself(u)]).toEqual([seed, text, true]);
        continue;
      }
      builds++;
      expect([seed, text, build.id, answer.ok ? '' : answer.text]).toEqual([seed, text, build.id, '']);
      const names = new Set(installed.map((b) => u.binaries[b]!.name));
      const expected = set.filter((name) => !names.has(name));
      if (expected.join() === answer.installs.join()) {
        same++;
        continue;
      }
      // The documented rule: apt decides between alternatives as it comes to them, in the order of the fields; a plan
      // takes what leaves no choice first. So both are sets for this build, and they differ where there is a choice.
      differences.push(`${seed} ${build.id}: set ${expected.join(' ')}; apt ${answer.installs.join(' ')}\n${text}`);
      const asked = variant.buildDepends.map((group) => askedAlternatives(group, u.alternatives));
      const aptSet = [...installed, ...answer.installs.map((name) => index.get(binaryName(name))!)];
      const checked = { ...variant, buildDepends: asked };
      expect([seed, text, new SetChecker(u).problems(checked, aptSet)]).toEqual([seed, text, []]);
      const groups = [
        ...asked,
        ...[...aptSet, ...set.map((name) => index.get(name)!)].flatMap((b) => u.binaries[b]!.depends),
      ];
      const hasChoice = groups.some((g) => g.length > 1 || g[0]!.name === 'v');
      expect([seed, text, hasChoice]).toEqual([seed, text, true]);
    }
    if (process.env.BOOTPLAN_SHOW) console.log(differences.join('\n\n'));
    expect(same).toBeGreaterThanOrEqual(Math.floor(runs * 0.9));
    expect(failed).toBeLessThanOrEqual(Math.ceil(runs / 100));
  },
  3_600_000,
);
