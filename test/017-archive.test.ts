/** Real archives: a closure of Debian bookworm always, all of bookworm main when $BOOTPLAN_DATA points to it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openText } from '../src/metadata/control/compressed.ts';
import { type BinaryRecord, readPackages } from '../src/metadata/control/packages.ts';
import { readSources, type SourceRecord } from '../src/metadata/control/sources.ts';
import { formatFormula } from '../src/metadata/relations/formula.ts';
import { parseGroups } from '../src/metadata/relations/relation.ts';
import { compareVersions } from '../src/metadata/relations/version.ts';
import type { Diagnostic, Group } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { dpkgIsHere, perl } from './rig/dpkg.ts';
import { root } from './rig/program.ts';

const closure = join(root, 'test/fixtures/closure');
const data = process.env.BOOTPLAN_DATA ?? '';
const bookworm = join(data, 'bookworm-main-Sources.xz');

interface Indices {
  readonly sources: readonly SourceRecord[];
  readonly binaries: readonly BinaryRecord[];
  readonly problems: readonly Diagnostic[];
}

async function indices(packages: string, sources: string): Promise<Indices> {
  const [p, s] = [await openText(packages), await openText(sources)];
  if (!p.ok || !s.ok) throw new Error('fixtures are damaged');
  const [binaries, built] = [readPackages(p.value), readSources(s.value)];
  return { sources: built.records, binaries: binaries.records, problems: [...binaries.problems, ...built.problems] };
}

const tally = (words: Iterable<string>) => {
  const counts = new Map<string, number>();
  for (const w of words) counts.set(w, (counts.get(w) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** How much of each construct of the grammar the build dependencies of an archive hold. */
function census({ sources }: Indices) {
  const all = sources.map((s) => {
    const groups: Group[] = [];
    const conflicts: Group[] = [];
    for (const [name, value] of s.fields) {
      const parsed = parseGroups(value);
      expect([s.name, name, parsed.problems]).toEqual([s.name, name, []]);
      (name.startsWith('build-conflicts') ? conflicts : groups).push(...parsed.groups);
    }
    return { name: s.name, groups, conflicts };
  });
  /** Sources by name: several versions of one count once. */
  const countNames = (those: typeof all) => new Set(those.map((s) => s.name)).size;
  const inSources = (holds: (g: Group) => boolean) => countNames(all.filter((s) => s.groups.some(holds)));
  const groups = all.flatMap((s) => s.groups);
  // Conflicts count as relations too, as in the reference counts.
  const relations = all.flatMap((s) => [...s.groups, ...s.conflicts]).flat();
  const formulas = relations.flatMap((r) => (r.formula ? [r.formula] : []));
  const profiles = new Set(formulas.flat(2).map((l) => l.replace('!', '')));
  const withArchitectures = (gs: readonly Group[]) => gs.some((g) => g.some((r) => r.architectures));
  const withFormula = (gs: readonly Group[]) => gs.some((g) => g.some((r) => r.formula));
  return {
    stanzas: sources.length,
    names: new Set(sources.map((s) => s.name)).size,
    severalVersions: Object.values(tally(sources.map((s) => s.name))).filter((n) => n > 1).length,
    extraSourceOnly: sources.filter((s) => s.extraSourceOnly).length,
    fields: tally(sources.flatMap((s) => [...s.fields.keys()])),
    relations: relations.length,
    relationNames: new Set(relations.map((r) => r.name)).size,
    sourcesWithFormula: countNames(all.filter((s) => withFormula(s.groups) || withFormula(s.conflicts))),
    conflictsWithFormula: all.filter((s) => withFormula(s.conflicts)).length,
    profiles: profiles.size,
    privateProfiles: [...profiles].filter((p) => p.startsWith('pkg.')).length,
    formulas: new Set(formulas.map(formatFormula)).size,
    literalsPerBracket: tally(formulas.flat().map((b) => String(b.length))),
    severalBrackets: formulas.filter((f) => f.length > 1).length,
    formulasInAlternatives: groups
      .filter((g) => g.length > 1)
      .flat()
      .filter((r) => r.formula).length,
    qualifiers: tally(relations.flatMap((r) => (r.qualifier ? [r.qualifier] : []))),
    sourcesWithNative: inSources((g) => g.some((r) => r.qualifier === 'native')),
    sourcesWithAny: inSources((g) => g.some((r) => r.qualifier === 'any')),
    sourcesWithAlternatives: inSources((g) => g.length > 1),
    alternatives: groups.filter((g) => g.length > 1).length,
    longestAlternatives: groups.reduce((most, g) => Math.max(most, g.length), 0),
    // Lists in Build-Conflicts count as well: juce has one there and nowhere else.
    sourcesWithArchitectures: countNames(all.filter((s) => withArchitectures([...s.groups, ...s.conflicts]))),
    wildcards: tally(relations.flatMap((r) => (r.architectures ?? []).filter((a) => a.includes('any')))),
    operators: tally(relations.flatMap((r) => (r.op ? [r.op] : []))),
  };
}

