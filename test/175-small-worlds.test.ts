/**
 * Small archives of many shapes, what is planned of each and what `check` denies: decided by deb-src-control(5),
 * deb-version(7), policy 7, apt and sbuild before the program was asked.
 */
import { expect, test } from 'vitest';
import { bin, broken, planned, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();
const be = 'build-essential\n';
const named = (list: readonly string[]) => list.map((line) => line.replace(/:.*/, ''));
const dual = (n: string, v = '1', more: readonly string[] = []) =>
  src(n, `Version: ${v}`, 'Architecture: any all', `Binary: ${n}, ${n}-common`, ...more);

interface World {
  readonly packages: readonly string[];
  readonly sources: readonly string[];
  readonly seed?: string;
  readonly alternatives?: 'first' | 'any';
  readonly plan: string;
  readonly broken?: readonly string[];
  readonly [more: string]: unknown;
}

const worlds: Record<string, World> = {
  'tilde, future version fits': {
    packages: [bin('foo-dev', 'Source: foo')],
    sources: [src('foo', 'Version: 2~rc1', 'Binary: foo-dev'), src('bar', 'Build-Depends: foo-dev (>= 2~)')],
    plan: 'foo bar',
  },
  'tilde, future version does not fit': {
    packages: [bin('foo-dev', 'Source: foo')],
    sources: [src('foo', 'Version: 2~rc1', 'Binary: foo-dev'), src('bar', 'Build-Depends: foo-dev (>= 2)')],
    plan: 'foo ! bar',
  },
  'obsolete operators mean <= and >=': {
    packages: [bin('x', 'Version: 2'), bin('y', 'Depends: x (> 2)')],
    sources: [src('x', 'Version: 2'), src('y'), src('a', 'Build-Depends: x (< 2), y')],
    plan: 'x y a',
    broken: [],
  },
  'debhelper-compat in a level that nobody provides': {
    packages: [bin('debhelper', 'Provides: debhelper-compat (= 12), debhelper-compat (= 13)')],
    sources: [
      src('debhelper'),
      src('a', 'Build-Depends: debhelper-compat (= 13)'),
      src('b', 'Build-Depends: debhelper-compat (= 14)'),
      src('c', 'Build-Depends: debhelper-compat (>= 12), debhelper-compat (<= 12)'),
    ],
    plan: 'debhelper a c ! b',
    broken: ['b'],
  },
  wildcards: {
    packages: [bin('x')],
    sources: [
      src('x'),
      src('a', 'Build-Depends: gone [!linux-any], x [any-amd64]'),
      src('b', 'Build-Depends: gone [musl-any-any hurd-any kfreebsd-amd64]'),
      src('c', 'Build-Depends: gone [gnu-any-any]'),
      src('d', 'Build-Depends: gone [linux-any]'),
      src('e', 'Build-Depends: gone [!any-i386 !arm64]'),
      src('f', 'Architecture: any-arm64', 'Build-Depends: gone'),
      src('g', 'Architecture: linux-any', 'Build-Depends: x'),
    ],
    plan: 'b x a g ! c ! d ! e',
    broken: ['c', 'd', 'e'],
  },
  'AND in one bracket is dropped by either': {
    packages: [bin('a'), bin('b')],
    sources: [src('a', 'Build-Depends: b <!stage1 !cross>'), src('b', 'Build-Depends: a')],
    plan: 'a<stage1> b a b#2 a#2',
  },
  'OR over two brackets is dropped by both alone': {
    packages: [bin('a'), bin('b')],
    sources: [src('a', 'Build-Depends: b <!stage1> <!cross>'), src('b', 'Build-Depends: a')],
    plan: '! a ! b',
  },
  'a formula over an architecture that is not ours': {
    packages: [bin('a'), bin('b')],
    sources: [src('a', 'Build-Depends: b [i386] <!stage1>, c [linux-any] <stage1>'), src('b', 'Build-Depends: a')],
    plan: 'a b',
  },
  'a stage drops the first alternative only': {
    packages: [bin('a'), bin('x'), bin('y')],
    sources: [src('a', 'Build-Depends: x <!stage1> | y'), src('x', 'Build-Depends: a'), src('y')],
    plan: 'y a<stage1> x a x#2 a#2',
  },
  'the same with any alternative': {
    packages: [bin('a'), bin('x'), bin('y')],
    sources: [src('a', 'Build-Depends: x <!stage1> | y'), src('x', 'Build-Depends: a'), src('y')],
    alternatives: 'any',
    plan: 'y a x',
  },
  'the conflicts of -Indep bind no -B build': {
    packages: [bin('a'), bin('a-common', 'Source: a', 'Architecture: all'), bin('b')],
    sources: [dual('a', '1', ['Build-Depends: b', 'Build-Conflicts-Indep: b']), src('b')],
    plan: 'b a',
    broken: ['a'],
  },
  'the conflicts of -Arch bind the -B build': {
    packages: [bin('a'), bin('a-common', 'Source: a', 'Architecture: all'), bin('b')],
    sources: [dual('a', '1', ['Build-Depends: b', 'Build-Conflicts-Arch: b']), src('b')],
    plan: 'b ! a',
    broken: ['a'],
  },
  'a build conflict of the full build alone keeps it stuck, and nothing is built in a stage for it': {
    packages: [bin('a'), bin('b'), bin('x', 'Depends: y'), bin('y')],
    sources: [
      src('a', 'Build-Depends: x, b <!stage1>', 'Build-Conflicts: y <!stage1>'),
      src('b', 'Build-Depends: a'),
      src('x'),
      src('y'),
    ],
    plan: 'x y ! a ! b',
  },
  'a build conflict of a stage alone': {
    packages: [bin('a'), bin('b'), bin('x', 'Depends: y'), bin('y')],
    sources: [
      src('a', 'Build-Depends: x, b <!stage1>', 'Build-Conflicts: y <stage1>'),
      src('b', 'Build-Depends: a'),
      src('x'),
      src('y'),
    ],
    plan: 'x y ! a ! b',
  },
  'a build conflict with what is essential, and with build-essential': {
    packages: [bin('sh', 'Essential: yes', 'Provides: shell')],
    sources: [
      src('a', 'Build-Conflicts: sh'),
      src('b', 'Build-Conflicts: build-essential'),
      src('c', 'Build-Conflicts: shell'),
      src('d', 'Build-Conflicts: sh (>> 1)'),
      src('sh'),
    ],
    plan: 'd sh ! a ! b ! c',
    broken: ['a', 'b', 'c'],
  },
  'a build conflict with the old copy of what every build has': {
    packages: [bin('build-essential', 'Depends: tool'), bin('tool')],
    sources: [src('a', 'Build-Conflicts: tool (<< 2)'), src('tool', 'Version: 2')],
    plan: 'tool a',
  },
  'the same of that tool itself': {
    packages: [bin('build-essential', 'Depends: tool'), bin('tool')],
    sources: [src('a', 'Build-Conflicts: tool (<< 2)'), src('tool', 'Version: 2', 'Build-Conflicts: tool (<< 2)')],
    plan: '! a ! tool',
  },
  'a new essential copy that breaks an old tool of the environment': {
    packages: [
      bin('build-essential', 'Depends: tool'),
      bin('sh', 'Essential: yes', 'Breaks: tool (<< 2)', 'Version: 1'),
      bin('tool', 'Version: 2~'),
    ],
    sources: [src('a', 'Build-Depends: sh (>= 2)'), src('m'), src('sh', 'Version: 2'), src('tool', 'Version: 2')],
    plan: 'm sh tool a',
  },
  'a build that conflicts with what only the seed has starts without it': {
    packages: [bin('x')],
    sources: [src('a', 'Build-Conflicts: x'), src('x')],
    seed: `${be}x\n`,
    plan: 'a x',
    broken: [],
  },
  'two of the seed that exclude each other serve apart, not together': {
    packages: [bin('p', 'Conflicts: q'), bin('q')],
    sources: [
      src('a', 'Build-Depends: p'),
      src('b', 'Build-Depends: q'),
      src('c', 'Build-Depends: p, q'),
      src('p'),
      src('q'),
    ],
    seed: `${be}p\nq\n`,
    plan: 'a b p q ! c',
    broken: ['c'],
  },
  'the compiler of build-essential gives way to another one': {
    packages: [
      bin('build-essential', 'Depends: gcc | cc'),
      bin('gcc', 'Provides: cc'),
      bin('tcc', 'Provides: cc', 'Conflicts: gcc'),
    ],
    sources: [src('a', 'Build-Depends: tcc'), src('gcc'), src('tcc')],
    plan: 'gcc tcc a',
    broken: [],
  },
  'a virtual name first, provided by one': {
    packages: [bin('app'), bin('exim', 'Provides: mta'), bin('postfix')],
    sources: [src('app', 'Build-Depends: mta | postfix'), src('exim'), src('postfix', 'Build-Depends: app')],
    plan: 'exim app postfix',
    broken: [],
  },
  'a virtual name first, provided by nobody': {
    packages: [bin('postfix')],
    sources: [src('app', 'Build-Depends: mta | postfix'), src('postfix')],
    plan: 'postfix ! app',
    broken: [],
  },
  'a virtual name first that only what needs us provides, with any': {
    packages: [bin('exim', 'Provides: mta'), bin('postfix'), bin('app')],
    sources: [src('app', 'Build-Depends: mta | postfix'), src('exim', 'Build-Depends: app'), src('postfix')],
    alternatives: 'any',
    plan: 'postfix app exim',
  },
  'the seed holds the second alternative of Build-Depends: a build daemon does not look at it': {
    packages: [bin('app'), bin('first'), bin('second')],
    sources: [src('app', 'Build-Depends: first | second'), src('first', 'Build-Depends: app'), src('second')],
    seed: `${be}second\n`,
    plan: 'second ! app ! first',
  },
  'apt does': {
    packages: [bin('app'), bin('first'), bin('second')],
    sources: [src('app', 'Build-Depends: first | second'), src('first', 'Build-Depends: app'), src('second')],
    seed: `${be}second\n`,
    alternatives: 'any',
    plan: 'app first second',
  },
  'a source that needs itself in the version that the seed has': {
    packages: [bin('ghc')],
    sources: [src('ghc', 'Version: 2', 'Build-Depends: ghc (>= 1)')],
    seed: `${be}ghc\n`,
    plan: 'ghc',
  },
  'a source that needs itself in the version to come': {
    packages: [bin('ghc')],
    sources: [src('ghc', 'Version: 2', 'Build-Depends: ghc (>= 2)')],
    seed: `${be}ghc\n`,
    plan: '! ghc',
  },
  'a newer source stanza kept for Built-Using alone is not the one to build': {
    packages: [bin('foo', 'Version: 1')],
    sources: [
      src('foo', 'Version: 1'),
      src('foo', 'Version: 2', 'Extra-Source-Only: yes', 'Build-Depends: gone'),
      src('bar', 'Build-Depends: foo (<< 2)'),
    ],
    plan: 'foo bar',
  },
  'the source that has only such a stanza builds nothing': {
    packages: [bin('foo', 'Version: 1')],
    sources: [src('foo', 'Version: 1', 'Extra-Source-Only: yes'), src('bar', 'Build-Depends: foo')],
    plan: '! bar',
  },
  'two versions in the index, one source': {
    packages: [bin('x', 'Version: 1'), bin('x', 'Version: 2')],
    sources: [src('x', 'Version: 2'), src('a', 'Build-Depends: x (>= 2)'), src('b', 'Build-Depends: x (= 1)')],
    plan: 'x a ! b',
    broken: [],
  },
  'common files for all go with the source': {
    packages: [bin('app', 'Depends: app-common (= 1)'), bin('app-common', 'Source: app', 'Architecture: all')],
    sources: [dual('app', '2'), src('c', 'Build-Depends: app')],
    plan: 'app app:all c',
  },
  'what is for all is newer than what is here: the normal state of a port': {
    packages: [
      bin('app', 'Depends: app-common (= 1)'),
      bin('app-common', 'Source: app', 'Architecture: all', 'Version: 2', 'Breaks: app (<< 2)'),
    ],
    sources: [dual('app', '2'), src('c', 'Build-Depends: app')],
    plan: 'app c',
  },
  'what is for all, is old, and needs the old library, is built anew': {
    packages: [bin('app'), bin('app-common', 'Source: app', 'Architecture: all', 'Depends: app (= 1)')],
    sources: [dual('app', '2'), src('c', 'Build-Depends: app-common')],
    plan: 'app app:all c',
  },
  'an old copy for all in a version that is asked for': {
    packages: [bin('app'), bin('app-common', 'Source: app', 'Architecture: all')],
    sources: [
      dual('app', '2'),
      src('c', 'Build-Depends: app-common (>= 2)'),
      src('d', 'Build-Depends: app-common (<< 2)'),
    ],
    plan: 'app app:all c d',
  },
  'udebs are nothing to install': {
    packages: [bin('foo')],
    sources: [
      src(
        'foo',
        'Binary: foo, foo-udeb',
        'Package-List:\n foo deb libs optional arch=any\n foo-udeb udeb debian-installer optional arch=any',
      ),
      src('a', 'Build-Depends: foo-udeb'),
    ],
    plan: 'foo ! a',
    broken: ['a'],
  },
  'a real name that is too old beside one that provides the name in a newer version': {
    packages: [bin('x'), bin('y', 'Provides: x (= 3)', 'Conflicts: x'), bin('z', 'Depends: x (<< 2)')],
    sources: [
      src('x'),
      src('y'),
      src('z'),
      src('a', 'Build-Depends: x (>= 2)'),
      src('b', 'Build-Depends: x (>= 2), z'),
    ],
    plan: 'x y a z ! b',
    broken: ['b'],
  },
  'who provides a name in one version does not in another': {
    packages: [bin('y', 'Provides: x (= 1:1)'), bin('z', 'Provides: x')],
    sources: [
      src('y'),
      src('z'),
      src('a', 'Build-Depends: x (>= 9)'),
      src('b', 'Build-Depends: x (<< 1)'),
      src('c', 'Build-Depends: x (= 1:1)'),
    ],
    plan: 'y a c z ! b',
    broken: ['b'],
  },
  'virtual packages that exclude the others of their kind': {
    packages: [bin('m1', 'Provides: mta', 'Conflicts: mta'), bin('m2', 'Provides: mta', 'Conflicts: mta')],
    sources: [
      src('m1'),
      src('m2'),
      src('a', 'Build-Depends: m1, mta'),
      src('b', 'Build-Depends: m1, m2'),
      src('c', 'Build-Depends: m2, m1 | mta'),
    ],
    alternatives: 'any',
    plan: 'm1 a m2 c ! b',
    broken: ['b'],
  },
  'essential but stuck': {
    packages: [bin('sh', 'Essential: yes')],
    sources: [src('sh', 'Build-Depends: gone'), src('a'), src('b', 'Build-Depends: sh')],
    plan: 'a b ! sh',
  },
  'essential in a version that is stuck': {
    packages: [bin('sh', 'Essential: yes')],
    sources: [src('sh', 'Version: 2', 'Build-Depends: gone'), src('a'), src('b', 'Build-Depends: sh (>= 2)')],
    plan: 'a ! b ! sh',
  },
  'Recommends, Suggests, Enhances and Replaces ask for nothing': {
    packages: [bin('x', 'Recommends: gone', 'Suggests: gone2', 'Enhances: gone3', 'Replaces: y'), bin('y')],
    sources: [src('x'), src('y'), src('a', 'Build-Depends: x, y')],
    plan: 'x y a',
    broken: [],
  },
  'a stage that does not yield what the other one needs': {
    packages: [bin('a'), bin('a-doc', 'Source: a'), bin('b')],
    sources: [
      src(
        'a',
        'Binary: a, a-doc',
        'Build-Depends: b <!stage1>',
        'Package-List:\n a deb x optional arch=any\n a-doc deb x optional arch=any profile=!stage1',
      ),
      src('b', 'Build-Depends: a-doc'),
    ],
    plan: '! a ! b',
  },
  'a stage-only binary that excludes the full one': {
    packages: [bin('a'), bin('a-min', 'Source: a', 'Conflicts: a'), bin('b'), bin('c')],
    sources: [
      src(
        'a',
        'Binary: a, a-min',
        'Build-Depends: b',
        'Build-Depends-Bootstrap1: build-essential',
        'Package-List:\n a deb x optional arch=any profile=!stage1\n a-min deb x optional arch=any profile=stage1',
      ),
      src('b', 'Build-Depends: a | a-min'),
      src('c', 'Build-Depends: a, a-min'),
    ],
    alternatives: 'any',
    plan: 'a<stage1> b a b#2 a#2 ! c',
  },
  'own conflict with the name that is provided, and its version': {
    packages: [
      bin('lib2', 'Provides: lib (= 2)', 'Breaks: lib (<< 3)', 'Conflicts: lib'),
      bin('tool', 'Depends: lib (>= 2)'),
    ],
    sources: [src('lib2'), src('tool'), src('a', 'Build-Depends: tool, lib2')],
    plan: 'lib2 tool a',
    broken: [],
  },
};

test('a line that is left out under two profiles together is dropped by a stage that has both, and by no stage that has one', async () => {
  const archive = {
    packages: [bin('ffmpeg'), bin('frei0r-plugins')],
    sources: [
      src('ffmpeg', 'Build-Depends: frei0r-plugins <!pkg.ffmpeg.stage1> <!nocheck>'),
      src('frei0r-plugins', 'Build-Depends: ffmpeg'),
    ],
  };
  expect(await planned(base, archive)).toBe('! ffmpeg ! frei0r-plugins');
  const annotations = 'ffmpeg: {stage1: [nocheck, pkg.ffmpeg.stage1]}\n';
  expect(await planned(base, { ...archive, annotations })).toBe(
    'ffmpeg<stage1> frei0r-plugins ffmpeg frei0r-plugins#2 ffmpeg#2',
  );
});

for (const [title, { plan, broken: bad, ...asked }] of Object.entries(worlds))
  test(title, async () => {
    expect(await planned(base, asked)).toBe(plan);
    if (bad) expect(named(await broken(base, { ...asked, alternatives: 'any' }))).toEqual(bad);
  });
