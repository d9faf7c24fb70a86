/** Can it be installed? One rule of Debian's relations per test, in the words of a Packages index. */
import { expect, test } from 'vitest';
import { headline, reasonLines } from '../src/reports/archive/check-text.ts';
import { checkResult } from '../src/solver/install/check-result.ts';
import { smallArchive } from './rig/small-archive.ts';

/** What would be installed for a build (without the source), or why it cannot be. */
function build(packages: string, dependencies: string, alternatives: 'first' | 'any' = 'any'): string {
  const { universe } = smallArchive(packages, `Package: src\nBuild-Depends: ${dependencies}`);
  const options = { scope: 'full', failuresOnly: false, installations: true } as const;
  const [verdict] = checkResult({ ...universe, alternatives }, options).builds;
  if (verdict!.reason) return headline(verdict!.reason);
  return verdict!.installation!.map(({ name, version }) => `${name} ${version}`).join(', ');
}

test('what a dependency depends on is installed too, and nothing else', () => {
  expect(build('Package: a\nDepends: b\n\nPackage: b\nPre-Depends: c\n\nPackage: c\n\nPackage: d', 'a')).toBe(
    'a 1, b 1, c 1',
  );
});

test('a circle of dependencies is installed as one', () => {
  expect(build('Package: a\nDepends: b\n\nPackage: b\nDepends: a', 'a')).toBe('a 1, b 1');
});

test('the first alternative is preferred, a later one is taken when the first is missing or clashes', () => {
  const two = 'Package: b\n\nPackage: c';
  expect(build(two, 'b | c')).toBe('b 1');
  expect(build(two, 'x | c')).toBe('c 1');
  expect(build('Package: a\nConflicts: b\n\nPackage: b\n\nPackage: c', 'b | c, a')).toBe('a 1, c 1');
});

test('with --alternatives first, Build-Depends means its first alternative, run-time dependencies all of theirs', () => {
  expect(build('Package: c', 'x | c', 'first')).toBe('x is missing');
  expect(build('Package: a\nDepends: x | c\n\nPackage: c', 'a | x', 'first')).toBe('a 1, c 1');
  expect(build('Package: a\nVersion: 2', 'a (<< 1) | a (>= 2) | x', 'first')).toBe('a 2');
});

test('versions count, and of several the one that fits is taken', () => {
  const three = 'Package: a\nVersion: 1\n\nPackage: a\nVersion: 2~rc1\n\nPackage: a\nVersion: 10';
  expect(build(three, 'a')).toBe('a 10');
  expect(build(three, 'a (<< 2)')).toBe('a 2~rc1');
  expect(build(three, 'a (= 1)')).toBe('a 1');
  expect(build(three, 'a (>> 10)')).toBe('a (>> 10) is missing');
});

test('one version of a name at a time', () => {
  const two = 'Package: a\nVersion: 1\n\nPackage: a\nVersion: 2';
  expect(build(two, 'a (= 1), a (= 2)')).toBe('a 1 and a 2 exclude each other');
});

test('an unversioned Provides satisfies only unversioned relations, a versioned one is compared', () => {
  const providers = 'Package: p\nProvides: v\n\nPackage: q\nProvides: w (= 3)';
  expect(build(providers, 'v')).toBe('p 1');
  expect(build(providers, 'v (>= 0)')).toBe('v (>= 0) is missing');
  expect(build(providers, 'w (>= 3)')).toBe('q 1');
  expect(build(providers, 'w (>> 3)')).toBe('w (>> 3) is missing');
});

test('conflicts and breaks exclude, in either direction, and only in the versions named', () => {
  expect(build('Package: a\nConflicts: b\n\nPackage: b', 'a, b')).toBe('a 1 conflicts with b 1');
  expect(build('Package: a\n\nPackage: b\nBreaks: a (<< 2)', 'a, b')).toBe('b 1 breaks a (<< 2), which is a 1');
  expect(build('Package: a\n\nPackage: b\nBreaks: a (<< 1)', 'a, b')).toBe('a 1, b 1');
});

test('a conflict with a virtual name excludes its other providers, never the binary itself', () => {
  const mail = 'Package: exim\nProvides: mta\nConflicts: mta\n\nPackage: postfix\nProvides: mta\nConflicts: mta';
  expect(build(mail, 'exim')).toBe('exim 1');
  expect(build(mail, 'exim, mta')).toBe('exim 1');
  expect(build(mail, 'exim, postfix')).toBe('exim 1 conflicts with mta, which is postfix 1');
  expect(build('Package: a\nConflicts: a', 'a')).toBe('a 1');
});

test('Build-Conflicts exclude what is drawn in, too', () => {
  const archive = 'Package: a\nDepends: b | c\n\nPackage: b\n\nPackage: c';
  expect(build(archive, 'a\nBuild-Conflicts: b')).toBe('a 1, c 1');
  expect(build(archive, 'a\nBuild-Conflicts: b, c')).toBe(
    'src 1 build-conflicts with b 1; src 1 build-conflicts with c 1',
  );
});

