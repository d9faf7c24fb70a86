/** What is read back may have been written by anybody, with whatever seal it needs: it is checked, and never obeyed. */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { valuesOf } from '../src/by-name.ts';
import { describe as failureOf } from '../src/command-line/failure.ts';
import { exitCode } from '../src/errors.ts';
import { binaryName } from '../src/names.ts';
import { readArchive } from '../src/runner/archive/archive-index.ts';
import { decodeActionResult, encodeActionResult, sealOf } from '../src/runner/cache/action-result.ts';
import { AptRoot } from '../src/runner/fetch/apt-root.ts';
import { withSourcesDeb822, withSourcesList } from '../src/runner/fetch/apt-sources.ts';
import { cacheDirectory } from '../src/runner/fetch/cache-directory.ts';
import { SourceStore } from '../src/runner/fetch/fetch.ts';
import { digestOfSeed, readSeed } from '../src/runner/fetch/seed-record.ts';
import { isSealed, seal } from '../src/runner/fetch/seed-seal.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { treeDigest } from '../src/runner/files/file-tree.ts';
import { seedKernel } from '../src/runner/image/kernel-package.ts';
import { ownFiles } from '../src/runner/image/own-files.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
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
  const [whole, sentinel] = [archives(directory), await treeDigest(victim(parent))];
  const { action } = after.builds.get(namedBuild('cc'))!.finished!;
  const path = join(state.cache, 'ac', action);
  const result = decodeActionResult(readFileSync(path))!;
  const changed = { ...result.debs[0]!, ...change(outside(parent, 'cron.d')) };
  writeFileSync(path, encodeActionResult({ ...result, debs: [changed] }));
  const again = await run(directory, plan());
  expect(again.events.filter((e) => e.type === 'cache-damaged')).toMatchObject([{ build: 'cc', files: [path] }]);
  expect(again.builder.started).toEqual(['cc']);
  expect(archives(directory)).toEqual(whole);
  expect(await treeDigest(join(parent, 'victim'))).toBe(sentinel);
});

test('one package more than the plan expects, or one less, is no result of the build either', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, plan());
  const path = join(state.cache, 'ac', after.builds.get(namedBuild('cc'))!.finished!.action);
  const result = decodeActionResult(readFileSync(path))!;
  for (const debs of [
    [],
    [...result.debs, { ...result.debs[0]!, name: binaryName('dd'), file: 'dd_1.0-1+bp1_amd64.deb' }],
  ]) {
    writeFileSync(path, encodeActionResult({ ...result, debs }));
    expect((await run(directory, plan())).builder.started).toEqual(['cc']);
  }
});

/** Bytes that are no message, under a seal that is right. */
const sealedNonsense = (): Buffer => {
  const message = Buffer.from([0xff, 0xff, 0xff]);
  return Buffer.concat([message, sealOf(message)]);
};

test('a well-sealed result that is no message is damaged for run, cache verify and cache gc', async () => {
  const directory = scratch();
  const { state, after } = await run(directory, plan());
  const path = join(state.cache, 'ac', after.builds.get(namedBuild('cc'))!.finished!.action);
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
  const { action, outputs } = after.builds.get(namedBuild('cc'))!.finished!;
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
  const sentinel = await treeDigest(victim(parent));
  rmSync(join(directory, part), { recursive: true, force: true });
  symlinkSync(join(parent, 'victim'), join(directory, part));
  const refused = await run(directory, plan()).catch((error: unknown) => failureOf(error));
  expect(refused).toMatchObject({ exit: exitCode.configuration, text: expect.stringContaining('is a link') });
  bootplan(['cache', 'gc', '--keep', '0', '--state', directory]);
  bootplan(['cache', 'verify', '--state', directory]);
  expect(await treeDigest(join(parent, 'victim'))).toBe(sentinel);
});

test('an archive whose link leads elsewhere is made anew, and what it led to stays', async () => {
  const parent = scratch();
  const directory = join(parent, 'state');
  const { state } = await run(directory, plan());
  const [whole, sentinel] = [archives(directory), await treeDigest(victim(parent))];
  const link = join(state.archives, 'final');
  rmSync(link);
  symlinkSync('../../victim', link);
  await run(directory, plan());
  expect(archives(directory)).toEqual(whole);
  expect(await treeDigest(join(parent, 'victim'))).toBe(sentinel);
  expect(existsSync(link) && readdirSync(join(link, 'pool'))).toEqual([
    'cc_1.0-1+bp1_amd64.deb',
    'libc_1.0-1+bp1_amd64.deb',
  ]);
});

