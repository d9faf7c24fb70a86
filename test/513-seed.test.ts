/** The unpacked seed is shared by all runs of a user, and believed by none that finds it touched. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheDirectory } from '../src/runner/fetch/cache-directory.ts';
import { digestOfSeed, readSeed } from '../src/runner/fetch/seed-record.ts';
import { isSealed, seal } from '../src/runner/fetch/seed-seal.ts';
import { bootplan, files, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';

/** Changes one bit and nothing else that can be put back: only the inode itself tells that it was changed. */
function flipSilently(path: string): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
}

test('a sealed tree is believed until anything in it is cut short, lost, added or changed', async () => {
  const parent = scratch();
  const tree = async (): Promise<{ directory: string; tool: string }> => {
    const directory = files(join(parent, 'tree'), { 'usr/bin/cp': 'copies', 'usr/bin/mv': 'moves' });
    const tool = join(directory, 'usr/bin/cp');
    symlinkSync('mv', join(directory, 'usr/bin/rename'));
    chmodSync(tool, 0o755);
    await seal(directory);
    return { directory, tool };
  };
  const harm: Record<string, (tool: string) => void> = {
    'cut short': (tool) => truncateSync(tool, 0),
    lost: (tool) => rmSync(tool),
    edited: (tool) => writeFileSync(tool, 'forges'),
    'not executable': (tool) => chmodSync(tool, 0o644),
    added: (tool) => writeFileSync(`${tool}2`, ''),
    'led elsewhere': (tool) => {
      rmSync(join(tool, '../rename'));
      symlinkSync('cp', join(tool, '../rename'));
    },
    'never sealed': () => rmSync(join(parent, 'tree.seal')),
  };
  for (const [what, make] of Object.entries(harm)) {
    const { directory, tool } = await tree();
    expect([what, await isSealed(directory)]).toEqual([what, true]);
    make(tool);
    expect([what, await isSealed(directory)]).toEqual([what, false]);
    rmSync(directory, { recursive: true });
  }
  const { directory, tool } = await tree();
  utimesSync(tool, 1, 1);
  const before = readFileSync(`${directory}.seal`, 'utf8');
  expect(await isSealed(directory)).toBe(true);
  const after = readFileSync(`${directory}.seal`, 'utf8');
  expect([after.slice(0, 64), after === before]).toEqual([before.slice(0, 64), false]);
  flipSilently(tool);
  expect([await isSealed(directory), await isSealed(directory, true)]).toEqual([false, false]);
});

test('what a link of a sealed tree leads to is no part of it', async () => {
  const outside = files(scratch(), { 'run/lock': '' });
  const directory = files(join(scratch(), 'tree'), { 'usr/bin/cp': 'copies' });
  symlinkSync(join(outside, 'run'), join(directory, 'var'));
  await seal(directory);
  const before = readFileSync(`${directory}.seal`, 'utf8');
  writeFileSync(join(outside, 'run/pid'), '1');
  expect([await isSealed(directory), readFileSync(`${directory}.seal`, 'utf8')]).toEqual([true, before]);
});

test('a harmed seed is unpacked again by the next run, and found by cache verify', () => {
  const home = scratch();
  const env = { XDG_CACHE_HOME: join(home, 'cache') };
  const state = ['--state', join(home, 'state')];
  let changes = 0;
  mkdirSync(join(home, 'cache/bootplan'), { recursive: true });
  // What is downloaded is there already.
  for (const shared of ['apt', 'debs']) {
    mkdirSync(join(cacheDirectory(), shared), { recursive: true });
    symlinkSync(join(cacheDirectory(), shared), join(home, 'cache/bootplan', shared));
  }
  const build = () => {
    const hello = builtSource('hello', 'tools', `echo ${++changes} >greeting`);
    const metadata = files(join(home, 'metadata'), { 'seed.yaml': toolsSeed, 'hello.yaml': hello });
    return bootplan(['run', '--metadata', metadata, ...state], { env });
  };
  expect(build()).toMatchObject({ code: 0 });
  const seeds = join(home, 'cache/bootplan/seed');
  const tree = join(seeds, readdirSync(seeds).find((name) => !name.includes('.'))!);
  const cp = join(tree, 'usr/bin/cp');
  const whole = readFileSync(cp);
  truncateSync(cp, 0);
  expect(build()).toMatchObject({ code: 0 });
  expect(readFileSync(cp).equals(whole)).toBe(true);
  flipSilently(cp);
  const found = bootplan(['cache', 'verify', ...state], { env });
  expect([found.code, found.stdout]).toEqual([1, expect.stringContaining(`damaged, removed: ${tree}\n`)]);
  expect(existsSync(tree)).toBe(false);
});

test('the record of a seed with any bit flipped is as it was where it matters, or refused with what to do', () => {
  const debs = [{ file: 'dash_1_amd64.deb', sha256: '7'.repeat(64), bytes: 12 }];
  const seed = { names: ['tools'], packages: ['dash'], debs, digest: digestOfSeed(debs) };
  const path = join(scratch(), 'tools.json');
  const whole = Buffer.from(JSON.stringify(seed, null, 2));
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, flipped);
    try {
      const read = readSeed(path);
      expect(digestOfSeed(read.debs)).toBe(seed.digest);
      expect([read.names.length, read.packages.length]).toEqual([1, 1]);
    } catch (error) {
      expect(error).toMatchObject({ exit: 74, help: 'delete it: the seed is looked up again' });
    }
  }
});