function binaryCensus({ binaries }: Indices) {
  const depends = binaries.flatMap((b) => b.binary.depends);
  return {
    architectures: tally(binaries.map((b) => b.binary.architecture)),
    provides: binaries.filter((b) => b.binary.provides.length > 0).length,
    versionedProvides: binaries.filter((b) => b.binary.provides.some((p) => p.version)).length,
    multiArch: tally(binaries.map((b) => b.binary.multiArch ?? '')),
    rebuilt: binaries.filter((b) => b.sourceVersion !== b.binary.version).length,
    otherSource: binaries.filter((b) => b.source !== b.binary.name).length,
    anyInDepends: depends.flat().filter((r) => r.qualifier === 'any').length,
    alternatives: depends.filter((g) => g.length > 1).length,
    essential: binaries.filter((b) => b.binary.essential).length,
    required: binaries.filter((b) => b.binary.priority === 'required').length,
  };
}

describe('the closure of build-essential', () => {
  let archive: Indices;
  beforeAll(async () => {
    archive = await indices(join(closure, 'Packages.gz'), join(closure, 'Sources.gz'));
  });

  test('is read without a problem, and holds every construct', () => {
    expect(archive.problems).toEqual([]);
    expect(census(archive)).toMatchSnapshot();
    expect(binaryCensus(archive)).toMatchSnapshot();
  });

  test.skipIf(!dpkgIsHere())('10,000 pairs of real versions compare as in dpkg', () => {
    const have = new Map(archive.binaries.map((b) => [b.binary.name, b.binary.version]));
    const relations = [
      ...archive.binaries.flatMap((b) => [...b.binary.depends, ...b.binary.breaks, ...b.binary.conflicts].flat()),
      ...archive.sources.flatMap((s) => [...s.fields.values()].flatMap((f) => parseGroups(f).groups.flat())),
    ];
    const pairs = new Set(
      relations.flatMap((r) =>
        r.version && have.has(binaryName(r.name)) ? [`${have.get(binaryName(r.name))}\t${r.version}`] : [],
      ),
    );
    const versions = [...new Set(archive.binaries.map((b) => b.binary.version))].sort();
    for (const [i, a] of versions.entries()) {
      for (const b of versions.slice(i + 1, i + 8)) if (pairs.size < 10_000) pairs.add(`${a}\t${b}`);
    }
    const list = [...pairs];
    const answers = perl('use Dpkg::Version', 'print((version_compare($f[0], $f[1]) <=> 0), "\\n");', list).map(Number);
    const ours = list.map((pair) => Math.sign(compareVersions(...(pair.split('\t') as [string, string]))));
    expect(list.length).toBeGreaterThanOrEqual(10_000);
    expect(ours).toEqual(answers);
  });
});

describe.skipIf(!existsSync(bookworm))('bookworm main', () => {
  let archive: Indices;
  beforeAll(async () => {
    archive = await indices(join(data, 'bookworm-main-amd64-Packages.xz'), bookworm);
  });

  test('is read without a problem', () => expect(archive.problems).toEqual([]));

  test('holds in its sources what other tools have counted', () => {
    expect(census(archive)).toMatchObject({
      stanzas: 34_335,
      names: 34_289,
      severalVersions: 32,
      extraSourceOnly: 36,
      fields: {
        'build-depends': 34_275,
        'build-depends-arch': 163,
        'build-depends-indep': 6_477,
        'build-conflicts': 323,
        'build-conflicts-arch': 1,
        'build-conflicts-indep': 3,
      },
      relations: 281_062,
      relationNames: 23_416,
      sourcesWithFormula: 6_196,
      conflictsWithFormula: 5,
      profiles: 96,
      privateProfiles: 77,
      formulas: 126,
      literalsPerBracket: { 1: 31_772, 2: 108, 3: 186, 4: 32 },
      severalBrackets: 226,
      formulasInAlternatives: 285,
      qualifiers: { native: 3_833, any: 413 },
      sourcesWithNative: 2_159,
      sourcesWithAny: 355,
      sourcesWithAlternatives: 1_613,
      alternatives: 2_008,
      longestAlternatives: 9,
      sourcesWithArchitectures: 1_045,
      wildcards: { 'linux-any': 1_174, 'any-amd64': 42, '!hurd-any': 89, '!gnu-any-any': 1 },
      operators: { '>=': 45_625, '=': 26_069, '<<': 2_850, '>>': 391, '<=': 15 },
    });
  });

  test('holds in its binaries what other tools have counted', () => {
    expect(binaryCensus(archive)).toMatchObject({
      architectures: { amd64: 32_325, all: 31_115 },
      provides: 9_615,
      versionedProvides: 2_863,
      multiArch: { same: 11_493, foreign: 11_150, allowed: 285 },
      anyInDepends: 10_280,
      alternatives: 7_194,
      essential: 23,
      required: 33,
    });
  });
});