test('a link beside the metadata that leads out of it is fetched into no build and no image', async () => {
  const parent = scratch();
  const metadata = files(join(parent, 'metadata'), { 'files/inside': 'ours' });
  files(parent, { secret: 'of the machine' });
  symlinkSync(join(parent, 'secret'), join(metadata, 'files/out'));
  symlinkSync('inside', join(metadata, 'files/in'));
  symlinkSync(parent, join(metadata, 'up'));
  const laid = ownFiles(metadata, { files: { 'etc/a': 'files/inside', 'etc/b': 'files/in' } });
  expect([...laid.values()]).toEqual([join(metadata, 'files/inside'), join(metadata, 'files/in')]);
  const image = { files: { 'etc/stolen': 'files/out', 'etc/other': 'up/secret', 'etc/a': 'files/inside' } };
  expect(() => ownFiles(metadata, image)).toThrow(
    'up/secret, which is etc/other in the image, leads out of the metadata\n' +
      'files/out, which is etc/stolen in the image, leads out of the metadata',
  );
  const store = new SourceStore(join(parent, 'cache'), metadata);
  const local = (name: string, text: string) => ({ kind: 'local', name, sha256: sha256(text) }) as const;
  const noApt = () => Promise.reject(new Error('apt is not asked'));
  await store.fetch([local('files/in', 'ours')], noApt);
  await expect(store.fetch([local('files/out', 'of the machine')], noApt)).rejects.toMatchObject({
    exit: exitCode.missingInput,
    message: 'files/out is a link that leads out of the metadata',
  });
});

test('a YAML file or a patch that is a link out of its directory is refused, and nothing of it is shown', () => {
  const parent = scratch();
  const metadata = place(parent);
  // What is wrong in a file is shown with its line.
  files(parent, { secret: 'root: [secret\n', 'here/one.patch': 'secret' });
  symlinkSync('../../secret', join(metadata, 'metadata/more.yaml'));
  for (const command of ['plan', 'check', 'run', 'relock', 'overrides backport', 'overrides diff metadata']) {
    const names = command === 'overrides diff metadata' ? ['metadata'] : ['--metadata', 'metadata'];
    const { code, stderr } = within(metadata, [...command.split(' '), ...names]);
    expect([command, code, stderr]).toEqual([
      command,
      exitCode.badInput,
      expect.stringContaining('error[BP523]: metadata/more.yaml is a link that leads out of the metadata'),
    ]);
    expect(stderr).not.toContain('secret');
  }
  rmSync(join(metadata, 'metadata/more.yaml'));
  symlinkSync('nowhere', join(metadata, 'metadata/more.yaml'));
  expect(within(metadata, ['plan', '--metadata', 'metadata']).code).toBe(exitCode.missingInput);
  rmSync(join(metadata, 'metadata/more.yaml'));
  const recipe = 'recipe: {steps: [{build: "true"}]}\n';
  appendFileSync(join(metadata, 'metadata/hello.yaml'), recipe);
  mkdirSync(join(metadata, 'ours'));
  symlinkSync('../../secret', join(metadata, 'ours/linked.patch'));
  for (const patch of ['linked.patch', '../one.patch']) {
    files(metadata, { 'ours/overrides.yaml': `sources: {hello: {patches: [${patch}]}}\n` });
    const ran = within(metadata, ['run', '-n', '--metadata', 'metadata', '--overrides', 'ours/overrides.yaml']);
    expect([ran.code, ran.stderr]).toEqual([exitCode.badInput, expect.stringContaining('leads out of ours')]);
  }
});

test('an unpacked seed that was edited is not believed, whatever was done to its times', async () => {
  const directory = files(join(scratch(), 'seed'), { 'usr/bin/mkdir': 'true', 'usr/bin/other': 'true' });
  const program = join(directory, 'usr/bin/mkdir');
  await seal(directory);
  expect(await isSealed(directory)).toBe(true);
  const { atime, mtime } = statSync(program);
  writeFileSync(program, 'evil');
  utimesSync(program, atime, mtime);
  expect(await isSealed(directory)).toBe(false);
  writeFileSync(program, 'true');
  expect(await isSealed(directory)).toBe(true);
  // Another file in its place, made before the seal.
  renameSync(join(directory, 'usr/bin/other'), program);
  expect(await isSealed(directory)).toBe(false);
  for (const text of ['', 'x y\n', `${'0'.repeat(64)} ${'0'.repeat(64)} 2`, '\0\n']) {
    writeFileSync(`${directory}.seal`, text);
    expect(await isSealed(directory)).toBe(false);
  }
});

