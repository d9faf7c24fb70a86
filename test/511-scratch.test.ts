/** Scratch in /dev/shm has an owner: it goes when nobody holds it any more, whoever comes next, and not before. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { bootplan, root, scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const script = join(root, 'test/rig/fake-run.ts');
const anHour = '3600000';
const standing = new Set<ChildProcess>();

afterEach(() => {
  for (const child of standing) child.kill('SIGKILL');
});

/** A run that stands still in the build of `cc`. */
async function standingRun(directory: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, directory, anHour], { stdio: ['ignore', 'pipe', 'inherit'] });
  standing.add(child);
  let output = '';
  for await (const chunk of child.stdout!) {
    output += chunk;
    if (output.includes('started cc\n')) break;
  }
  // It is told to begin a moment before it has a place and a log.
  await expect.poll(() => existsSync(join(directory, 'logs/cc.log')), { timeout: 300_000 }).toBe(true);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Another run of this machine may be the one that takes it away, and be at it. */
const expectGone = (work: string): Promise<void> =>
  expect.poll(() => existsSync(work), { timeout: 300_000 }).toBe(false);

const ownerOf = (work: string): unknown => JSON.parse(readFileSync(join(work, 'owner'), 'utf8'));

test('what a killed run left there goes with the next run of any state directory, also when its own is deleted', async () => {
  const parent = scratch();
  const lost = mkdtempSync(join(parent, 'lost-'));
  const { work } = stateDirectory(lost);
  const child = await standingRun(lost);
  expect(ownerOf(work)).toMatchObject({ state: lost, pid: child.pid });
  expect(existsSync(join(work, 'cc'))).toBe(true);
  await kill(child);
  rmSync(lost, { recursive: true });
  await run(mkdtempSync(join(parent, 'other-')), compilerPlan());
  await expectGone(work);
});

test('doctor takes it away, too', async () => {
  const parent = scratch();
  const lost = mkdtempSync(join(parent, 'lost-'));
  const { work } = stateDirectory(lost);
  await kill(await standingRun(lost));
  rmSync(lost, { recursive: true });
  bootplan(['doctor', '--state', join(parent, 'asked')]);
  await expectGone(work);
});

test('nothing goes that a living run works in, even when its state directory is gone', async () => {
  const parent = scratch();
  const gone = mkdtempSync(join(parent, 'gone-'));
  const { work } = stateDirectory(gone);
  const child = await standingRun(gone);
  rmSync(gone, { recursive: true });
  await run(mkdtempSync(join(parent, 'other-')), compilerPlan());
  expect(existsSync(join(work, 'cc'))).toBe(true);
  await kill(child);
  await run(mkdtempSync(join(parent, 'third-')), compilerPlan());
  await expectGone(work);
});

test('those that start at one instant, each where a killed one was, take nothing from each other', async () => {
  const parent = scratch();
  const undisturbed = mkdtempSync(join(parent, 'whole-'));
  await run(undisturbed, compilerPlan());
  const expected = archives(undisturbed);
  const states = [0, 1].map(() => mkdtempSync(join(parent, 'state-')));
  for (const child of await Promise.all(states.map(standingRun))) await kill(child);
  const ends = states.map((state) => {
    const child = spawn(process.execPath, [script, state], { stdio: ['ignore', 'ignore', 'inherit'] });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(ends)).toEqual([0, 0]);
  for (const state of states) {
    expect(archives(state)).toEqual(expected);
    expect(existsSync(stateDirectory(state).work)).toBe(false);
  }
});

test('what only looks like it stays: of another kind, a link, writable by others, or in use by nobody known', async () => {
  const parent = scratch();
  const name = (end: string): string => `/dev/shm/bootplan-${'f'.repeat(12)}${end}`;
  const precious = join(parent, 'precious');
  mkdirSync(precious);
  writeFileSync(join(precious, 'owner'), '{}');
  const [link, open, file, odd] = [name('0001'), name('0002'), name('0003'), `${name('0004')}.txt`];
  try {
    symlinkSync(precious, link);
    for (const directory of [open, odd]) mkdirSync(directory);
    chmodSync(open, 0o777);
    writeFileSync(join(open, 'owner'), '{}');
    writeFileSync(file, '');
    await run(mkdtempSync(join(parent, 'state-')), compilerPlan());
    for (const path of [link, open, file, odd, join(precious, 'owner'), join(open, 'owner')])
      expect(existsSync(path), path).toBe(true);
  } finally {
    for (const path of [link, open, file, odd]) rmSync(path, { recursive: true, force: true });
  }
});

test('two in network namespaces of their own, as in two containers, do not work in one state directory', async () => {
  const directory = scratch();
  const child = await standingRun(directory);
  const apart = ['--user', '--map-current-user', '--net', process.execPath, script, directory];
  const second = spawnSync('unshare', apart, { encoding: 'utf8' });
  expect(second.stderr).toContain(`${directory} is in use by process ${child.pid}, \`test\`, since `);
  await kill(child);
  const { after } = await run(directory, compilerPlan());
  expect(after.status).toBe('complete');
});

test('two state directories that a link leads to one cache work in it one after the other', async () => {
  const parent = scratch();
  const [first, second] = ['first', 'second'].map((name) => join(parent, name));
  for (const state of [first!, second!, join(parent, 'cache')]) mkdirSync(state);
  for (const state of [first!, second!]) symlinkSync('../cache', join(state, 'cache'));
  const child = await standingRun(first!);
  const refused = run(second!, compilerPlan());
  await expect(refused).rejects.toThrow(`${second}/cache is in use by process ${child.pid}, \`test\`, since `);
  await kill(child);
  const { builder } = await run(second!, compilerPlan());
  expect(builder.started).not.toContain('libc<stage1>');
  expect((await run(first!, compilerPlan())).builder.started).toEqual([]);
  expect(archives(first!)).toEqual(archives(second!));
});
