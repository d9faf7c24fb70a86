/**
 * What a build of a Debian source costs beyond dpkg-buildpackage: chroot, build dependencies by apt, archives, records.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseIndex, type MadeSource, smallDebian } from '../rig/debian-rig.ts';
import { files } from '../rig/program.ts';
import { bootplanMeasured, leftOut, type Row } from './measure.ts';

export const name = 'debian-builds';

const builds = 3;
const what = `${builds} Debian builds, beyond dpkg-buildpackage`;

const source = (i: number): MadeSource => ({
  name: `source${i}`,
  version: '1',
  // Some 30 packages that no base has.
  needs: 'debhelper-compat (= 13)',
  binary: `source${i}-dev`,
  archived: '1',
  script: `mkdir -p tree/usr/share/source${i}; echo yes >tree/usr/share/source${i}/date`,
});

const nameOf = (i: number): string => source(i).name;

/** Seconds of user and system that times(1) of a shell says of its children. */
function childrenIn(log: string): number {
  const [, children] = [...log.matchAll(/^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/gm)].slice(-2);
  const [, ...parts] = children ?? [];
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = parts.map(Number);
  return (userMinutes + systemMinutes) * 60 + user + system;
}

export async function run(): Promise<readonly Row[]> {
  const base = await baseIndex('debhelper');
  if (base === undefined) return [leftOut(what, 'no mmdebstrap, or no mirror')];
  const home = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    const all = Array.from({ length: builds + 1 }, (_, i) => i);
    const archive = smallDebian(join(home, 'archive'), base, all.map(source));
    const build = 'cd "$S"\ndpkg-buildpackage -us -uc -B\ntimes\n';
    const sources = Object.fromEntries(all.map((i) => [nameOf(i), { steps: { build } }]));
    files(home, { 'state/overrides.yaml': JSON.stringify({ sources }) });
    const words = ['run', ...archive, '--state', join(home, 'state'), '--no-image'];
    bootplanMeasured([...words, '--package', nameOf(0)]); // fetches, and makes the base
    const built = bootplanMeasured(words);
    const log = (i: number): string => readFileSync(join(home, `state/logs/${nameOf(i)}.log`), 'utf8');
    const inside = built.code === 0 ? all.slice(1).reduce((sum, i) => sum + childrenIn(log(i)), 0) : 0;
    const each = (built.user + built.system - inside) / builds;
    return [
      {
        what,
        user: built.user - inside,
        system: built.system,
        peak: built.peak,
        limit: { cpu: 8 * builds },
        note:
          built.code === 0
            ? `${each.toFixed(1)} s CPU a build; dpkg-buildpackage itself ${(inside / builds).toFixed(1)} s`
            : built.stderr,
      },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
