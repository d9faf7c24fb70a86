/** The universe is what sources build; an index of binaries knows only what was built before. */
import { describe, expect, test } from 'vitest';
import { answersFor } from '../src/application/analyse.ts';
import { formatGroups } from '../src/metadata/relations/relation.ts';
import type { Universe } from '../src/model.ts';
import { checkText } from '../src/reports/archive/check-text.ts';
import { planText } from '../src/reports/plan/plan-text.ts';
import { stuckText } from '../src/reports/plan/stuck.ts';
import { checkResult } from '../src/solver/install/check-result.ts';
import { groupStuck, stuckSources } from '../src/stages/stuck.ts';
import { bin, broken, planned, read, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();
const list = (...lines: string[]) => `Package-List:\n${lines.map((l) => ` ${l}`).join('\n')}`;
const binariesOf = (u: Universe) =>
  u.binaries
    .filter((b) => b.name !== 'build-essential')
    .map((b) => `${b.name} ${b.version}${b.unbuilt ? ' to come' : ''}${b.available || b.withSeed ? ' given' : ''}`);
const producedBy = (u: Universe, name: string) =>
  u.sources
    .find((s) => s.name === name)!
    .variants[0]!.produces.map((b) => `${u.binaries[b]!.name} ${u.binaries[b]!.version}`);

describe('a port that is behind', () => {
  const archive = {
    packages: [
      bin('foo-dev', 'Source: foo', 'Depends: libfoo1 (>= 1), libfoo1 (<< 2~)', 'Provides: foo-api (= 1)'),
      bin('libfoo1', 'Source: foo (1)', 'Version: 1+b2'),
    ],
    sources: [src('foo', 'Version: 2', 'Binary: foo-dev, libfoo1'), src('bar', 'Build-Depends: foo-dev (>= 2)')],
  };

  test('waits for the newer source, and is not stuck', async () => {
    expect(await planned(base, archive)).toBe('foo bar');
    expect(await broken(base, archive)).toEqual(['bar: foo-dev (>= 2) is missing']);
  });

  test('the new binaries have the new version, and fit each other', async () => {
    const { universe } = await read(base, archive);
    expect(binariesOf(universe)).toEqual([
      'bar 1 to come',
      'foo-dev 2 to come',
      'foo-dev 1',
      'libfoo1 2 to come',
      'libfoo1 1+b2',
    ]);
    expect(producedBy(universe, 'foo')).toEqual(['foo-dev 2', 'libfoo1 2']);
    const dev = universe.binaries.find((b) => b.name === 'foo-dev')!;
    expect([formatGroups(dev.depends), dev.provides[0]!.version]).toEqual(['libfoo1 (>= 1), libfoo1', '2']);
  });

  test('a bound by the old version holds for the copy of the seed alone', async () => {
    const user = src('user', 'Build-Depends: foo-dev (<< 2)');
    const seed = 'build-essential\nfoo-dev\n';
    const sources = [...archive.sources, user];
    expect(await planned(base, { ...archive, sources })).toBe('foo bar ! user');
    expect(await planned(base, { ...archive, sources, seed })).toBe('foo bar user');
    const { universe } = await read(base, { ...archive, sources, seed });
    expect(binariesOf(universe).filter((b) => b.endsWith('given'))).toEqual(['foo-dev 1 given', 'libfoo1 1+b2 given']);
  });

  test('the copy of the seed is no result: what can be built with it alone never becomes clean', async () => {
    const stages = {
      packages: [bin('foo-dev', 'Source: foo'), bin('tool')],
      sources: [
        src('foo', 'Version: 2', 'Binary: foo-dev', 'Build-Depends: tool <!stage1>'),
        src('tool', 'Build-Depends: foo-dev (>= 2)'),
        src('old', 'Build-Depends: foo-dev (<< 2)'),
      ],
      seed: 'build-essential\nfoo-dev\n',
    };
    expect(await planned(base, stages)).toMatch(/^foo<stage1> tool foo .*! old$/);
  });

  test('what was rebuilt alone is of the version that its source has', async () => {
    const { universe } = await read(base, {
      packages: [bin('liba', 'Source: a (1.2-1)', 'Version: 1.2-1+b3')],
      sources: [src('a', 'Version: 1.2-1', 'Binary: liba')],
    });
    expect(producedBy(universe, 'a')).toEqual(['liba 1.2-1+b3']);
  });
});

describe('sources that were never built', () => {
  test('have binaries, and cycles', async () => {
    const sources = [
      src('a', 'Build-Depends: b'),
      src('b', 'Build-Depends: a'),
      src('c', 'Build-Depends: d'),
      src('d'),
    ];
    const { universe, diagnostics } = await read(base, { packages: [], sources });
    expect(binariesOf(universe)).toEqual(['a 1 to come', 'b 1 to come', 'c 1 to come', 'd 1 to come']);
    expect(diagnostics.map((d) => `${d.severity} ${d.message}`)).toEqual([
      'note 4 binaries were never built here (a, b, c, ...): nothing is known of what they need at run time',
    ]);
    expect(await planned(base, { packages: [], sources })).toBe('d c ! a ! b');
  });

  test('yield what Package-List says for this architecture and these profiles', async () => {
    const listed = list(
      'liba deb libs optional arch=any',
      'liba-doc deb doc optional arch=all',
      'liba-i386 deb libs optional arch=i386',
      'liba-bsd deb libs optional arch=kfreebsd-any',
      'liba-inst udeb debian-installer optional arch=any',
      'liba-tests deb libs optional arch=linux-any profile=!nocheck',
      'liba-extra deb libs optional arch=any profile=pkg.a.extra',
    );
    const binary = 'Binary: liba, liba-doc, liba-i386, liba-bsd, liba-inst, liba-tests, liba-extra';
    const archive = { packages: [], sources: [src('a', binary, 'Architecture: any all', listed)] };
    const { universe } = await read(base, archive);
    expect(binariesOf(universe)).toEqual(['liba 1 to come', 'liba-doc 1 to come', 'liba-tests 1 to come']);
    expect([producedBy(universe, 'a'), producedBy(universe, 'a:all')]).toEqual([
      ['liba 1', 'liba-tests 1'],
      ['liba-doc 1'],
    ]);
    const quiet = await read(base, { ...archive, profiles: ['nocheck'] });
    expect(producedBy(quiet.universe, 'a')).toEqual(['liba 1']);
  });

  test('any qualifier may be meant for what nothing is known of', async () => {
    const sources = [src('tool'), src('a', 'Build-Depends: tool:any, tool:native, tool')];
    expect(await planned(base, { packages: [], sources })).toBe('tool a');
  });

  test('debian/control says what they need at run time', async () => {
    const control = [
      'Source: a\nMaintainer: x\nBuild-Depends: b\n',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the other program's.
      'Package: a\nArchitecture: any\nDepends: ${shlibs:Depends}, c (>= ${binary:Version}), d (>> ${other}) | ${e}, ${misc:Depends}\nDescription: x\n',
    ].join('\n');
    const sources = [src('a', 'Build-Depends: b'), src('b'), src('c', 'Build-Depends: a'), src('d')];
    const { universe, diagnostics } = await read(base, { packages: [], sources, control });
    expect(formatGroups(universe.binaries.find((b) => b.name === 'a')!.depends)).toBe('c (>= 1), d');
    expect(diagnostics[0]!.message).toMatch(/^3 binaries/);
    expect(await planned(base, { packages: [], sources: [...sources, src('e', 'Build-Depends: a')], control })).toBe(
      'b a d ! c ! e',
    );
  });
});

test('of two sources with a binary of one name, the one that the index has it from builds it', async () => {
  const taken = {
    packages: [bin('tool', 'Source: new', 'Version: 5')],
    sources: [src('new', 'Version: 5', 'Binary: tool'), src('old', 'Version: 3', 'Binary: tool, rest')],
  };
  const { universe } = await read(base, taken);
  expect([producedBy(universe, 'new'), producedBy(universe, 'old')]).toEqual([['tool 5'], ['rest 3']]);
  const open = await read(base, { packages: [], sources: taken.sources });
  expect([producedBy(open.universe, 'new'), producedBy(open.universe, 'old')]).toEqual([
    ['tool 5'],
    ['rest 3', 'tool 3'],
  ]);
});

test('what a source builds no more is in the index, and no build yields it', async () => {
  const archive = {
    packages: [bin('lib1', 'Source: lib'), bin('lib2', 'Source: lib', 'Version: 2')],
    sources: [src('lib', 'Version: 2', 'Binary: lib2'), src('app', 'Build-Depends: lib1')],
  };
  expect(await planned(base, archive)).toBe('lib ! app');
});

describe('what only Architecture: all binaries need to be built', () => {
  const archive = {
    packages: [
      bin('libz-dev', 'Source: libz'),
      bin('libz-doc', 'Source: libz', 'Architecture: all'),
      bin('docgen', 'Depends: libz-dev'),
    ],
    sources: [
      src(
        'libz',
        'Architecture: any all',
        'Binary: libz-dev, libz-doc',
        'Build-Depends-Indep: docgen',
        list('libz-dev deb libdevel optional arch=any', 'libz-doc deb doc optional arch=all'),
      ),
      src('docgen', 'Build-Depends: libz-dev'),
    ],
  };

  test('is asked for by nobody while they are given, unless somebody wants it', async () => {
    expect(await planned(base, archive)).toBe('libz docgen');
    expect(await planned(base, { ...archive, indep: true })).toBe('! docgen ! libz');
  });

  test('is a build of its own where they are built, and holds up no other', async () => {
    expect(await planned(base, { ...archive, archAll: 'build' })).toBe('libz docgen libz:all');
  });

  test('is asked for where the index lacks one that is needed, and only then', async () => {
    const { packages, sources } = archive;
    const lacking = { packages: packages.filter((p) => !p.includes('libz-doc')), sources };
    expect(await planned(base, lacking)).toBe('libz docgen');
    const reader = src('reader', 'Build-Depends: libz-doc');
    expect(await planned(base, { ...lacking, sources: [...sources, reader] })).toBe('libz docgen libz:all reader');
  });
});

describe('a seed that lacks something', () => {
  test('has everything else, and a warning names what it lacks', async () => {
    const archive = {
      packages: [
        bin('x', 'Depends: missing, y | z, libx'),
        bin('y', 'Depends: gone'),
        bin('z'),
        bin('libx', 'Depends: libc'),
        bin('libc'),
      ],
      sources: [src('x'), src('libx'), src('libc', 'Build-Depends: z'), src('z', 'Build-Depends: libc'), src('y')],
      seed: 'build-essential\nx\n',
    };
    const { universe, diagnostics } = await read(base, archive);
    expect(binariesOf(universe).filter((b) => b.endsWith('given'))).toEqual([
      'libc 1 given',
      'libx 1 given',
      'x 1 given',
      'z 1 given',
    ]);
    expect(diagnostics.map((d) => `${d.severity} ${d.message}`)).toEqual([
      'warning x of the seed lacks missing, which cannot be had; the rest of what it needs is given',
    ]);
    expect(await planned(base, archive)).toBe('libc libx x y z');
  });
});

describe('empty members of a list', () => {
  test('are passed over in debian/control, as dpkg does, and an error in an index of binaries', async () => {
    const archive = { packages: [bin('lib')], sources: [src('app', 'Build-Depends: lib'), src('lib')] };
    const control =
      'Source: app\nBuild-Depends: , lib, , gone <!nocheck>,\n\nPackage: app\nArchitecture: any\nDescription: x\n';
    expect(await broken(base, { ...archive, control, profiles: ['nocheck'] })).toEqual([]);
    await expect(read(base, { ...archive, packages: [bin('lib', 'Depends: , x')] })).rejects.toThrow('nothing before');
  });
});

describe('check tells the builds of one source apart', () => {
  const both = (...fields: string[]) => src('a', 'Architecture: any all', 'Binary: a, a-doc', ...fields);
  const builds = async (source: string) => {
    const packages = [bin('x', 'Conflicts: y'), bin('y'), bin('a'), bin('a-doc', 'Architecture: all')];
    const { universe } = await read(base, { packages, sources: [source], alternatives: 'any', world: 'archive' });
    return checkText(checkResult(universe, { scope: 'full', failuresOnly: false, installations: false }), {
      explain: false,
      successes: true,
    }).split('\n')[2];
  };

  test.each([
    ['Build-Depends-Indep: gone', 'a 1: gone is missing (the build of Architecture: all, -A; -B can be done)'],
    ['Build-Depends-Arch: gone', 'a 1: gone is missing (the build for this architecture, -B; -A can be done)'],
    ['Build-Depends: gone\nBuild-Depends-Indep: x', 'a 1: gone is missing'],
    [
      'Build-Depends-Arch: x\nBuild-Depends-Indep: y',
      'a 1: x 1 conflicts with y 1 (each of the builds -B and -A can be done by itself)',
    ],
    ['Build-Depends-Arch: x\nBuild-Depends-Indep: x', 'a 1: installable'],
  ])('%j', async (fields, expected) => {
    expect(await builds(both(fields))).toBe(expected);
  });
});

test('a source that lacks what no source builds, and needs itself besides, is told as both', async () => {
  const { universe } = await read(base, {
    packages: [
      bin('icm', 'Depends: libbob6'),
      bin('libbob6', 'Source: bob', 'Depends: libssl3'),
      bin('libssl3', 'Source: openssl (3.1.4)', 'Version: 3.1.4'),
      bin('libssl-dev', 'Source: openssl', 'Version: 3.1.5'),
    ],
    sources: [
      src('bob', 'Binary: libbob6', 'Build-Depends: icm, libssl-dev'),
      src('openssl', 'Version: 3.1.5', 'Binary: libssl-dev'),
      src('icm', 'Binary: icm'),
    ],
  });
  const { plan } = await answersFor(universe, {});
  expect(plan.stuck.map(({ source, scc }) => [source, scc])).toEqual([['bob', 'bob']]);
  const groups = groupStuck(stuckSources(plan));
  for (const text of [planText(plan, groups, []), stuckText(groups, 3, true)])
    expect(text).toMatch(
      /[Nn]o source builds libssl3, which is in the index[\s\S]*bob is in a cycle:\n +src:bob +build-depends on +icm\n +icm +depends on +libbob6\n +libbob6 +is built by +src:bob/,
    );
});

test('what is in the index and lacks something itself is not said to be provided by nothing', async () => {
  const { universe } = await read(base, {
    packages: [bin('cc', 'Depends: rt'), bin('rt', 'Source: cc', 'Depends: gone')],
    sources: [src('cc', 'Binary: cc, rt', 'Build-Depends: cc'), src('user', 'Build-Depends: nobody')],
  });
  const { plan } = await answersFor(universe, {});
  const groups = groupStuck(stuckSources(plan));
  for (const text of [planText(plan, groups, []), stuckText(groups, 2, true)]) {
    expect(text).toMatch(/[Ww]hat cc needs at run time cannot be had[\s\S]*cc depends on rt, and rt depends on gone/);
    expect(text).toMatch(/[Nn]othing provides nobody/);
    expect(text).not.toMatch(/[Nn]othing provides cc/);
  }
});
