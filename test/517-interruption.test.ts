/** Stopped politely, or by a full disk: the journal is complete, and the next run goes on. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readJournal } from '../src/runner/journal/journal.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { files, root, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';
import { archives, run } from './rig/run-rig.ts';

const script = join(root, 'test/rig/fake-run.ts');

/** Starts a run in which `cc` takes so many milliseconds, and sends signals as soon as it has begun. */
async function interrupt(directory: string, milliseconds: number, signals: readonly NodeJS.Signals[]): Promise<string> {
  const child = spawn(process.execPath, [script, directory, String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let sent = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    const due = output.includes('started cc\n') ? 1 + (output.match(/^got /gm)?.length ?? 0) : 0;
    while (sent < Math.min(due, signals.length)) child.kill(signals[sent++]);
  });
  await new Promise((resolve) => child.once('exit', resolve));
  return output;
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'after %s what runs may end, nothing is started, and the next run goes on',
  async (signal) => {
    const directory = scratch();
    const output = await interrupt(directory, 400, [signal]);
    expect(output).toContain(`got ${signal}`);
    expect(output.trimEnd().endsWith('interrupted')).toBe(true);
    const journal = readJournal(stateDirectory(directory).journal);
    expect(journal.at(-1)).toMatchObject({ type: 'run-finished', status: 'interrupted' });
    const finished = journal.flatMap((event) => (event.type === 'build-finished' ? [event.build] : []));
    expect(finished).toEqual(['libc<stage1>', 'cc<stage1>', 'cc']);
    const { builder, after } = await run(directory, compilerPlan());
    expect(after.status).toBe('complete');
    expect(builder.started).not.toContain('cc');
  },
);

test('a second ^C ends what runs at once; it is no failure of the build', async () => {
  const directory = scratch();
  await interrupt(directory, 3_600_000, ['SIGINT', 'SIGINT']);
  const journal = readJournal(stateDirectory(directory).journal);
  expect(journal.filter((event) => event.type === 'build-failed')).toEqual([]);
  const { builder, after } = await run(directory, compilerPlan());
  expect(builder.started).toContain('cc');
  expect(after.status).toBe('complete');
});

test('^C ends what is fetched before the first build, too', async () => {
  const home = scratch();
  const metadata = files(join(home, 'm'), {
    'seed.yaml': toolsSeed,
    'hello.yaml': builtSource('hello', 'tools', 'true'),
  });
  // Apt that waits without end for another apt; other locks are taken as ever.
  const flock = '#!/bin/sh\ncase "$*" in *apt*) echo "$$" >waits; exec sleep 1000 ;; esac\nexec /usr/bin/flock "$@"\n';
  files(join(home, 'bin'), { flock });
  chmodSync(join(home, 'bin/flock'), 0o755);
  const child = spawn(join(root, 'bin/bootplan'), ['run', '--metadata', metadata, '--state', 'state'], {
    cwd: home,
    env: { ...process.env, PATH: `${join(home, 'bin')}:${process.env.PATH}`, XDG_CACHE_HOME: join(home, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const waits = () => globSync('cache/bootplan/apt/*/waits', { cwd: home })[0];
  while (waits() === undefined && child.exitCode === null) await pause(20);
  const waiting = Number(readFileSync(join(home, waits()!), 'utf8'));
  // Node would open its debugger to everybody, and say so.
  child.kill('SIGUSR1');
  await pause(100);
  child.kill('SIGINT');
  while (!stderr.includes('once more stops it now') && child.exitCode === null) await pause(20);
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, stderr]).toEqual([130, expect.stringMatching(/stopped; the same command goes on from here\n$/)]);
  expect(stderr).not.toMatch(/bootplan: |Debugger/);
  expect(existsSync(`/proc/${waiting}`)).toBe(false);
  expect(readJournal(join(home, 'state/journal.ndjson')).at(-1)).toMatchObject({ status: 'interrupted' });
});

test('a full disk stops the run with its own exit code, and with room again it goes on to the same archives', async () => {
  const undisturbed = scratch();
  await run(undisturbed, compilerPlan());
  const directory = scratch();
  mkdirSync(join(directory, 'small'));
  const inside = `
    mount -t tmpfs -o size=$1 tmpfs small || exit 99
    "$2" "$3" small; echo "exit $?"
    mount -o remount,size=64m small
    "$2" "$3" small; echo "exit $?"
    cp -rL small/archives/. whole/archives`;
  for (const size of ['120k', '200k', '320k']) {
    mkdirSync(join(directory, 'whole/archives'), { recursive: true });
    const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', inside, 'sh', size, process.execPath, script];
    const ran = spawnSync('unshare', args, { cwd: directory, encoding: 'utf8' });
    expect(ran.stdout, ran.stderr).toContain('complete\nexit 0');
    expect(ran.stdout.match(/exit \d+/g), ran.stdout + ran.stderr).toEqual(['exit 1', 'exit 0']);
    expect(ran.stderr).toMatch(/ENOSPC|No space left/);
    expect(archives(join(directory, 'whole'))).toEqual(archives(undisturbed));
    rmSync(join(directory, 'whole'), { recursive: true });
  }
});

test('a full /dev/shm stops the run as a full disk does, and with room again it goes on', async () => {
  const undisturbed = scratch();
  await run(undisturbed, compilerPlan());
  // The clone itself may lie in what is covered, so it is looked at through another door.
  const door = join(scratch(), 'clone');
  mkdirSync(door);
  const behindDoor = (path: string): string => (path.startsWith(root) ? join(door, path.slice(root.length)) : path);
  const inside = `
    mount --bind "$4" "$5" || exit 98
    mount -t tmpfs -o size=3g,nr_inodes=$1 tmpfs /dev/shm || exit 99
    "$2" "$3" whole; echo "exit $?"
    mount -o remount,size=3g,nr_inodes=10000 /dev/shm
    "$2" "$3" whole; echo "exit $?"
    echo "left: $(ls -A /dev/shm)"`;
  for (const inodes of ['3', '6', '11']) {
    const directory = scratch();
    const started = [behindDoor(process.execPath), behindDoor(script), root, door];
    const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', inside, 'sh', inodes, ...started];
    const ran = spawnSync('unshare', args, { cwd: directory, encoding: 'utf8' });
    expect(ran.stdout.match(/exit \d+|left: .*/g), ran.stdout + ran.stderr).toEqual(['exit 1', 'exit 0', 'left: ']);
    expect(ran.stderr).toMatch(/ENOSPC.*\/dev\/shm|\/dev\/shm.*No space left/);
    expect(archives(join(directory, 'whole'))).toEqual(archives(undisturbed));
  }
});

test('of several started at the same instant one works, and the others are told so', async () => {
  const undisturbed = scratch();
  await run(undisturbed, compilerPlan());
  const directory = scratch();
  const started = Array.from({ length: 3 }, () => {
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    return new Promise<string>((resolve) => child.once('close', (code) => resolve(code === 0 ? 'done' : said)));
  });
  const ends = await Promise.all(started);
  expect(ends).toContain('done');
  for (const end of ends) if (end !== 'done') expect(end).toMatch(/is in use by process \d+/);
  expect(archives(directory)).toEqual(archives(undisturbed));
  const seqs = readJournal(stateDirectory(directory).journal).map((event) => event.seq);
  expect(seqs).toEqual([...seqs.keys()]);
});
