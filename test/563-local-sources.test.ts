/** What lies beside the metadata: the same for a build, whoever checked it out, and wherever. */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../src/errors.ts';
import { SourceStore } from '../src/runner/fetch/fetch.ts';
import { layOut, localDigest } from '../src/runner/fetch/local.ts';
import { files, scratch } from './rig/program.ts';

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
