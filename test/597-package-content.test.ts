/**
 * What two packages have to have in common to count as the same: all but marks of archives and the entry of the build
 * itself.
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packageContent } from '../src/runner/builders/debian/archive/package-content.ts';
import { files, scratch } from './rig/program.ts';

const control = (version: string) =>
  `Package: aa\nVersion: ${version}\nArchitecture: amd64\nMaintainer: N <n@example.org>\nDepends: bb (= ${version})\nDescription: d\n`;

/** The digest of a package with these files. */
async function contentOf(version: string, inside: Readonly<Record<string, string>>): Promise<string> {
  const home = scratch();
  files(`${home}/tree`, { 'DEBIAN/control': control(version), ...inside });
  const made = spawnSync('dpkg-deb', ['--root-owner-group', '--build', 'tree', 'aa.deb'], { cwd: home });
  expect(made.status, String(made.stderr)).toBe(0);
  return packageContent(`${home}/aa.deb`, home);
}

const doc = 'usr/share/doc/aa';

test.each([
  ['of a source with an upstream', `${doc}/changelog.Debian.amd64.gz`],
  ['of a native source', `${doc}/changelog.amd64.gz`],
  ['of what is the same on all architectures', `${doc}/changelog.all.gz`],
])('the entry of the build itself makes no difference: %s', async (_, file) => {
  const interim = await contentOf('1+bp1~tainted', { 'usr/bin/aa': 'x', [file]: 'aa (1+bp1~tainted)' });
  expect(await contentOf('1+bp1', { 'usr/bin/aa': 'x', [file]: 'aa (1+bp1)' })).toBe(interim);
});

test.each([
  `${doc}/changelog.gz`,
  `${doc}/changelog.Debian.gz`,
  `${doc}/changelog.html.gz`,
  `${doc}/changelog.old.gz`,
  'usr/share/aa/changelog.amd64.gz',
])('any other file does: %s', async (file) => {
  expect(await contentOf('1+bp1', { [file]: 'one' })).not.toBe(await contentOf('1+bp1', { [file]: 'other' }));
});
