/** Exactness, on thousands of small random archives: against trying every subset, and against dose-builddebcheck. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { demandOf, impliedNeeds } from '../src/solver/install/install-demand.ts';
import { installRules } from '../src/solver/install/install-rules.ts';
import { search } from '../src/solver/install/install-search.ts';
import { checkBuilds, type Verdict } from '../src/solver/install/installability.ts';
import { doseVerdicts } from './rig/dose.ts';
import { installProblems } from './rig/generate/install-problems.ts';
import { faults, someInstallation } from './rig/naive-install.ts';
import { needs, scratch } from './rig/program.ts';
import { smallArchive } from './rig/small-archive.ts';

const problems = installProblems('', true);
const buildEssential = 'Package: build-essential\n\n';
const archiveOf = (packages: string, source: string) => smallArchive(`${buildEssential}${packages}`, source).universe;
const only = (universe: Universe): Verdict => [...checkBuilds(installRules(universe), 'full')][0]!;

test('the verdict is that of trying every subset, and every installation passes the judge', () => {
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(problems, ({ packages, source }) => {
      const universe = archiveOf(packages, source);
      const verdict = only(universe);
      expect(verdict.installable).toBe(someInstallation(universe, verdict.variant));
      if (verdict.installable) {
        seen.yes++;
        const installation = Array.from(verdict.installation, (binary) => universe.binaries[binary]!);
        expect(faults(universe, verdict.variant, installation)).toEqual([]);
      } else seen.no++;
    }),
    { numRuns: 2500, seed: 153 },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(300);
});

test('the complete search alone agrees with the greedy witness before it', () => {
  fc.assert(
    fc.property(problems, ({ packages, source }) => {
      const universe = archiveOf(packages, source);
      const { variant, installable } = only(universe);
      const rules = installRules(universe);
      const answer = search(rules, demandOf(rules, variant, impliedNeeds(rules), 'any'));
      expect(answer.installable).toBe(installable);
      if (!answer.installable) return;
      const installation = Array.from(answer.installation, (binary) => universe.binaries[binary]!);
      expect(faults(universe, variant, installation)).toEqual([]);
    }),
    { numRuns: 1500, seed: 154 },
  );
});

const ourVerdicts = (universe: Universe): Map<string, boolean> =>
  new Map(
    Array.from(checkBuilds(installRules(universe), 'full'), (v) => [
      `${v.source.name} ${v.source.version}`,
      v.installable,
    ]),
  );

test.runIf(needs('dose-builddebcheck'))(
  '2,000 problems in one archive: the same verdicts as dose-builddebcheck',
  () => {
    const directory = scratch();
    const samples = Array.from(
      { length: 2000 },
      (_, i) => fc.sample(installProblems(`p${i}-`, false, 'with dose'), { numRuns: 1, seed: i })[0]!,
    );
    const archive = smallArchive(
      buildEssential + samples.map((sample) => sample.packages).join(''),
      samples.map((sample) => sample.source).join(''),
    );
    const dose = doseVerdicts(directory, archive.packages, archive.sources);
    const ours = ourVerdicts(archive.universe);
    expect(dose.size).toBe(2000);
    expect([...ours].filter(([name, installable]) => dose.get(name) !== installable)).toEqual([]);
    expect([...ours.values()].filter((installable) => !installable).length).toBeGreaterThan(300);
  },
);

test.runIf(needs('dose-builddebcheck'))('with Essential binaries: the same verdicts as dose-builddebcheck', () => {
  const directory = scratch();
  const differing = fc
    .sample(installProblems('', true, 'with dose'), { numRuns: 150, seed: 155 })
    .filter(({ packages, source }) => {
      const archive = smallArchive(buildEssential + packages, source);
      return (
        doseVerdicts(directory, archive.packages, archive.sources).get('src 1') !==
        ourVerdicts(archive.universe).get('src 1')
      );
    });
  expect(differing).toEqual([]);
});
