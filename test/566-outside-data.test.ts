/** What is read back may have been written by anybody, with whatever seal it needs: it is checked, and never obeyed. */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { valuesOf } from '../src/by-name.ts';
import { describe as failureOf } from '../src/command-line/failure.ts';
import { exitCode } from '../src/errors.ts';
import { decodeActionResult, encodeActionResult } from '../src/runner/cache/action-result.ts';
import { digestOfSeed, readSeed } from '../src/runner/fetch/seed-record.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { treeDigest } from '../src/runner/files/file-tree.ts';
import { bytesField } from '../src/runner/formats/protobuf.ts';
import { seedKernel } from '../src/runner/image/kernel-package.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, files, scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const plan = () => planOf([{ source: 'libc' }, { source: 'cc', installs: ['libc'] }]);
const victim = (parent: string) => files(join(parent, 'victim'), { 'cron.d': 'mine', 'file_1_all.deb': 'mine' });

/** A file name that leads from any directory of the state to the victim. */
const outside = (parent: string, name: string): string => `${'../'.repeat(12)}${parent.slice(1)}/victim/${name}`;

test.each([
  ['another file name', (at: string) => ({ file: at })],
  ['a name that the plan does not yield', () => ({ name: 'evil', file: 'evil_1.0-1+bp1_amd64.deb' })],
  ['a version without the mark of the archive', () => ({ version: '1.0-1', file: 'cc_1.0-1_amd64.deb' })],
  ['another architecture', () => ({ file: 'cc_1.0-1+bp1_riscv64.deb' })],
  ['a digest that is none', (at: string) => ({ sha256: at })],
])('a well-sealed result of the cache with %s is damaged, and built again', async (_, change) => {
  const parent = scratch();
  const directory = join(parent, 'state');
  const { state, after } = await run(directory, plan());
  const [whole, sentinel] = [archives(directory), treeDigest(victim(parent))];
  const { action } = after.builds.get('cc')!.finished!;
  const path = join(state.cache, 'ac', action);
  const result = decodeActionResult(readFileSync(path))!;
  const changed = { ...result.debs[0]!, ...change(outside(parent, 'cron.d')) };
  writeFileSync(path, encodeActionResult({ ...result, debs: [changed] }));
  const again = await run(directory, plan());
  expect(again.events.filter((e) => e.type === 'cache-damaged')).toMatchObject([{ build: 'cc', files: [path] }]);
  expect(again.builder.started).toEqual(['cc']);
  expect(archives(directory)).toEqual(whole);
  expect(treeDigest(join(parent, 'victim'))).toBe(sentinel);
});

test('one package more than the plan expects, or one less, is no result of the build either', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, plan());
  const path = join(state.cache, 'ac', after.builds.get('cc')!.finished!.action);
  const result = decodeActionResult(readFileSync(path))!;
  for (const debs of [[], [...result.debs, { ...result.debs[0]!, name: 'dd', file: 'dd_1.0-1+bp1_amd64.deb' }]]) {
    writeFileSync(path, encodeActionResult({ ...result, debs }));
    expect((await run(directory, plan())).builder.started).toEqual(['cc']);
  }
});

/** Bytes that are no message, under a seal that is right. */
const sealedNonsense = (): Buffer => {
  const message = Buffer.from([0xff, 0xff, 0xff]);
  return Buffer.concat([message, bytesField(2000, sha256(message))]);
};

test('a well-sealed result that is no message is damaged for run, cache verify and cache gc', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, plan());
  const path = join(state.cache, 'ac', after.builds.get('cc')!.finished!.action);
  writeFileSync(path, sealedNonsense());
  expect(bootplan(['cache', 'gc', '--keep', '1G', '--state', directory]).code).toBe(0);
  const verified = bootplan(['cache', 'verify', '--state', directory]);
  expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining(path)]);
  writeFileSync(path, sealedNonsense());
  expect((await run(directory, plan())).builder.started).toEqual(['cc']);
});

test('a pipe, a link or a directory in the place of a content or a result is damaged, and not waited for', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, plan());
  const whole = archives(directory);
  const { action, outputs } = after.builds.get('cc')!.finished!;
  const result = join(state.cache, 'ac', action);
  const blob = join(state.cache, 'cas', valuesOf(outputs)[0]!);
  for (const path of [result, blob]) {
    for (const put of [
      () => execFileSync('mkfifo', [path]),
      () => symlinkSync(`${path}.elsewhere`, path),
      () => mkdirSync(path),
    ]) {
      renameSync(path, `${path}.elsewhere`);
      put();
      const { after: again } = await run(directory, plan());
      expect(again.status).toBe('complete');
      expect(archives(directory)).toEqual(whole);
      rmSync(`${path}.elsewhere`, { recursive: true });
    }
  }
});

