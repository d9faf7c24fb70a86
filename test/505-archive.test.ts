/** Archives are real: apt updates and downloads from them, their versions sort, and no reader sees half of one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareVersions } from '../src/metadata/relations/version.ts';
import { publishArchive } from '../src/runner/archive/archive.ts';
import { sha256File } from '../src/runner/files/digest.ts';
import { versionSuffix } from '../src/stages/version-suffix.ts';
import { apt } from './rig/apt-rig.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

test('versions sort stage < interim < final, whatever the version', () => {
  const order = ['stage1', 'stage2', 'stage10', 'interim', 'final'].map(versionSuffix);
  for (const version of ['1.0-1', '2:1.35.0-4', '1.0', '1.0~rc1-1+deb12u1'])
    for (let i = 1; i < order.length; i++)
      expect(compareVersions(version + order[i - 1], version + order[i])).toBeLessThan(0);
  expect(compareVersions('1.0-1', `1.0-1${versionSuffix('stage1')}`)).toBeLessThan(0);
});

test('apt-get updates from every archive and downloads from it, without a warning', async () => {
  const directory = scratch();
  await run(directory, compilerPlan());
  for (const [archive, binary] of Object.entries({ stage1: 'cc', interim: 'libc', final: 'sh' })) {
    const root = join(directory, `apt-${archive}`);
    const sources = `deb [trusted=yes] file:${directory}/archives/${archive} ./\n`;
    const update = apt(root, sources, 'update');
    expect(update.text).not.toMatch(/^[WE]:/m);
    expect(update.code).toBe(0);
    const download = apt(root, sources, 'download', binary);
    expect(download.text).not.toMatch(/^E:/m);
    const deb = readdirSync(join(root, 'out')).find((name) => name.startsWith(`${binary}_`))!;
    const pool = join(directory, 'archives', archive, 'pool');
    const original = readdirSync(pool).find((name) => name.startsWith(`${binary}_`))!;
    expect(await sha256File(join(root, 'out', deb))).toBe(await sha256File(join(pool, original)));
  }
});

test('an archive with nothing in it is valid', async () => {
  const directory = scratch();
  await publishArchive(join(directory), 'stage2', 'amd64', []);
  const update = apt(join(directory, 'apt'), `deb [trusted=yes] file:${directory}/stage2 ./\n`, 'update');
  expect(update).toMatchObject({ code: 0, text: expect.not.stringMatching(/^[WE]:/m) });
});

test('of several archives apt takes the cleanest', async () => {
  const directory = scratch();
  await run(directory, compilerPlan());
  const sources = ['stage1', 'final', 'interim'].map((a) => `deb [trusted=yes] file:${directory}/archives/${a} ./\n`);
  const root = join(directory, 'apt');
  expect(apt(root, sources.join(''), 'update').code).toBe(0);
  expect(apt(root, sources.join(''), 'download', '--print-uris', 'cc').text).toContain('/archives/final/pool/cc_');
});

test('two runs in two directories give the same bytes, dates included', async () => {
  const [a, b] = [scratch(), scratch()];
  await run(a, compilerPlan(), {}, { jobs: 1 });
  await run(b, compilerPlan(), {}, { jobs: 3 });
  expect(archives(b)).toEqual(archives(a));
});

test('a reader finds a whole archive at every moment of its replacement', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan());
  const pool = join(state.archives, 'final/pool');
  const debs = readdirSync(pool).map((file) => ({ file, path: join(directory, file) }));
  for (const { file, path } of debs) writeFileSync(path, readFileSync(join(pool, file)));
  let replacing = true;
  const replaced = (async () => {
    for (let i = 0; i < 25; i++) await publishArchive(state.archives, 'final', 'amd64', i % 2 ? debs : debs.slice(1));
    replacing = false;
  })();
  let seen = 0;
  while (replacing) {
    const packages = readFileSync(join(state.archives, 'final/Packages'), 'utf8');
    const count = packages.match(/^Package:/gm)?.length ?? 0;
    expect([debs.length, debs.length - 1]).toContain(count);
    seen++;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await replaced;
  expect(seen).toBeGreaterThan(25);
  expect(readdirSync(state.archives).filter((name) => name.startsWith('.final'))).toHaveLength(1);
});
