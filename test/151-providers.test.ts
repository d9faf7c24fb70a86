/** Who satisfies a relation, and in which order of preference. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGroups } from '../src/metadata/relation.ts';
import { providersOf } from '../src/solver/graph/providers.ts';
import { installProblems } from './generate/install-problems.ts';
import { meets } from './naive-install.ts';
import { smallArchive } from './small-archive.ts';

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

test('versions: a real one is compared, a provided one only when it is there', () => {
  const packages = `Package: a\nVersion: 1:0\n
                    Package: b\nProvides: a (= 2)\n
                    Package: c\nProvides: a`;
  expect(satisfying(packages, 'a')).toBe('a 1:0, b 1, c 1');
  expect(satisfying(packages, 'a (>= 2)')).toBe('a 1:0, b 1');
  expect(satisfying(packages, 'a (<< 3)')).toBe('b 1');
});

test('qualifiers on a machine of one architecture', () => {
  const packages = `Package: a\nProvides: v\n
                    Package: b\nArchitecture: all\n
                    Package: c\nMulti-Arch: allowed\nProvides: v\n
                    Package: d\nArchitecture: arm64`;
  expect(satisfying(packages, 'a:any')).toBe('a 1');
  expect(satisfying(packages, 'v:any')).toBe('c 1');
  expect(satisfying(packages, 'b:native')).toBe('b 1');
  expect(satisfying(packages, 'b:amd64')).toBe('b 1');
  expect(satisfying(packages, 'b:arm64')).toBe('');
  expect(satisfying(packages, 'd')).toBe('');
  expect(satisfying(packages, 'd:arm64')).toBe('d 1');
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
      const groups = [
        ...universe.binaries.flatMap((b) => b.depends),
        ...universe.sources[0]!.variants[0]!.buildDepends,
      ];
      for (const relation of groups.flat()) {
        const found = [...providers.satisfying(relation)].sort((a, b) => a - b);
        const wanted = universe.binaries.flatMap((b, i) => (meets(b, relation, universe.architecture) ? [i] : []));
        expect(found).toEqual(wanted);
      }
    }),
    { numRuns: 300, seed: 151 },
  );
});