test('a mirror on this machine is read as one to copy from, in both formats', () => {
  const line = 'deb [signed-by=/k.gpg] file:/srv/mirror bookworm main\n';
  expect(withSourcesList(line, 'bookworm', 'amd64')).toBe(
    'deb [signed-by=/k.gpg] copy:/srv/mirror bookworm main\ndeb-src [signed-by=/k.gpg] copy:/srv/mirror bookworm main\n',
  );
  const stanza =
    'Types: deb\nURIs: file:/srv/a\n  file:///srv/b https://c/file:/d\nSuites: bookworm\nComponents: main\n';
  expect(withSourcesDeb822(stanza, 'bookworm', 'amd64')).toBe(
    'Types: deb deb-src\nURIs: copy:/srv/a\n  copy:///srv/b https://c/file:/d\nSuites: bookworm\nComponents: main\n',
  );
});

test('an XDG_CACHE_HOME that is relative is ignored; one that apt cannot be told is refused', async () => {
  vi.stubEnv('XDG_CACHE_HOME', 'relative');
  expect(cacheDirectory()).toBe(join(homedir(), '.cache/bootplan'));
  vi.stubEnv('XDG_CACHE_HOME', '/some/cache');
  expect(cacheDirectory()).toBe('/some/cache/bootplan');
  vi.unstubAllEnvs();
  for (const path of ['/tmp/a\nb', '/tmp/"', '/tmp/\\', '/tmp/\ufffd'])
    await expect(AptRoot.open(path, 'amd64')).rejects.toMatchObject({ exit: exitCode.configuration });
});

test('a state directory that is no text is refused, and one is made for its owner to write to alone', async () => {
  const parent = scratch();
  const ran = spawnSync('bash', ['-c', `exec "$0" status --state $'${parent}/a\\xffb'`, join(root, 'bin/bootplan')], {
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr]).toEqual([64, expect.stringContaining('is not UTF-8')]);
  const before = process.umask(0);
  try {
    await run(join(parent, 'state'), plan());
    for (const name of ['', 'cache', 'cache/ac', 'logs', 'archives'])
      expect(statSync(join(parent, 'state', name)).mode & 0o022).toBe(0);
  } finally {
    process.umask(before);
  }
});

test('an index of an archive that names other files than the archive has is damaged, and read no further', async () => {
  const parent = scratch();
  const directory = join(parent, 'state');
  const { state } = await run(directory, plan());
  const index = join(state.archives, 'final/Packages');
  const text = readFileSync(index, 'utf8');
  for (const change of [
    'Filename: pool/../../../../victim/cron.d',
    'Filename: /etc/shadow',
    'SHA256: x',
    'Version: ../..',
  ]) {
    const field = change.slice(0, change.indexOf(':'));
    writeFileSync(index, text.replace(new RegExp(`^${field}: .*$`, 'm'), change));
    expect(() => readArchive(join(state.archives, 'final'))).toThrow('was changed or damaged');
    const verified = bootplan(['verify', '--state', directory]);
    expect([verified.code, verified.stdout]).toEqual([
      1,
      expect.stringContaining('Packages is not what was published'),
    ]);
  }
});

/** What anybody may have put in the place of a file, in a directory that a command is given. */
const obstacles: readonly (readonly [string, (path: string) => void, string])[] = [
  ['a pipe that nobody writes to', (path) => execFileSync('mkfifo', [path]), 'is a pipe or a device, and no file'],
  ['a device without an end', (path) => symlinkSync('/dev/zero', path), 'is a pipe or a device, and no file'],
  ['more than is read at once', (path) => execFileSync('truncate', ['--size=4G', path]), 'has 4294967296 bytes'],
];

const indices = ['--packages', 'Packages', '--sources', 'Sources', '--arch', 'amd64'];
const progress = ['progress', '--metadata', 'metadata', '--history', 'progress.ndjson'];
const report = ['report', ...indices, '--date', '2026-11-29'];

/** A directory with a small project and two small indices; a victim lies beside it. */
const place = (parent: string): string =>
  files(victim(parent) && join(parent, 'here'), {
    'metadata/hello.yaml':
      'Source: hello\nVersion: "1"\nMaintainer: N <n@example.org>\nPackages: [{Package: hello, Description: hello}]\n',
    Packages: 'Package: aa\nVersion: 1\nArchitecture: amd64\nMaintainer: N <n@example.org>\nDescription: a\n',
    Sources:
      'Package: aa\nBinary: aa\nVersion: 1\nArchitecture: any\nMaintainer: N <n@example.org>\nDirectory: a\nFormat: 1.0\n' +
      `Checksums-Sha256:\n ${'a'.repeat(64)} 1 aa_1.dsc\n`,
  });