test('the record of a seed names packages: no option of apt, no path, nothing that apt would not call them', () => {
  const path = join(scratch(), 'tools.json');
  for (const file of [
    '-oAcquire::http::Proxy-Auto-Detect_/tmp/inj.sh_all.deb',
    '../../../../tmp/victim/file_1_all.deb',
    'dash_1/2_amd64.deb',
    'dash_1%2f2_amd64.deb',
    'dash_1%3A2_amd64.deb',
    'dash_amd64.deb',
    '--help_1_all.deb',
    'dash_1_amd64.deb\n',
  ]) {
    const debs = [{ file, sha256: '7'.repeat(64), bytes: 1 }];
    writeFileSync(path, JSON.stringify({ names: ['tools'], packages: ['dash'], debs, digest: digestOfSeed(debs) }));
    expect(() => readSeed(path), file).toThrow('was changed or damaged');
  }
});

test('the record of a kernel that names another file than the kernel has is refused', async () => {
  const parent = scratch();
  const downloads = join(parent, 'downloads');
  victim(parent);
  const file = outside(parent, 'file_1_all.deb');
  for (const record of [
    { name: 'linux-image', version: '1', sha256: sha256('mine'), file },
    { name: 'linux-image', version: '1', sha256: sha256('mine'), file: 'other_1_amd64.deb' },
    { name: '--linux', version: '1', sha256: sha256('mine'), file: '--linux_1_amd64.deb' },
    [],
  ]) {
    files(downloads, { 'linux_amd64.kernel.json': JSON.stringify(record) });
    await expect(seedKernel('amd64', 'linux', downloads)).rejects.toMatchObject({ exit: exitCode.disk });
  }
});

const sealed = (event: object): string => {
  const open = JSON.stringify(event).slice(0, -1);
  return `${open},"crc32":"${crc32(open).toString(16).padStart(8, '0')}"}\n`;
};

test('a journal with the right sums and anything that bootplan does not write is refused by its line', async () => {
  const parent = scratch();
  const directory = join(parent, 'state');
  const { state } = await run(directory, plan());
  const written = readJournal(state.journal);
  const at = written.findIndex((event) => event.type === 'build-finished');
  const last = written[at]!;
  for (const change of [
    { outputs: { [outside(parent, 'j.deb')]: '7'.repeat(64) } },
    { outputs: { 'cc\u001b[2J_1_amd64.deb': '7'.repeat(64) } },
    { outputs: 7 },
    { installed: null },
    { build: '../../victim' },
    { action: '../../../victim/cron.d' },
    { archive: 'stage1/../../..' },
    { type: 'build-finished2' },
  ]) {
    const lines = written.map((event, i) => sealed(i === at ? { ...last, ...change } : event));
    writeFileSync(state.journal, lines.join(''));
    expect(() => readJournal(state.journal)).toThrow(`journal.ndjson:${at + 1}: not the event number ${at}`);
    const verified = bootplan(['verify', '--state', directory]);
    expect([verified.code, verified.stderr]).toEqual([74, expect.stringContaining(`journal.ndjson:${at + 1}`)]);
  }
  // Well-formed, and not what was built: the cache knows better, and is asked.
  const false_ = { 'cc_9_amd64.deb': '7'.repeat(64) };
  writeFileSync(
    state.journal,
    written.map((event, i) => sealed(i === at ? { ...last, outputs: false_ } : event)).join(''),
  );
  expect((await run(directory, plan())).after.status).toBe('complete');
  expect(bootplan(['verify', '--state', directory]).code).toBe(0);
});

test.each([
  'archives',
  'logs',
  'failures',
  'provenance',
  'seed',
  'image',
  'downloads',
  'arch',
  'cache/ac',
  'cache/cas',
])('a link in the place of %s leads no write and no removal out of the state directory', async (part) => {
  const parent = scratch();
  const directory = join(parent, 'state');
  await run(directory, plan());
  const sentinel = treeDigest(victim(parent));
  rmSync(join(directory, part), { recursive: true, force: true });
  symlinkSync(join(parent, 'victim'), join(directory, part));
  const refused = await run(directory, plan()).catch((error: unknown) => failureOf(error));
  expect(refused).toMatchObject({ exit: exitCode.configuration, text: expect.stringContaining('is a link') });
  bootplan(['cache', 'gc', '--keep', '0', '--state', directory]);
  bootplan(['cache', 'verify', '--state', directory]);
  expect(treeDigest(join(parent, 'victim'))).toBe(sentinel);
});

test('an archive whose link leads elsewhere is made anew, and what it led to stays', async () => {
  const parent = scratch();
  const directory = join(parent, 'state');
  const { state } = await run(directory, plan());
  const [whole, sentinel] = [archives(directory), treeDigest(victim(parent))];
  const link = join(state.archives, 'final');
  rmSync(link);
  symlinkSync('../../victim', link);
  await run(directory, plan());
  expect(archives(directory)).toEqual(whole);
  expect(treeDigest(join(parent, 'victim'))).toBe(sentinel);
  expect(existsSync(link) && readdirSync(join(link, 'pool'))).toEqual([
    'cc_1.0-1+bp1_amd64.deb',
    'libc_1.0-1+bp1_amd64.deb',
  ]);
});
