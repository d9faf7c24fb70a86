/** What lies beside the metadata: the same for a build, whoever checked it out, and wherever. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCode, InputError } from '../src/errors.ts';
import { SourceStore } from '../src/runner/fetch/fetch.ts';
import { layOut, localDigest } from '../src/runner/fetch/local.ts';
import { files, root, scratch } from './rig/program.ts';

const home = scratch();
const noApt = () => Promise.reject(new Error('apt is not asked'));

/** A directory of sources, with links of every kind. */
function sources(name: string): string {
  const made = files(join(home, name), { 'item/a': 'A', 'item/run': '#!/bin/sh\n', 'item/sub/b': 'B', one: '1' });
  mkdirSync(join(made, 'item/empty'));
  for (const [path, target] of [
    ['item/same', 'a'],
    ['item/sub/up', '../a'],
    ['item/absolute', '/etc/hostname'],
    ['item/nowhere', 'gone'],
    ['again', 'one'],
  ] as const)
    symlinkSync(target, join(made, path));
  chmodSync(join(made, 'item/run'), 0o755);
  return made;
}

/** Path, mode, time and target of everything in a directory. */
const seen = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const found = lstatSync(join(directory, path));
      const target = found.isSymbolicLink() ? readlinkSync(join(directory, path)) : '';
      const mode = found.isSymbolicLink() ? '' : (found.mode & 0o7777).toString(8);
      return [path, mode, found.mtimeMs / 1000, target].filter((part) => part !== '').join(' ');
    });

test('modes, times and links do not tell who checked it out, where, and when', async () => {
  const [mine, theirs] = [sources('mine'), sources('theirs')];
  for (const path of ['item/a', 'one']) chmodSync(join(theirs, path), 0o600);
  chmodSync(join(theirs, 'item/run'), 0o700);
  chmodSync(join(theirs, 'item/sub'), 0o700);
  utimesSync(join(theirs, 'item/a'), 1, 1);
  for (const [from, to] of [
    [mine, 'first'],
    [theirs, 'second'],
  ] as const)
    for (const item of ['item', 'one', 'again']) {
      mkdirSync(join(home, to), { recursive: true });
      await layOut(join(from, item), join(home, to, item));
    }
  expect(seen(join(home, 'first'))).toEqual(seen(join(home, 'second')));
  expect(seen(join(home, 'first'))).toEqual([
    'again 644 1686355200',
    'item 755 1686355200',
    'item/a 644 1686355200',
    'item/absolute 1686355200 /etc/hostname',
    'item/empty 755 1686355200',
    'item/nowhere 1686355200 gone',
    'item/run 755 1686355200',
    'item/same 1686355200 a',
    'item/sub 755 1686355200',
    'item/sub/b 644 1686355200',
    'item/sub/up 1686355200 ../a',
    'one 644 1686355200',
  ]);
});

test('the digest is that of the content, also through a link', async () => {
  const made = sources('linked');
  symlinkSync('item', join(made, 'tree'));
  expect(await localDigest(join(made, 'again'))).toBe(await localDigest(join(made, 'one')));
  expect(await localDigest(join(made, 'tree'))).toBe(await localDigest(join(made, 'item')));
});

test('a pipe among sources is named, and nothing waits for it', async () => {
  const made = sources('piped');
  const sha256 = await localDigest(join(made, 'item'));
  execFileSync('mkfifo', [join(made, 'item/sub/pipe'), join(made, 'alone')]);
  const store = new SourceStore(join(home, 'cache'), made);
  const items = ['item', 'alone'].map((name) => ({ kind: 'local' as const, name, sha256 }));
  const problem: unknown = await store.fetch(items, noApt).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(InputError);
  expect((problem as InputError).diagnostics.map((d) => d.message)).toEqual([
    `neither file, directory nor link, or no text: ${join(made, 'item/sub/pipe')}`,
    `neither file, directory nor link, or no text: ${join(made, 'alone')}`,
  ]);
});

/** A source that fetches one thing from beside itself, which has no lock yet. */
const fetching = (local: string) => `Source: aa
Version: "1"
Maintainer: A <a@example.org>
Packages: [{Package: aa, Description: a, files: [a]}]
recipe:
  fetch:
    - local: ${local}
      sha256: "${'0'.repeat(64)}"
  steps:
    - install: 'true'
`;

const relock = (directory: string) => {
  const ran = spawnSync('timeout', ['60', join(root, 'bin/bootplan'), 'relock', '--metadata', '.'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return { code: ran.status, stderr: ran.stderr };
};

test.each<readonly [what: string, put: (path: string) => void, said: string]>([
  ['a pipe', (path) => execFileSync('mkfifo', [path]), 'has what is neither file, directory nor link, or no text'],
  [
    'a directory with a pipe in it',
    (path) => {
      mkdirSync(path);
      execFileSync('mkfifo', [join(path, 'pipe')]);
    },
    'neither file, directory nor link, or no text: item/pipe',
  ],
  ['a device without an end', (path) => symlinkSync('/dev/zero', path), 'is a link that leads out of the metadata'],
  ['a link to itself', (path) => symlinkSync('item', path), 'is not beside the metadata'],
])('%s gets no lock, and is not waited for', (what, put, said) => {
  const directory = files(join(home, what.replaceAll(' ', '-')), { 'aa.yaml': fetching('item') });
  put(join(directory, 'item'));
  expect(relock(directory)).toEqual({ code: exitCode.missingInput, stderr: expect.stringContaining(said) });
  expect(readFileSync(join(directory, 'aa.yaml'), 'utf8')).toBe(fetching('item'));
});

test('no lock is said to hold in what is no metadata', () => {
  for (const [name, text, code] of [
    ['list', fetching('[item]'), 'BP102'],
    ['out', fetching('../item'), 'BP102'],
    ['number', fetching('item').replace(/sha256: .*/, 'sha256: 5'), 'BP102'],
    ['none', 'fetch: []\n', 'BP104'],
    ['zeros', '\0\0', 'BP10'],
  ] as const) {
    const directory = files(join(home, 'shape', name), { 'aa.yaml': text, item: 'x' });
    expect([name, relock(directory)]).toEqual([
      name,
      { code: exitCode.badInput, stderr: expect.stringContaining(`error[${code}`) },
    ]);
  }
});
