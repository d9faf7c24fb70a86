/**
 * Pre-Depends in rings: what apt 2.6 and dpkg 1.21 did with packages made for it. A ring of Depends is configured as
 * one; with a Pre-Depends in it none can come first (policy 7.2), unless part of it is installed already.
 */
import { describe, expect, test } from 'vitest';
import { bin, broken, planned, src } from './rig/answers.ts';
import { apt } from './rig/apt-rig.ts';
import { files, needs, scratch } from './rig/program.ts';

const base = scratch();
const seed = 'build-essential\n';

interface Ring {
  readonly packages: readonly string[];
  /** What the build asks for. */
  readonly asks: string;
  readonly seed?: string;
  readonly can: boolean;
  /**
   * apt counts an alternative as fulfilled by a member of the ring, and asks for no other: it can when it is told to.
   */
  readonly aptAsks?: string;
}

const rings: Readonly<Record<string, Ring>> = {
  'of Depends alone': { packages: [bin('a', 'Depends: b'), bin('b', 'Depends: a')], asks: 'a', can: true },
  'of a Pre-Depends and a Depends': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Depends: a')],
    asks: 'a',
    can: false,
  },
  'entered at its other end': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Depends: a')],
    asks: 'b',
    can: false,
  },
  'of two Pre-Depends': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Pre-Depends: a')],
    asks: 'a',
    can: false,
  },
  'of three, one of which pre-depends': {
    packages: [bin('a', 'Depends: b'), bin('b', 'Pre-Depends: c'), bin('c', 'Depends: a')],
    asks: 'c',
    can: false,
  },
  'of itself': { packages: [bin('a', 'Pre-Depends: a')], asks: 'a', can: false },
  'of itself, by a name that it provides': {
    packages: [bin('a', 'Pre-Depends: v', 'Provides: v')],
    asks: 'a',
    can: false,
  },
  'by a name that the other provides': {
    packages: [bin('a', 'Pre-Depends: v'), bin('b', 'Provides: v', 'Depends: a')],
    asks: 'a',
    can: false,
  },
  'below a Pre-Depends, which is not in it': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Depends: c'), bin('c', 'Depends: b')],
    asks: 'a',
    can: true,
  },
  'that another alternative of the Depends leaves': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Depends: c | a'), bin('c')],
    asks: 'a',
    can: true,
    aptAsks: 'a, c',
  },
  'that nothing leaves, since the alternative excludes a member': {
    packages: [bin('a', 'Pre-Depends: b'), bin('b', 'Depends: c | a'), bin('c', 'Conflicts: a')],
    asks: 'a',
    can: false,
  },
  'of which the seed has what is pre-depended on': {
    packages: [bin('build-essential', 'Depends: b'), bin('a', 'Pre-Depends: b'), bin('b', 'Depends: a')],
    asks: 'a',
    can: true,
  },
};

describe.each(Object.entries(rings))('a ring %s', (_, { packages, asks, can, aptAsks = asks }) => {
  const names = packages.map((p) => /^Package: (.*)/.exec(p)![1]!).filter((name) => name !== 'build-essential');
  const archive = { packages, sources: [src('app', `Build-Depends: ${asks}`), ...names.map((name) => src(name))] };

  test.skipIf(!needs('apt-get'))('apt', () => {
    const at = files(scratch(), {
      'archive/Packages': packages
        .map(
          (p) =>
            `${p}Maintainer: m <m@example.org>\nFilename: ./x.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}\nDescription: x\n`,
        )
        .join('\n'),
      'archive/Sources': `Package: app\nBinary: app\nVersion: 1\nMaintainer: m <m@example.org>\nArchitecture: any\nFormat: 1.0\nBuild-Depends: ${aptAsks}\nDirectory: .\nChecksums-Sha256:\n ${'0'.repeat(64)} 1 app_1.dsc\n`,
    });
    const lines = ['deb', 'deb-src'].map((kind) => `${kind} [trusted=yes] file:${at}/archive ./\n`).join('');
    apt(at, lines, 'update');
    // build-essential, and what it needs, is installed.
    const [own] = packages.filter((p) => p.startsWith('Package: build-essential\n'));
    const below = own === undefined ? [] : packages.slice(1);
    const status = [own ?? bin('build-essential'), ...below].map(
      (p) => `${p}Maintainer: m <m@example.org>\nDescription: x\nStatus: install ok installed\n`,
    );
    files(at, { dpkg: status.join('\n') });
    const ran = apt(
      at,
      lines,
      '-o',
      `Dir::State::status=${at}/dpkg`,
      '-o',
      'APT::Install-Recommends=0',
      '-s',
      'build-dep',
      'app',
    );
    expect([ran.code === 0 && !/broken/.test(ran.text), ran.text]).toEqual([can, ran.text]);
  });

  test('check', async () => {
    expect((await broken(base, archive)).map((line) => line.replace(/:.*/s, ''))).toEqual(can ? [] : ['app']);
  });

  test('plan', async () => {
    const plan = await planned(base, { ...archive, seed });
    expect(plan).toMatch(can ? /(^| )app( |$)/ : / ! app$/);
    expect(plan.match(/!/g)?.length ?? 0).toBe(can ? 0 : 1);
  });
});

test('the words for it name who pre-depends on what', async () => {
  const { packages } = rings['of a Pre-Depends and a Depends']!;
  const sources = [src('app', 'Build-Depends: a'), src('a'), src('b')];
  expect(await broken(base, { packages, sources })).toEqual([
    'app: a 1 pre-depends on b, which cannot be configured before it',
  ]);
});
