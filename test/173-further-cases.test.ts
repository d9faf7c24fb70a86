/**
 * Further archives of the kinds that reports were about: each answer is decided by policy, apt and dpkg, or by
 * counting.
 */
import { expect, test } from 'vitest';
import { bin, broken, planned, src } from './rig/answers.ts';
import { scratch } from './rig/program.ts';

const base = scratch();
const seed = 'build-essential\n';

test('what the seed provides fulfils an alternative, so the first one is asked for by nobody (policy 7.1, 7.5)', async () => {
  const archive = {
    packages: [
      bin('build-essential'),
      bin('cron', 'Depends: mail-default | mail-agent'),
      bin('mail-default'),
      bin('postbox', 'Provides: mail-agent'),
    ],
    sources: [src('app', 'Build-Depends: cron'), src('cron'), src('mail-default', 'Build-Depends: app')],
  };
  expect(await planned(base, { ...archive, seed: `${seed}postbox\n` })).toBe('cron app mail-default');
  // A version that nobody provides is fulfilled by nobody: then it is the first, and the ring is one.
  const versioned = archive.packages.map((p) => p.replace('| mail-agent', '| mail-agent (>= 2)'));
  expect(await planned(base, { ...archive, packages: versioned, seed: `${seed}postbox\n` })).toMatch(/! app/);
});

test('what is installed in too old a version leaves the other alternative', async () => {
  const archive = {
    packages: [bin('lib'), bin('other'), bin('tool', 'Depends: lib (>= 2) | other')],
    sources: [
      src('app', 'Build-Depends: tool'),
      src('lib', 'Version: 2', 'Build-Depends: app'),
      src('other'),
      src('tool'),
    ],
  };
  expect(await planned(base, { ...archive, seed: `${seed}lib\n` })).toBe('other tool app lib');
});

test('a Build-Conflict with what is drawn in: by a version that is provided, and by none (policy 7.5)', async () => {
  const archive = (provided: string) => ({
    packages: [bin('dev', 'Depends: linker'), bin('linker', `Provides: ${provided}`)],
    sources: [src('dev'), src('linker'), src('old', 'Build-Depends: dev', 'Build-Conflicts: gold (<< 2)')],
  });
  for (const [provided, isStuck] of [
    ['gold (= 1)', true],
    ['gold (= 2)', false],
    ['gold', false],
  ] as const) {
    expect((await planned(base, archive(provided))).includes('! old'), provided).toBe(isStuck);
    expect((await broken(base, archive(provided))).length, provided).toBe(Number(isStuck));
  }
});

test('who breaks the old version of what is there waits for the new one', async () => {
  const archive = {
    packages: [bin('lib', 'Breaks: tool (<< 2)'), bin('tool')],
    sources: [src('app', 'Build-Depends: lib, tool'), src('lib'), src('tool', 'Version: 2')],
    seed: `${seed}tool\n`,
  };
  expect(await planned(base, archive)).toBe('lib tool app');
});

test('an epoch is heeded: what has one is newer than all that has none (deb-version(7))', async () => {
  const archive = {
    packages: [bin('foo-dev', 'Source: foo', 'Version: 9')],
    sources: [src('foo', 'Version: 1:1', 'Binary: foo-dev'), src('bar', 'Build-Depends: foo-dev (>= 1:0)')],
  };
  expect(await planned(base, archive)).toBe('foo bar');
});

test('a binary with versions of its own keeps them when its source is newer', async () => {
  const archive = {
    packages: [
      bin('cpp', 'Source: defaults (1.2)', 'Version: 4:12.2'),
      bin('defaults-doc', 'Source: defaults (1.2)', 'Version: 1.2'),
    ],
    sources: [
      src('defaults', 'Version: 1.3', 'Binary: cpp, defaults-doc'),
      src('bar', 'Build-Depends: cpp (>= 4:12)'),
      src('baz', 'Build-Depends: defaults-doc (>= 1.3)'),
    ],
  };
  expect(await planned(base, archive)).toBe('defaults bar baz');
});

