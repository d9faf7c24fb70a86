/** Packages of a seed that want out of the tree they are unpacked into. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpackDebs } from '../src/runner/fetch/unpack-debs.ts';
import { files, scratch } from './rig/program.ts';

const home = scratch();

/** A .deb of what `fill` leaves in its tree. */
function deb(name: string, fill: (tree: string) => void): string {
  const tree = files(join(home, name), {
    'DEBIAN/control': `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n`,
  });
  fill(tree);
  const path = join(home, `${name}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path], { stdio: 'ignore' });
  return path;
}

test('what leads out of the tree writes nothing there, and the failure says so', async () => {
  const outside = join(home, 'outside');
  mkdirSync(outside);
  const link = deb('link', (tree) => {
    mkdirSync(join(tree, 'usr/share'), { recursive: true });
    symlinkSync(outside, join(tree, 'usr/share/thing'));
  });
  const through = deb('through', (tree) => files(tree, { 'usr/share/thing/evil': 'x' }));
  const workers = [link, through, ...Array.from({ length: 6 }, () => through)];
  // Each worker has its own packages: the link has to be there before the others are unpacked.
  const directory = join(home, 'tree');
  mkdirSync(join(directory, 'usr/share'), { recursive: true });
  symlinkSync(outside, join(directory, 'usr/share/thing'));
  const done = await unpackDebs(workers, directory);
  expect(readdirSync(outside)).toEqual([]);
  expect(done.some((ended) => ended.exitCode !== 0 && ended.stderr.includes('Read-only file system'))).toBe(true);
});

test('no set-user-id program and nobody\u2019s owner is left on the machine', async () => {
  const directory = join(home, 'plain');
  const su = deb('su', (tree) => {
    files(tree, { 'usr/bin/su': '#!/bin/sh\n', 'usr/share/doc/su/copyright': 'free' });
    chmodSync(join(tree, 'usr/bin/su'), 0o6755);
  });
  const done = await unpackDebs([su], directory);
  expect(done.map((ended) => ended.stderr).join('')).toBe('');
  expect((lstatSync(join(directory, 'usr/bin/su')).mode & 0o7777).toString(8)).toBe('755');
  expect(lstatSync(join(directory, 'usr/bin/su')).uid).toBe(process.getuid?.());
  expect(existsSync(join(directory, 'usr/share/doc'))).toBe(false);
  expect(readdirSync(directory).sort()).toEqual(['bin', 'lib', 'lib64', 'sbin', 'usr']);
});
