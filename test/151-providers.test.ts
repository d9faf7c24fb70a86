/** Who satisfies a relation, and in which order of preference. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceVertex } from '../src/indices.ts';
import { parseGroups } from '../src/metadata/relations/relation.ts';
import type { Where } from '../src/metadata/relations/satisfaction.ts';
import { othersGiven } from '../src/metadata/universe/targets.ts';
import type { Universe } from '../src/model.ts';
import { binaryName } from '../src/names.ts';
import { providersOf } from '../src/solver/graph/providers.ts';
import { apt } from './rig/apt-rig.ts';
import { installProblems } from './rig/generate/install-problems.ts';
import { meets } from './rig/naive-install.ts';
import { files, needs, scratch } from './rig/program.ts';
import { smallArchive } from './rig/small-archive.ts';

function satisfying(packages: string, relation: string, available: readonly string[] = []): string {
  const { universe } = smallArchive(packages, '');
  const binaries = universe.binaries.map((b) => ({ ...b, available: available.includes(b.name) }));
  const [group] = parseGroups(relation).groups;
  const found = providersOf({ ...universe, binaries }).satisfying(group![0]!);
  return Array.from(found, (i) => `${binaries[i]!.name} ${binaries[i]!.version}`).join(', ');
}

test('binaries of the name before those that provide it, the highest version first', () => {
  const packages = `Package: a\nProvides: v\n
                    Package: v\nVersion: 2\n
                    Package: v\nVersion: 10`;
  expect(satisfying(packages, 'v')).toBe('v 10, v 2, a 1');
});

test('of those that provide it: available ones first, then by Priority, then by name', () => {
  const packages = `Package: a\nProvides: v\nPriority: extra\n
                    Package: b\nProvides: v\n
                    Package: c\nProvides: v\nPriority: required\n
                    Package: d\nProvides: v\n
                    Package: e\nProvides: v\nPriority: unheard-of`;
  expect(satisfying(packages, 'v')).toBe('c 1, b 1, d 1, a 1, e 1');
  expect(satisfying(packages, 'v', ['d'])).toBe('d 1, c 1, b 1, a 1, e 1');
});

test('a binary that has the name and provides it is found once', () => {
  expect(satisfying('Package: a\nProvides: a (= 5), a', 'a')).toBe('a 1');
  expect(satisfying('Package: a\nProvides: a (= 5), a', 'a (>= 5)')).toBe('a 1');
  expect(satisfying('Package: a\nProvides: v (= 1), v (= 2)', 'v (>= 1)')).toBe('a 1');
});

test('the archive’s copy of what a target builds comes after what it needs and the same target builds', () => {
  const packages = `Package: v\nArchitecture: all\nDepends: b\n
                    Package: a\nProvides: v\n
                    Package: b\nProvides: v\n
                    Package: c\nProvides: v`;
  const { universe } = smallArchive(packages, 'Package: src\nBinary: v, b\n');
  const binaries = universe.binaries.map((binary) => {
    const source = binary.name === 'a' ? undefined : (0 as SourceVertex);
    return { ...binary, source, available: binary.name === 'v' };
  });
  const order = (given: Universe, relation = 'v') =>
    Array.from(
      providersOf(given).satisfying(parseGroups(relation).groups[0]![0]!),
      (i) => given.binaries[i]!.name,
    ).join(', ');
  const targets = [0 as SourceVertex];
  expect(order({ ...universe, binaries, targets })).toBe('v, a, b, c');
  expect(order(othersGiven({ ...universe, binaries, targets }))).toBe('b, v, a, c');
  expect(order(othersGiven({ ...universe, binaries, targets }), 'v (>= 1)')).toBe('v');
  expect(order(othersGiven({ ...universe, binaries, targets, seed: [binaryName('v')] }))).toBe('v, a, b, c');
  expect(order(othersGiven({ ...universe, binaries, targets: [] }))).toBe('v, a, b, c');
});

test('versions: a real one is compared, a provided one only when it is there', () => {
  const packages = `Package: a\nVersion: 1:0\n
                    Package: b\nProvides: a (= 2)\n
                    Package: c\nProvides: a`;
  expect(satisfying(packages, 'a')).toBe('a 1:0, b 1, c 1');
  expect(satisfying(packages, 'a (>= 2)')).toBe('a 1:0, b 1');
  expect(satisfying(packages, 'a (<< 3)')).toBe('b 1');
});

test('qualifiers outside of Build-Depends, on a machine of one architecture', () => {
  const packages = `Package: a\nProvides: v\n
                    Package: b\nArchitecture: all\n
                    Package: c\nMulti-Arch: allowed\nProvides: v\n
                    Package: d\nArchitecture: arm64`;
  expect(satisfying(packages, 'a:any')).toBe('');
  expect(satisfying(packages, 'c:any')).toBe('c 1');
  expect(satisfying(packages, 'v:any')).toBe('c 1');
  expect(satisfying(packages, 'b:native')).toBe('b 1');
  expect(satisfying(packages, 'b:amd64')).toBe('b 1');
  expect(satisfying(packages, 'b:arm64')).toBe('');
  expect(satisfying(packages, 'd')).toBe('');
  expect(satisfying(packages, 'd:arm64')).toBe('d 1');
});

describe.skipIf(!needs('apt-get') || !needs('dpkg-checkbuilddeps'))('apt and dpkg decide', () => {
  const base = scratch();
  const kinds = ['amd64', 'all'].flatMap((architecture) =>
    ['no', 'same', 'foreign', 'allowed']
      .filter((multiArch) => architecture !== 'all' || multiArch !== 'same')
      .map((multiArch) => ({ architecture, multiArch, name: `${architecture}-${multiArch}` })),
  );
  const relations = kinds.flatMap(({ name }) =>
    ['r', 'v', 'w'].flatMap((kind) =>
      ['', ':any', ':native', ':amd64', ':arm64'].flatMap((qualifier) =>
        ['', ' (>= 2)']
          .filter((bound) => bound === '' || kind !== 'r')
          .map((bound) => `${kind}-${name}${qualifier}${bound}`),
      ),
    ),
  );
  const filled = 'Description: x\nMaintainer: Nobody <nobody@example.org>\n';
  const stanza = (name: string, fields: string) =>
    `Package: ${name}\nVersion: 2\n${fields}Filename: ./${name}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\n${filled}`;
  /** A real binary, and one that provides a name without a version, and one with. */
  const packages = kinds.flatMap(({ architecture, multiArch, name }) => {
    const fields = `Architecture: ${architecture}\n${multiArch === 'no' ? '' : `Multi-Arch: ${multiArch}\n`}`;
    return [stanza(`r-${name}`, fields), stanza(`p-${name}`, `${fields}Provides: v-${name}, w-${name} (= 2)\n`)];
  });
  // Provided in another version than the own one, which is 2.
  const others = kinds.map(({ architecture, multiArch, name }) =>
    stanza(
      `o-${name}`,
      `Architecture: ${architecture}\n${multiArch === 'no' ? '' : `Multi-Arch: ${multiArch}\n`}Provides: x-${name} (= 5)\n`,
    ),
  );
  const needing = relations.map((relation, i) => stanza(`needs${i}`, `Architecture: amd64\nDepends: ${relation}\n`));
  const essential = stanza('build-essential', 'Architecture: amd64\n');
  const source = (name: string, relation: string) =>
    `Package: ${name}\nVersion: 1\nArchitecture: any\nBinary: ${name}-bin\nFormat: 1.0\nDirectory: .\nFiles:\n ${'0'.repeat(32)} 1 ${name}.dsc\nBuild-Depends: ${relation}\n`;
  const { universe } = smallArchive([...packages, ...others].join('\n'), '');
  const providers = providersOf(universe);
  const answer = (relation: string, where: Where) =>
    providers.satisfying(parseGroups(relation).groups[0]![0]!, where).length > 0;

  test('every qualifier with every Multi-Arch, in Build-Depends and in Depends', () => {
    files(base, {
      Packages: [essential, ...packages, ...needing].join('\n'),
      Sources: relations.flatMap((r, i) => [source(`asks${i}`, r), source(`uses${i}`, `needs${i}`)]).join('\n'),
      'admin/status': packages.map((p) => p.replace('\n', '\nStatus: install ok installed\n')).join('\n'),
      'admin/available': '',
      control: `Source: x\nBuild-Depends: ${relations.join(', ')}\n\nPackage: x\nArchitecture: any\n${filled}`,
    });
    const sources = ['deb', 'deb-src'].map((kind) => `${kind} [trusted=yes] file:${base} ./\n`).join('');
    const root = join(base, 'root');
    expect(apt(root, sources, 'update')).toMatchObject({ code: 0 });
    const aptTakes = (name: string) => apt(root, sources, '-s', 'build-dep', name).code === 0;
    const env = { ...process.env, LC_ALL: 'C', DEB_BUILD_ARCH: 'amd64', DEB_HOST_ARCH: 'amd64' };
    const asked = ['--admindir=admin', '-I', 'control'];
    const { stderr } = spawnSync('dpkg-checkbuilddeps', asked, { cwd: base, encoding: 'utf8', env });
    const unmet = ` ${/Unmet build dependencies: (.*)/.exec(stderr)![1]!} `;
    /** Unmet ones are listed with blanks between; one without a version also begins the one with it. */
    const isUnmet = (relation: string) =>
      relation.includes('(') ? unmet.includes(` ${relation} `) : new RegExp(` ${relation} (?!\\()`).test(unmet);
    const wrong = relations.flatMap((relation, i) => {
      const inBuild = aptTakes(`asks${i}`) && !isUnmet(relation);
      const inRun = aptTakes(`uses${i}`);
      // apt takes what provides a name without a version for every version of it, once it is qualified; dpkg never
      // does.
      const versionless = /^v-.*\(/.test(relation);
      return [
        ...(answer(relation, 'build') === inBuild ? [] : [`Build-Depends: ${relation}: ${inBuild}`]),
        ...(versionless || answer(relation, 'run') === inRun ? [] : [`Depends: ${relation}: ${inRun}`]),
      ];
    });
    expect(wrong).toEqual([]);
    expect(relations.length).toBe(175);
  });

  test('by a source alone: versions that are provided and own ones, and what is unwanted, each by the consent of both', () => {
    const qualified = kinds.flatMap(({ name }) =>
      ['', ':any', ':native', ':amd64'].flatMap((q) =>
        ['>= 5', '<= 2', '>= 1'].map((bound) => `x-${name}${q} (${bound})`),
      ),
    );
    const asked = [...relations, ...qualified];
    const maker = (relation: string) =>
      relation
        .replace(/[: ].*/, '')
        .replace(/^[vw]/, 'p')
        .replace(/^x/, 'o');
    const unwanted = (r: string, i: number) => `${source(`x${i}`, maker(r))}Build-Conflicts: ${r}\n`;
    files(base, {
      'alone/Packages': [essential, ...packages, ...others].join('\n'),
      'alone/Sources': [...asked.map(unwanted), ...qualified.map((r, i) => source(`w${i}`, r))].join('\n'),
      'admin/status': [essential, ...packages, ...others]
        .map((p) => p.replace('\n', '\nStatus: install ok installed\n'))
        .join('\n'),
      'admin/available': '',
    });
    const lines = ['deb', 'deb-src'].map((kind) => `${kind} [trusted=yes] file:${base}/alone ./\n`).join('');
    const root = join(base, 'root-alone');
    expect(apt(root, lines, 'update')).toMatchObject({ code: 0 });
    const refuses = (name: string) => apt(root, lines, '-s', 'build-dep', name).code !== 0;
    const env = { ...process.env, LC_ALL: 'C', DEB_BUILD_ARCH: 'amd64', DEB_HOST_ARCH: 'amd64' };
    /**
     * Those that dpkg-checkbuilddeps tells; of one kind at a time, since it leaves out what another one says already.
     */
    const told = (field: string, all: readonly string[]): ReadonlySet<string> => {
      const kindOf = (relation: string) => relation.replace(/^(.)-\w+-\w+/, '$1');
      const found = [...new Set(all.map(kindOf))].flatMap((kind) => {
        const list = all.filter((r) => kindOf(r) === kind);
        const text = `Source: x\n${field}: ${list.join(', ')}\n\nPackage: x\nArchitecture: any\n${filled}`;
        files(base, { control: text });
        const options = ['--admindir=admin', 'control'];
        const { stderr } = spawnSync('dpkg-checkbuilddeps', options, { cwd: base, encoding: 'utf8', env });
        const words = ` ${/(?:dependencies|conflicts): (.*)/.exec(stderr)?.[1] ?? ''} `.replaceAll(', ', ' ');
        return list.filter((relation) => words.includes(` ${relation} `));
      });
      return new Set(found);
    };
    const unmet = told('Build-Depends', qualified);
    const conflicting = told('Build-Conflicts', asked);
    const wrong = [
      ...qualified.filter((r, i) => answer(r, 'build') !== !(refuses(`w${i}`) || unmet.has(r))),
      ...asked.filter((r, i) => answer(r, 'unwanted') !== (refuses(`x${i}`) || conflicting.has(r))),
    ];
    expect(wrong).toEqual([]);
    expect(conflicting.size).toBeGreaterThan(100);
    expect(unmet.size).toBeGreaterThan(20);
  });
});

test('a name that nobody has is satisfied by nobody', () => {
  expect(satisfying('Package: a', 'b')).toBe('');
  expect(satisfying('', 'constructor')).toBe('');
});

test('finds whom looking at every binary finds', () => {
  fc.assert(
    fc.property(installProblems('', true), ({ packages, source }) => {
      const { universe } = smallArchive(packages, source);
      const providers = providersOf(universe);
      const run = universe.binaries.flatMap((b) => b.depends.flat());
      const { buildDepends, buildConflicts } = universe.sources[0]!.variants[0]!;
      for (const relation of [...run, ...buildDepends.flat(), ...buildConflicts.flat()]) {
        for (const where of ['run', 'build', 'unwanted'] as const) {
          const found = [...providers.satisfying(relation, where)].sort((a, b) => a - b);
          const wanted = universe.binaries.flatMap((b, i) =>
            meets(b, relation, universe.architecture, where) ? [i] : [],
          );
          expect(found).toEqual(wanted);
        }
      }
    }),
    { numRuns: 300, seed: 151 },
  );
});
