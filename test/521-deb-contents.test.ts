/** What a .deb holds, file by file, read from the tar archive that dpkg-deb makes of it, whatever its size. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Interrupted } from '../src/errors.ts';
import { contentsOf } from '../src/runner/files/deb-contents.ts';
import { tarMembers } from '../src/runner/files/tar-members.ts';
import { heeding } from '../src/runner/heeding.ts';
import { files, root, scratch } from './rig/program.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const long = 'name'.repeat(40);

/**
 * A tree with what tar writes in ways of its own: long names and targets, links, nothing, more than is read at once.
 */
function tree(): { readonly directory: string; readonly large: Buffer } {
  const large = randomBytes(700_001);
  const directory = files(join(scratch(), 'tree'), { 'usr/empty': '', 'usr/small': 'small', 'usr/large': large });
  mkdirSync(join(directory, 'usr', long));
  writeFileSync(join(directory, 'usr', long, long), 'deep');
  symlinkSync(long, join(directory, 'usr/link'));
  linkSync(join(directory, 'usr/small'), join(directory, 'usr/twice'));
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', directory]);
  return { directory, large };
}

const packed = (directory: string): string => {
  const archive = join(scratch(), 'tree.tar');
  execFileSync('tar', ['--format=gnu', '--sort=name', '-cf', archive, '-C', directory, '.']);
  return archive;
};

test('every member is told with type, mode, target and digest, its content when it is wanted', async () => {
  const { directory, large } = tree();
  const told = new Map<string, string>();
  const kept = new Map<string, string | undefined>();
  for await (const { path, line, content } of tarMembers(packed(directory), (first) => first.toString() === 'smal')) {
    told.set(path, line);
    kept.set(path, content?.toString());
  }
  const file = (bytes: string | Buffer) => `0 0000644  ${sha256(bytes)}`;
  expect(Object.fromEntries(told)).toEqual({
    '/': '5 0000755  ',
    '/usr/': '5 0000755  ',
    '/usr/empty': '0 0000644  ',
    '/usr/large': file(large),
    '/usr/link': `2 0000777 ${long} `,
    [`/usr/${long}/`]: '5 0000755  ',
    [`/usr/${long}/${long}`]: file('deep'),
    '/usr/small': file('small'),
    '/usr/twice': '1 0000644 ./usr/small ',
  });
  expect([...kept].filter(([, content]) => content !== undefined)).toEqual([['/usr/small', 'small']]);
});

test('an archive that ends early, or is none, is read to where it ends', async () => {
  const { directory } = tree();
  for (const damage of [
    (archive: string) => truncateSync(archive, 1000),
    (archive: string) => writeFileSync(archive, ''),
    (archive: string) => writeFileSync(archive, Buffer.alloc(5000, 0xff)),
    (archive: string) => writeFileSync(archive, Buffer.alloc(5000, 'z')),
  ]) {
    const archive = packed(directory);
    damage(archive);
    const paths: string[] = [];
    for await (const { path } of tarMembers(archive, () => false)) paths.push(path);
    expect(paths.length).toBeLessThanOrEqual(2);
  }
});

/** A package with a file of 512 MiB that begins as a program does, and takes no place. */
function largePackage(): string {
  const home = scratch();
  const control = 'Package: large\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n';
  files(join(home, 'tree'), { 'DEBIAN/control': control, 'usr/large': '\x7fELF', 'usr/also': '\x7fELF' });
  truncateSync(join(home, 'tree/usr/large'), 2 ** 29);
  execFileSync('dpkg-deb', [
    '--root-owner-group',
    '-Zgzip',
    '-z1',
    '--build',
    join(home, 'tree'),
    join(home, 'large.deb'),
  ]);
  return home;
}

test('a package with half a gigabyte in it takes no such memory, and ends at a signal', async () => {
  const home = largePackage();
  const script = `const { contentsOf } = await import('${join(root, 'src/runner/files/deb-contents.ts')}');
    const before = process.resourceUsage().maxRSS;
    const { files } = await contentsOf('${join(home, 'large.deb')}', '${home}');
    console.log(files.size, process.resourceUsage().maxRSS - before);`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const [members, kibibytes] = said.trim().split(' ').map(Number);
  expect(members).toBe(4);
  // Half of the file: pieces of it that are read and not yet collected are in the figure.
  expect(kibibytes).toBeLessThan(256 * 1024);
  const kill = new AbortController();
  const ending = { kill: kill.signal, leave: kill.signal };
  setTimeout(() => kill.abort(), 300);
  await expect(heeding(ending, () => contentsOf(join(home, 'large.deb'), home))).rejects.toThrow(Interrupted);
  expect(readdirSync(home).sort()).toEqual(['large.deb', 'tree']);
});