/** For a minute at most: who waits for a pipe waits for ever. */
function within(cwd: string, args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  const ran = spawnSync('timeout', ['60', join(root, 'bin/bootplan'), ...args], { cwd, env, encoding: 'utf8' });
  return { code: ran.status, stderr: ran.stderr };
}

test.each<readonly [file: string, args: readonly string[]]>([
  ['bootplan.yaml', ['config']],
  ['metadata/more.yaml', ['plan', '--metadata', 'metadata']],
  ['metadata/more.yaml', ['relock', '--metadata', 'metadata']],
  ['progress.ndjson', progress],
  ['reports/history.ndjson', report],
  ['inputs/job', ['exec-action', `${'0'.repeat(64)}/9`, '--cache', 'http://127.0.0.1:9', '--inputs', 'inputs']],
])('what lies in the place of %s, and is no file to be read, is named and not waited for', (file, args) => {
  for (const [what, put, said] of obstacles) {
    const directory = place(scratch());
    mkdirSync(join(directory, file, '..'), { recursive: true });
    put(join(directory, file));
    const { code, stderr } = within(directory, args);
    // Beside metadata it is refused for the link that it is.
    const isOut = file.startsWith('metadata/') && lstatSync(join(directory, file)).isSymbolicLink();
    const [expected, words] = isOut ? [exitCode.badInput, 'is a link that leads out'] : [exitCode.missingInput, said];
    expect([what, code, stderr]).toEqual([what, expected, expect.stringContaining(`${file} ${words}`)]);
  }
});

test('a pipe or a device among indices that nobody named is told, and not waited for', () => {
  for (const [, put, said] of obstacles.slice(0, 2)) {
    const directory = place(scratch());
    files(directory, { 'days/2026-11-28/Packages': readFileSync(join(directory, 'Packages')) });
    put(join(directory, 'days/2026-11-28/Sources'));
    const { code, stderr } = within(directory, ['history', 'import', 'days', '--arch', 'amd64']);
    expect([code, stderr]).toEqual([exitCode.missingInput, expect.stringContaining(`2026-11-28/Sources ${said}`)]);
  }
});

test('classes of dependencies that are no such thing are refused, and not taken for none', () => {
  const directory = place(scratch());
  for (const [text, code] of [
    ['tests: [check, doxygen]\n', 0],
    ['# nothing yet\n', 0],
    ['\0\u0001', exitCode.badInput],
    ['[tests]\n', exitCode.badInput],
    ['tests: [{check: 1}]\n', exitCode.badInput],
    ['tests: 5\n', exitCode.badInput],
    ['__proto__: [check]\n', exitCode.badInput],
  ] as const) {
    files(directory, { classes: text });
    expect([text, within(directory, ['propose', ...indices, '--classes-file', 'classes']).code]).toEqual([text, code]);
  }
});

test('a text that is nested without end is told as that', () => {
  const directory = place(scratch());
  files(directory, { deep: '['.repeat(100_000), 'metadata/more.yaml': '['.repeat(100_000) });
  for (const args of [
    ['plan', '--metadata', 'metadata'],
    ['run', '-n', ...indices, '--targets', 'aa', '--executor-config', 'deep'],
    ['exec-action', `${'0'.repeat(64)}/9`, '--cache', 'http://127.0.0.1:9', '--cache-access', 'deep'],
    ['run', '-n', ...indices, '--targets', 'aa', '--image-file', 'deep'],
  ]) {
    const { code, stderr } = within(directory, args);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('it is nested too deeply')]);
    expect([exitCode.badInput, exitCode.configuration]).toContain(code);
  }
});

test.each<readonly [link: string, code: number, args: readonly string[]]>([
  ['bootplan.yaml', 78, ['config']],
  ['progress.ndjson', 78, progress],
  ['progress.graph.json.new', 0, progress],
  ['reports/history.ndjson', 78, report],
  ['out/annotations.yaml', 0, ['propose', ...indices, '--output', 'out']],
  ['out/patches', 78, ['propose', ...indices, '--output', 'out']],
])('a link in the place of %s leads nothing out', async (link, code, args) => {
  const directory = place(scratch());
  const victims = join(directory, '../victim');
  mkdirSync(join(directory, link, '..'), { recursive: true });
  // An empty history is one, and so is a directory to write to.
  files(victims, { empty: '' });
  const sentinel = await treeDigest(victims);
  symlinkSync(link === 'out/patches' ? victims : join(victims, 'empty'), join(directory, link));
  const ended = within(directory, args);
  expect([ended.code, ended.stderr]).toEqual([code, expect.any(String)]);
  expect(await treeDigest(victims)).toBe(sentinel);
});