test('Essential binaries and build-essential are there for every build', () => {
  const archive =
    'Package: dpkg\nEssential: yes\nDepends: tar\n\nPackage: tar\n\nPackage: build-essential\n\nPackage: a';
  expect(build(archive, 'a')).toBe('a 1, build-essential 1, dpkg 1, tar 1');
  expect(build(`${archive}\nConflicts: tar`, 'a')).toBe('a 1 conflicts with tar 1');
  expect(build('Package: build-essential\nDepends: g++\n\nPackage: a', 'a')).toBe('g++ is missing');
});

test(':any asks for Multi-Arch: allowed, :native for another than foreign; another architecture is missing', () => {
  const archive = `Package: a\nMulti-Arch: allowed\n
                   Package: b\nArchitecture: all\nMulti-Arch: foreign\n
                   Package: c\nMulti-Arch: same`;
  expect(build(archive, 'a:any, a:native, b, b:all, c:native, c:amd64')).toBe('a 1, b 1, c 1');
  expect(build(archive, 'c:any')).toBe('c:any is missing: c is not Multi-Arch: allowed');
  expect(build(archive, 'b:native')).toBe('b:native is missing: b is Multi-Arch: foreign, which :native leaves out');
  expect(build(archive, 'a:arm64')).toBe('a:arm64 is missing: a is of architecture amd64');
  expect(build(archive, 'b:amd64')).toBe('b:amd64 is missing: b is of architecture all');
  expect(build(`${archive}\n\nPackage: d\nDepends: b:amd64, b:native`, 'd')).toBe('b 1, d 1');
});

test('of the providers those at hand come first, then the more important, then by name', () => {
  const providers = 'Package: p\nProvides: v\n\nPackage: q\nProvides: v\nPriority: standard\n\nPackage: v\nVersion: 0';
  expect(build(providers, 'v')).toBe('v 0');
  expect(build(providers.replace('Package: v\n', 'Package: u\n'), 'v')).toBe('q 1');
});

test('choices are gone back on where the first ones lead into a conflict', () => {
  const archive = `
    Package: a\nDepends: x | y\n
    Package: b\nDepends: z | w\n
    Package: x\nConflicts: z\n
    Package: y\n
    Package: z\n
    Package: w\nConflicts: x, y, z\n`;
  expect(build(archive, 'a, b')).toBe('a 1, b 1, y 1, z 1');
});

test('eight pigeons do not fit into seven holes, however long one tries; into eight they do', () => {
  const pigeons = Array.from({ length: 8 }, (_, i) => `pigeon${i}`);
  const loft = (holes: number) =>
    pigeons
      .flatMap((pigeon) => {
        const places = Array.from({ length: holes }, (_, hole) => `${pigeon}-in-${hole}`);
        return [
          `Package: ${pigeon}\nDepends: ${places.join(' | ')}\n`,
          ...places.map((place, hole) => `Package: ${place}\nProvides: hole${hole}\nConflicts: hole${hole}\n`),
        ];
      })
      .join('\n');
  expect(build(loft(7), pigeons.join(', '))).toContain('conflicts with hole');
  expect(build(loft(8), pigeons.join(', ')).split(', ')).toHaveLength(16);
});

test('the nearest reason is told, and only what it takes', () => {
  const { universe } = smallArchive(
    `Package: far\nDepends: further\n
     Package: further\nDepends: furthest\n
     Package: near\nDepends: gone (>= 2) | lost\n
     Package: gone\n
     Package: lost\nConflicts: good\n
     Package: good`,
    'Package: src\nBuild-Depends: far, good, near',
  );
  const [build] = checkResult(universe, { scope: 'full', failuresOnly: true, installations: false }).builds;
  expect(reasonLines(build!.reason!)).toEqual([
    'src 1 build-depends on good',
    'src 1 build-depends on near',
    '  near 1 depends on gone (>= 2) | lost',
    'lost 1 conflicts with good 1',
  ]);
});

test('sources of other architectures are not asked about', () => {
  const { universe } = smallArchive(
    'Package: a',
    ['i386', 'any-amd64', 'all', 'linux-any', 'kfreebsd-any arm64', 'i386 all']
      .map((architecture, i) => `Package: s${i}\nArchitecture: ${architecture}\nBuild-Depends: a`)
      .join('\n\n'),
  );
  const { builds } = checkResult(universe, { scope: 'full', failuresOnly: false, installations: false });
  expect(builds.map(({ source }) => source)).toEqual(['s1', 's2', 's3', 's5']);
});

test('a chain of 100,000 dependencies is no recursion', () => {
  const n = 100_000;
  const chain = Array.from({ length: n }, (_, i) => `Package: p${i}\nDepends: p${i + 1}\n`).join('\n');
  expect(build(`${chain}\nPackage: p${n}`, 'p0').split(', ')).toHaveLength(n + 1);
});
