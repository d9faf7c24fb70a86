/** Looking at a run and after its cache, by the real binary: status, log, cache; texts, JSON, exit codes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { planOf } from './rig/fake-builder.ts';
import { bootplan, needs, root, scratch } from './rig/program.ts';
import { run } from './rig/run-rig.ts';
import { fits } from './rig/schema.ts';

const plan = planOf([
  { source: 'a', stage: 1 },
  { source: 'b', installs: ['a'] },
  { source: 'c', installs: ['b'] },
  { source: 'd' },
]);
const directory = scratch();
const state = stateDirectory(join(directory, '.bootplan'));
const fail = { step: 'configure' };

beforeAll(async () => {
  await run(state.root, plan, { b: { fail } }, { reports: state.failures });
});

test('status says what is done, what failed and where its report is, what is blocked, and what comes next', () => {
  const text = bootplan(['status', '-C', directory]);
  expect(text.code).toBe(0);
  expect(text.stdout).toContain('2 of 4 builds done; last run incomplete');
  expect(text.stdout).toContain('failed: b\nblocked: c\n');
  expect(text.stdout).toMatch(/last failure: b in configure: b: hello.c:1: no such thing\n {2}report: .*\.json\n/);
  expect(text.stdout).toMatch(
    /used: \d+\.\d s, 0\.0 s of CPU, largest process 1 MiB; no sign that the machine was over/,
  );
  const json = fits<{ next: string; lastFailure: { report: string } }>(
    bootplan(['status', '-C', directory, '--json']).stdout,
    'status',
  );
  expect(json).toMatchObject({ next: 'b', failed: ['b'], blocked: ['c'], done: 2, total: 4 });
  expect(json.lastFailure.report.startsWith(state.failures)).toBe(true);
  expect(json.lastFailure).toMatchObject({ resources: { cpuSeconds: 0.01, maxRssKiB: 1024, overloaded: false } });
});

test('a run that was killed is not said to be running', async () => {
  const killed = stateDirectory(join(scratch(), '.bootplan'));
  await run(killed.root, plan);
  const lines = readFileSync(killed.journal, 'utf8').trimEnd().split('\n');
  writeFileSync(
    killed.journal,
    `${lines
      .slice(
        0,
        lines.findIndex((line) => line.includes('build-finished')),
      )
      .join('\n')}\n`,
  );
  const said = () => bootplan(['status', '--state', killed.root]).stdout.split('\n')[0];
  expect(said()).toContain('0 of 4 builds done; last run interrupted');
  writeFileSync(killed.lock, JSON.stringify({ pid: process.pid, since: '', command: 'bootplan run' }));
  expect(said()).toContain('0 of 4 builds done; last run running');
});

test('the failure report holds everything that one would have to ask for', () => {
  const [file] = readdirSync(state.failures);
  expect(file).toMatch(/^\d{8}T\d{9}Z-interim-b-configure-[0-9a-f]{8}\.json$/);
  expect(fits(readFileSync(join(state.failures, file!), 'utf8'), 'failure-report')).toMatchObject({
    build: 'b',
    phase: { name: 'interim', stage: 0, installDestination: '/work/outputs' },
    step: { name: 'configure', workdir: '/work/build' },
    command: 'cc -c hello.c',
    exitCode: 2,
    message: 'b: hello.c:1: no such thing',
    environment: { CC: 'cc' },
    installationSet: [{ name: 'a', build: 'a<stage1>', archive: 'stage1' }],
    logTail: 'building b\n',
    resources: { maxRssKiB: 1024 },
    retriable: false,
    blocks: ['c'],
  });
});

describe('a log with bytes that steer a terminal', () => {
  let before: Buffer;
  const path = () => join(state.logs, 'b.log');
  const given = Buffer.from('\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\tx\r\n\rover \xff\u202e\nend', 'utf8');
  beforeAll(() => {
    before = readFileSync(path());
    writeFileSync(path(), given);
  });
  afterAll(() => writeFileSync(path(), before));

  test('is printed byte for byte', () => {
    const raw = spawnSync(join(root, 'bin/bootplan'), ['log', 'b', '-C', directory]);
    expect(raw.stdout).toEqual(Buffer.concat([given, Buffer.from('\n')]));
  });

  test.skipIf(!needs('script'))('moves, hides and types nothing at a terminal', () => {
    const command = `${join(root, 'bin/bootplan')} log b -C ${directory}`;
    const seen = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' }).stdout;
    expect(seen.split('\r\n').slice(-4, -1)).toEqual([
      '\\x1b]0;title\\x07\\x1b[2J\x1b[31mred\x1b[0m\tx',
      '\\x0dover \u00ff\\u202e',
      'end',
    ]);
  });
});

test('log prints the log of a failed build, of a finished one, and of one whose log only the cache has', async () => {
  expect(bootplan(['log', 'b', '-C', directory]).stdout).toBe('building b\n');
  expect(bootplan(['log', 'a<stage1>', '-C', directory]).stdout).toBe('building a<stage1>\n');
  fits(bootplan(['log', 'd', '-C', directory, '--json']).stdout, 'log');
  unlinkSync(join(state.logs, 'd.log'));
  expect(bootplan(['log', 'd', '-C', directory]).stdout).toBe('building d\n');
});

test('what is not there is named, with what is', () => {
  const unknown = bootplan(['log', 'bb', '-C', directory]);
  expect(unknown.code).toBe(65);
  expect(unknown.stderr).toContain('the plan has no build "bb"\nhelp: did you mean "b"?');
  const early = bootplan(['log', 'c', '-C', directory]);
  expect(early).toMatchObject({ code: 66, stderr: expect.stringContaining('c has not been built yet') });
  const nowhere = bootplan(['status', '--state', join(directory, 'nowhere')]);
  expect(nowhere).toMatchObject({ code: 66, stderr: expect.stringContaining('nothing has been run in') });
});

test('the cache says how big it is, finds what is damaged, and forgets what nobody used', async () => {
  const info = fits<{ actions: number }>(bootplan(['cache', 'info', '-C', directory, '--json']).stdout, 'cache-info');
  expect(info.actions).toBe(2);
  const sound = bootplan(['cache', 'verify', '-C', directory, '--json']);
  expect(sound.code).toBe(0);
  expect(fits(sound.stdout, 'cache-verify')).toMatchObject({ damaged: [], incomplete: [] });

  const blobs = readdirSync(join(state.cache, 'cas')).map((name) => join(state.cache, 'cas', name));
  const deb = blobs.find((blob) => readFileSync(blob).subarray(0, 7).toString() === '!<arch>')!;
  const bytes = readFileSync(deb);
  bytes[200]! ^= 1;
  chmodSync(deb, 0o644);
  writeFileSync(deb, bytes);
  const damaged = bootplan(['cache', 'verify', '-C', directory]);
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toContain(`damaged, removed: ${deb}`);
  expect(damaged.stdout).toContain('incomplete, removed: ');
  expect(bootplan(['cache', 'verify', '-C', directory]).code).toBe(0);

  await run(state.root, plan, { b: { fingerprint: 'mended' } });
  await run(state.root, plan, { b: { fingerprint: 'mended again' } });
  const before = fits<{ actions: number }>(bootplan(['cache', 'info', '-C', directory, '--json']).stdout, 'cache-info');
  expect(before.actions).toBe(5);
  const kept = bootplan(['cache', 'gc', '--keep', '0', '-C', directory, '--json']);
  expect(fits(kept.stdout, 'cache-gc')).toMatchObject({ removedActions: 1, after: { actions: 4 } });
  const { builder } = await run(state.root, plan, { b: { fingerprint: 'mended again' } });
  expect(builder.started).toEqual([]);
  const none = bootplan(['cache', 'gc', '--keep', '1T', '-C', directory, '--json']);
  expect(fits(none.stdout, 'cache-gc')).toMatchObject({ removedActions: 0 });
  expect(bootplan(['cache', 'gc', '--keep', 'much', '-C', directory]).code).toBe(64);
});
