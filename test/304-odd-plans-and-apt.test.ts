/**
 * Plans of small archives of odd shapes, read as text: what a build has installed is taken by apt and dpkg when there
 * is nothing else, and what is stuck for want of something is refused by one of them when everything is there that the
 * plan makes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatGroups } from '../src/metadata/relations/relation.ts';
import type { Variant } from '../src/model.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { binaryNames, resolve } from '../src/solver/graph/resolve.ts';
import { installationSet } from '../src/stages/installation-set.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { SetChecker } from '../src/stages/verify-set.ts';
import { aptBuildDep, stanza } from './rig/apt-moment.ts';
import { random } from './rig/generate/graphs.ts';
import { oddIndices } from './rig/generate/odd-indices.ts';
import { readIndices } from './rig/indices.ts';
import { files, needs, scratch } from './rig/program.ts';

afterAll(closeClingo);
const directory = scratch();

/** `BOOTPLAN_ODD_PLANS=300` tries as many. */
const runs = Number(process.env.BOOTPLAN_ODD_PLANS ?? 12);

/** What dpkg-checkbuilddeps says of a build with these stanzas installed; '' when it has nothing to say. */
function dpkgSays(root: string, { buildDepends, buildConflicts }: Variant, stanzas: readonly string[]): string {
  const fields = `Build-Depends: ${formatGroups(buildDepends)}\nBuild-Conflicts: ${formatGroups(buildConflicts)}\n`;
  files(root, {
    'admin/status': stanzas.join('\n'),
    'admin/available': '',
    control: `Source: x\n${fields}\nPackage: x\nArchitecture: any\nDescription: x\n`,
  });
  const env = { ...process.env, LC_ALL: 'C', DEB_BUILD_ARCH: 'amd64', DEB_HOST_ARCH: 'amd64', DEB_BUILD_PROFILES: '' };
  const ran = spawnSync('dpkg-checkbuilddeps', ['--admindir=admin', 'control'], { cwd: root, encoding: 'utf8', env });
  return ran.status === 0 ? '' : ran.stderr;
}

test.skipIf(!needs('apt-get') || !needs('dpkg-checkbuilddeps'))(
  `${runs} archives of odd shapes: apt and dpkg take every set, and refuse what is stuck`,
  async () => {
    let [builds, stuck] = [0, 0];
    const wrong: string[] = [];
    for (let seed = 0; seed < runs; seed++) {
      const { packages, sources } = oddIndices(random(500_000 + seed), 'archive');
      const at = join(directory, `${seed}`);
      files(at, { seed: `build-essential\nbase\n${seed % 3 === 0 ? 'a\n' : ''}` });
      const read = await readIndices(at, packages, sources, { seed: join(at, 'seed') });
      if (!read.ok) throw new Error(`${seed}: ${read.diagnostics.map((d) => d.message).join('\n')}\n${sources}`);
      const u = read.value;
      const resolved = resolve(u);
      const { plan } = await makePlan(resolved, { wishes: seed % 2 === 0 ? 'none' : 'last-resort' });
      const index = new Map(binaryNames(u).map((name, b) => [name, b]));
      const variantOf = (source: string, stage: number) =>
        u.sources.find((s) => s.name === source)!.variants.find((v) => v.stage === stage)!;
      const given = [...resolved.given.keys()].filter((b) => resolved.given[b] === 1);
      const seeds = new Set(['build-essential', 'base']);
      const installed = given.filter((b) => seeds.has(u.binaries[b]!.name));
      const bare: Variant = { ...variantOf(u.sources[0]!.name, 0), buildDepends: [], buildConflicts: [] };
      // apt mends what is installed and broken first, or gives up: such a seed is no build environment.
      if (new SetChecker(u).problems(bare, installed).length > 0) continue;
      const tell = (what: string, text: string) => wrong.push(`${seed}: ${what}: ${text}\n${packages}\n${sources}`);
      let serial = 0;
      const ask = (variant: Variant, members: readonly number[]) => {
        const root = join(at, `${serial++}`);
        mkdirSync(root);
        const all = [...new Set([...installed, ...members])];
        const status = all.map((b) => stanza(u.binaries[b]!, 'Status: install ok installed\n'));
        return { apt: aptBuildDep(root, u, variant, members, installed), dpkg: dpkgSays(root, variant, status) };
      };
      for (const [i, build] of plan.builds.entries()) {
        const set = installationSet(plan, i).map(({ binary }) => index.get(binary)!);
        const { apt, dpkg } = ask(variantOf(build.source, build.stage), set);
        builds++;
        const names = set.map((b) => `${u.binaries[b]!.name} ${u.binaries[b]!.version}`).join(', ');
        if (!apt.ok && !apt.text.includes('Internal parsing error')) tell(`${build.id} with ${names}`, apt.text);
        if (dpkg !== '') tell(`${build.id} with ${names}`, dpkg);
      }
      const made = plan.builds.flatMap((b) => b.produces).map((name) => index.get(name)!);
      const supplied = (plan.supplied ?? []).flatMap((s) => s.binaries).map((name) => index.get(name)!);
      for (const { source, reason } of plan.stuck) {
        if (reason.kind !== 'missing') continue;
        stuck++;
        const root = join(at, `${serial++}`);
        mkdirSync(root);
        const { ok, chosen, text } = aptBuildDep(
          root,
          u,
          variantOf(source, 0),
          [...given, ...supplied, ...made],
          installed,
        );
        if (!ok) continue;
        const set = u.binaries.filter((b) => chosen.includes(`${b.name} ${b.version}`));
        const status = [...installed.map((b) => u.binaries[b]!), ...set];
        const stanzas = status.map((b) => stanza(b, 'Status: install ok installed\n'));
        if (dpkgSays(root, variantOf(source, 0), stanzas) === '') tell(`${source} is stuck (${reason.why})`, text);
      }
    }
    expect(wrong.join('\n\n')).toBe('');
    if (process.env.BOOTPLAN_SHOW) console.log({ builds, stuck });
    expect(builds).toBeGreaterThan(runs);
    expect(stuck).toBeGreaterThan(runs / 10);
  },
  3_600_000,
);