test('what an architecture or a profile leaves out is no first alternative (sbuild cuts after that)', async () => {
  const packages = [bin('there')];
  const asks = (depends: string) => [src('there'), src('x', `Build-Depends: ${depends}`)];
  const first = { packages, alternatives: 'first' as const };
  expect(await planned(base, { ...first, sources: asks('gone [i386] | there') })).toBe('there x');
  expect(await planned(base, { ...first, sources: asks('gone <!nocheck> | there'), profiles: ['nocheck'] })).toBe(
    'there x',
  );
  expect(await planned(base, { ...first, sources: asks('gone <!nocheck> | there') })).toBe('there ! x');
  expect(await broken(base, { ...first, sources: asks('gone <!nocheck> | there') })).toEqual(['x: gone is missing']);
  expect(await planned(base, { ...first, sources: asks('gone | there | gone') })).toBe('there ! x');
  expect(await planned(base, { ...first, sources: asks('there (>= 9) | gone | there') })).toBe('there x');
});

test('what needs only Architecture: all to be built waits in no cycle while that is given', async () => {
  const archive = {
    packages: [bin('lib'), bin('lib-doc', 'Source: lib', 'Architecture: all'), bin('render')],
    sources: [
      src('lib', 'Architecture: any all', 'Binary: lib, lib-doc', 'Build-Depends-Indep: render'),
      src('render', 'Build-Depends: lib'),
      src('handbook', 'Architecture: all', 'Build-Depends-Indep: handbook-tool'),
    ],
  };
  expect(await planned(base, archive)).toBe('lib render');
});

test('of what the seed needs at run time the alternative that can be had is given', async () => {
  const archive = {
    packages: [bin('cc', 'Depends: gone | libmpx'), bin('libmpx', 'Source: mpx'), bin('mpx-user')],
    sources: [src('mpx', 'Binary: libmpx', 'Build-Depends: mpx-user'), src('mpx-user', 'Build-Depends: libmpx')],
    seed: `${seed}cc\n`,
  };
  expect(await planned(base, archive)).toBe('mpx-user mpx');
});

test('a renamed library stands for its old name in the versions that it provides, and never breaks itself', async () => {
  const archive = {
    packages: [
      bin(
        'libssl3t64',
        'Source: ssl',
        'Version: 3.1',
        'Provides: libssl3 (= 3.1)',
        'Breaks: libssl3 (<< 3.1)',
        'Conflicts: libssl3',
      ),
      bin('tool', 'Depends: libssl3 (>= 3.0)'),
      bin('odd', 'Depends: libssl3 (>= 3.2)'),
    ],
    sources: [
      src('ssl', 'Version: 3.1', 'Binary: libssl3t64'),
      src('tool'),
      src('odd'),
      src('app', 'Build-Depends: tool'),
      src('other', 'Build-Depends: odd'),
    ],
  };
  expect(await broken(base, archive)).toEqual([expect.stringMatching(/^other: libssl3 \(>= 3\.2\)/)]);
  expect(await planned(base, archive)).toBe('odd ssl tool app ! other');
});

test('a supply that is declared frees the ring of make and perl, and is no bad answer', async () => {
  const archive = {
    packages: [bin('make'), bin('perl')],
    sources: [
      src('libc', 'Build-Depends: make, perl'),
      src('make', 'Build-Depends: perl'),
      src('perl', 'Build-Depends: make'),
    ],
  };
  expect(await planned(base, archive)).toBe('! libc ! make ! perl');
  // perl and libc have the supplied make installed, so they are built again; make itself once more, for the comparison.
  const annotations = 'make: {supply: cross}\n';
  expect(await planned(base, { ...archive, annotations })).toBe('perl libc make libc#2 perl#2 make#2');
});
