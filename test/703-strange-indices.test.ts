/** Indices as they should not be, and as they may be, from the command line: what is said, where, and the exit code. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bootplan, files, root, scratch } from './rig/program.ts';

const cwd = scratch();
const packages = `Package: build-essential
Version: 1
Architecture: amd64

Package: foo
Version: 2:1.0~rc1-1
Architecture: amd64
Multi-Arch: allowed
Depends: build-essential

Package: c
Version: 1
Architecture: amd64
`;
const sources = (depends: string, rest = '') =>
  `Package: c\nBinary: c\nVersion: 1\nArchitecture: any\nBuild-Depends: ${depends}\n${rest}`;
const good = sources('foo');

const checked = (sourcesText: string | Buffer, packagesText: string | Buffer = packages) => {
  files(cwd, { P: packagesText, S: sourcesText });
  return bootplan(['check', '--packages', 'P', '--sources', 'S'], { cwd });
};
const yes = { code: 0, stdout: 'the build dependencies of all 1 build can be installed (amd64)\n', stderr: '' };

describe('what is refused', () => {
  const refused: readonly [string, string | Buffer, string, (string | Buffer)?][] = [
    ['Packages given as --sources', packages, 'error[BP148]: a Packages index, given as --sources\n  --> S:5:1'],
    ['Sources given as --packages', good, 'error[BP148]: a Sources index, given as --packages\n  --> P:1:1', good],
    [
      'a name of two words',
      good.replace('Package: c', 'Package: c d'),
      'error[BP149]: "c d" is not a package name\n  --> S:1:10',
    ],
    [
      'a name with a slash',
      good,
      'error[BP149]: "../foo" is not a package name\n  --> P:5:10',
      packages.replace('Package: foo', 'Package: ../foo'),
    ],
    [
      'a relation with a version that is none',
      sources('foo (>= a:1)'),
      'error[BP110]: Build-Depends of c: "a:1" is not a version: the epoch is not a number\n  --> S:5:24',
    ],
    ['a byte order mark', `\ufeff${good}`, 'error[BP144]: a byte order mark before the first field\n  --> S:1:1'],
  ];
  test.each(refused)('%s', (_, sourcesText, said, packagesText) => {
    const { code, stdout, stderr } = checked(sourcesText, packagesText);
    expect([code, stdout]).toEqual([65, '']);
    expect(stderr).toContain(said);
    expect(stderr).toContain('\nhelp: ');
  });
});

describe('what is read', () => {
  const read: readonly [string, string | Buffer][] = [
    ['lines that end as in DOS', good.replaceAll('\n', '\r\n')],
    [
      'tabs before and behind values',
      'Package:\tc\t\nBinary:\tc\nVersion:\t1\nArchitecture:\tany\nBuild-Depends:\n\tfoo,\n\tfoo\n',
    ],
    ['the same stanza twice', `${good}\n${good}`],
    [
      'every part of a relation, spaces or none',
      sources('foo:any(>=1)[ amd64   linux-any ]< !a   !b >  <c>, foo:any (>= 1) [!i386] <!x>'),
    ],
    ['architectures with and without `!` in one list, as dpkg reads it', sources('foo [linux-any !i386]')],
    ['an epoch and a tilde', sources('foo (= 2:1.0~rc1-1), foo (<< 2:1.0)')],
    ['a comma at the end', sources('foo,')],
    [
      'Package-List in both spellings',
      sources('foo', 'Package-List:\n c deb misc optional arch=any profile:v1=!stage1&!nodoc\n'),
    ],
  ];
  test.each(read)('%s', (_, text) => expect(checked(text)).toEqual(yes));

  test('standard input, named `-`', () => {
    files(cwd, { P: packages });
    const args = ['check', '--packages', 'P', '--sources', '-'];
    const ran = spawnSync(join(root, 'bin/bootplan'), args, { cwd, input: good, encoding: 'utf8' });
    expect({ code: ran.status, stdout: ran.stdout, stderr: ran.stderr }).toEqual(yes);
  });

  test('but never for words of the command line', () => {
    files(cwd, { P: packages, S: good });
    const args = ['check', '--packages', 'P', '--sources', 'S'];
    const ran = spawnSync(join(root, 'bin/bootplan'), args, { cwd, input: 'nosuchsource\n', encoding: 'utf8' });
    expect({ code: ran.status, stdout: ran.stdout, stderr: ran.stderr }).toEqual(yes);
  });
});
