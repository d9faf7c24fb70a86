/**
 * On a real archive, whole and mutilated: the verdicts of dose-builddebcheck, and every installation passes the judge.
 */
import { expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { installRules } from '../src/solver/install/install-rules.ts';
import { checkBuilds } from '../src/solver/install/installability.ts';
import { doseVerdicts } from './rig/dose.ts';
import { closure, readIndices } from './rig/indices.ts';
import { faults } from './rig/naive-install.ts';
import { needs, scratch } from './rig/program.ts';

const packages = closure('Packages');
const sources = closure('Sources');
const directory = scratch();

async function universeOf(binaries: string, profiles: readonly string[], alternatives: 'first' | 'any') {
  const result = await readIndices(directory, binaries, sources, { profiles, alternatives, world: 'archive' });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.value;
}

const ourVerdicts = (universe: Universe): Map<string, boolean> =>
  new Map(
    Array.from(checkBuilds(installRules(universe), 'full'), ({ source, installable }) => [
      `${source.name} ${source.version}`,
      installable,
    ]),
  );

/** The same numbers every time: a linear congruence (Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What every build needs is spared, so that the rest is still a question. */
const base =
  /^Essential: yes|^Priority: required|^Package: (build-essential|dpkg-dev|[gc][+c]*(-12)?|make|perl.*|lib.*|binutils.*)$/m;

/** Without one in `n` of the other binaries. */
function withHoles(n: number): string {
  const next = random(n);
  return packages
    .split('\n\n')
    .filter((stanza) => base.test(stanza) || next() > 1 / n)
    .join('\n\n');
}

/** With a conflict more in one of `n` of the other binaries. */
function withConflicts(n: number): string {
  const next = random(n);
  const names = [...packages.matchAll(/^Package: (.*)$/gm)].map(([, name]) => name!);
  const worsened = (stanza: string): string => {
    const breaks = `Breaks: ${names[Math.floor(next() * names.length)]}`;
    return stanza.includes('\nBreaks: ') ? stanza.replace('\nBreaks: ', `\n${breaks}, `) : `${stanza}\n${breaks}`;
  };
  const stanzas = packages.trimEnd().split('\n\n');
  return `${stanzas.map((stanza) => (base.test(stanza) || next() > 1 / n ? stanza : worsened(stanza))).join('\n\n')}\n`;
}

test('all of the closure can be installed, and the judge finds no fault', async () => {
  const universe = await universeOf(packages, [], 'any');
  const verdicts = [...checkBuilds(installRules(universe), 'full')];
  expect(verdicts).toHaveLength(1841);
  expect(verdicts.filter(({ installable }) => !installable)).toEqual([]);
  for (const verdict of verdicts.filter((_, i) => i % 25 === 0)) {
    if (!verdict.installable) continue;
    const installation = Array.from(verdict.installation, (binary) => universe.binaries[binary]!);
    expect(faults(universe, verdict.variant, installation)).toEqual([]);
  }
});

const cases: readonly { archive: string; binaries: string; profiles: readonly string[]; alternatives?: 'first' }[] = [
  { archive: 'the closure', binaries: packages, profiles: [] },
  { archive: 'without every 300th binary', binaries: withHoles(300), profiles: [] },
  { archive: 'without every 400th binary', binaries: withHoles(400), profiles: ['stage1', 'nocheck', 'nodoc'] },
  { archive: 'without every 50th binary', binaries: withHoles(50), profiles: [], alternatives: 'first' },
  { archive: 'with conflicts in every 20th binary', binaries: withConflicts(20), profiles: [] },
  { archive: 'with conflicts in every third binary', binaries: withConflicts(3), profiles: ['nodoc'] },
];

for (const { archive, binaries, profiles, alternatives = 'any' } of cases) {
  const how = [archive, ...profiles, `alternatives ${alternatives}`].join(', ');
  test.runIf(needs('dose-builddebcheck'))(`${how}: the verdicts of dose-builddebcheck`, async () => {
    const universe = await universeOf(binaries, profiles, alternatives);
    const ours = ourVerdicts(universe);
    const options = [
      `--deb-profiles=${profiles.join(',')}`,
      ...(alternatives === 'first' ? ['--deb-emulate-sbuild'] : []),
    ];
    const dose = doseVerdicts(directory, binaries, sources, profiles.length === 0 ? options.slice(1) : options);
    expect(ours.size).toBe(1841);
    expect([...ours].filter(([source, verdict]) => dose.get(source) !== verdict)).toEqual([]);
    const broken = [...ours.values()].filter((installable) => !installable).length;
    console.info(`${how}: ${broken} of ${ours.size} cannot be installed`);
    if (archive !== 'the closure') expect(Math.min(broken, ours.size - broken)).toBeGreaterThan(10);
  });
}
