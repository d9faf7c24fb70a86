/**
 * One part of a real run is killed and the rest is not: a program of the sandbox, the indexer, the packer, bootplan
 * itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../src/runner/journal/journal.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { endIn } from '../src/runner/recipe/steps.ts';
import { buildSubject, hostTools, projectOf } from './rig/host-tools.ts';
import { files, needs, root, scratch } from './rig/program.ts';
import { builtSource, toolsSeed } from './rig/project-rig.ts';
import { archives } from './rig/run-rig.ts';

const tries = Number(process.env.BOOTPLAN_KILLS ?? 5);

const source = (name: string, depends: string): string =>
  builtSource(name, depends, `for i in 1 2 3 4; do sleep 0.05; echo ${name} >>greeting; done`);

const home = scratch();
const metadata = files(join(home, 'metadata'), {
  'seed.yaml': toolsSeed,
  'hello.yaml': source('hello', 'tools'),
  'other.yaml': source('other', 'tools'),
  'user.yaml': source('user', 'hello, tools'),
});

interface Going {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

function start(state: string, path = process.env.PATH): Going {
  const args = ['run', '--metadata', metadata, '--state', state, '-j2'];
  const child = spawn(join(root, 'bin/bootplan'), args, {
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr }))) };
}

const run = async (state: string, path?: string) => await start(state, path).ended;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

function processes(): readonly Process[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [, name, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${entry}/stat`, 'latin1'))!;
      return [{ pid: Number(entry), name: name!, parent: Number(rest!.split(' ')[1]) }];
    } catch {
      return [];
    }
  });
}

/** Everything that a process started, directly or not. */
function family(pid: number): readonly Process[] {
  const all = processes();
  const found: Process[] = [];
  const parents = [pid];
  for (const parent of parents)
    for (const child of all.filter((p) => p.parent === parent)) {
      found.push(child);
      parents.push(child.pid);
    }
  return found;
}

const sandboxed = ['time', 'unshare', 'timeout', 'bwrap', 'sh', 'sleep', 'dash'];

/**
 * Waits until a program runs in a sandbox, and up to some milliseconds longer; kills one of the sandbox's programs.
 * Tells which, or '' when there was none.
 */
async function killOneOfTheSandbox({ child, ended }: Going, awaited: string, longer: number): Promise<string> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const inside = () => family(child.pid!).filter((p) => sandboxed.includes(p.name));
  while (!over && !inside().some((p) => p.name === awaited)) await new Promise((next) => setTimeout(next, 5));
  await new Promise((next) => setTimeout(next, Math.random() * longer));
  const victims = inside();
  const victim = victims[Math.floor(Math.random() * victims.length)];
  if (victim === undefined) return '';
  try {
    process.kill(victim.pid, 'SIGKILL');
    return victim.name;
  } catch {
    return '';
  }
}

/** A directory for PATH in which a program is killed a while after it has started, so many times. */
function deadly(directory: string, program: string, times: number, seconds: number): string {
  mkdirSync(directory, { recursive: true });
  files(directory, {
    [program]: `#!/bin/sh
for i in $(seq ${times}); do
  if mkdir "${directory}/killed-$i" 2>/dev/null; then
    if [ ${seconds} = 0 ]; then kill -9 $$; fi
    (sleep ${seconds}; kill -9 $$) >/dev/null 2>&1 &
    break
  fi
done
PATH=$(echo "$PATH" | sed 's|^[^:]*:||')
exec ${program} "$@"
`,
  });
  chmodSync(join(directory, program), 0o755);
  return `${directory}:${process.env.PATH}`;
}

function wordsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** What a run may not leave: work, unfinished files, processes with the directory in their words. */
function leftovers(state: string): readonly string[] {
  const { work } = stateDirectory(state);
  const unfinished = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.unfinished'));
  const alive = processes().filter(({ pid }) => wordsOf(pid).includes(work));
  return [...(existsSync(work) ? [work] : []), ...unfinished, ...alive.map((p) => `${p.pid} ${p.name}`)];
}

const retried = (state: string): readonly string[] =>
  readJournal(stateDirectory(state).journal).flatMap((e) => (e.type === 'build-failed' ? [`${e.retriable}`] : []));

const whole = join(home, 'whole');
const limit = 60_000 + tries * 30_000;

test(
  `${tries} sandboxes killed one by one: tried once more, and nothing else is to be seen of it`,
  async () => {
    expect((await run(whole)).code).toBe(0);
    const killed: string[] = [];
    let failures = 0;
    for (let i = 0; i < tries; i++) {
      const state = join(home, `sandbox-${i}`);
      const going = start(state);
      // How soon a sandbox is where it builds depends on the machine: only what sleeps is surely there.
      const building = i % 2 === 0;
      const victim = await (building
        ? killOneOfTheSandbox(going, 'sleep', 50)
        : killOneOfTheSandbox(going, 'bwrap', 400));
      const { code, stderr } = await going.ended;
      killed.push(victim);
      expect(code, `${victim} killed: ${stderr}`).toBe(0);
      const again = retried(state);
      expect(again.every((word) => word === 'true')).toBe(true);
      failures += again.length;
      expect(archives(state), victim).toEqual(archives(whole));
      expect(leftovers(state), victim).toEqual([]);
      rmSync(state, { recursive: true });
    }
    expect(killed.filter((name) => name !== '').length).toBeGreaterThan(tries / 2);
    expect(failures).toBeGreaterThan(tries / 4);
  },
  limit,
);

test(
  `${tries} kills of bootplan while sandboxes run: all of them die with it, and the next run goes on`,
  async () => {
    for (let i = 0; i < tries; i++) {
      const state = join(home, `bootplan-${i}`);
      const { child, ended } = start(state);
      const running = () => family(child.pid!).some((p) => p.name === 'bwrap');
      while (child.exitCode === null && !running()) await new Promise((next) => setTimeout(next, 5));
      await new Promise((next) => setTimeout(next, Math.random() * 800));
      child.kill('SIGKILL');
      await ended;
      const { code, stderr } = await run(state);
      expect(code, stderr).toBe(0);
      expect(archives(state)).toEqual(archives(whole));
      expect(leftovers(state)).toEqual([]);
      rmSync(state, { recursive: true });
    }
  },
  limit,
);

test.runIf(needs('apt-ftparchive'))(
  `${tries} kills of apt-ftparchive: it is asked once more, and the archives are the same`,
  async () => {
    for (let i = 0; i < tries; i++) {
      const state = join(home, `index-${i}`);
      const seconds = i === 0 ? 0 : Math.random() * 0.05;
      const { code, stderr } = await run(state, deadly(join(home, `bin-${i}`), 'apt-ftparchive', 1, seconds));
      expect(code, stderr).toBe(0);
      expect(archives(state)).toEqual(archives(whole));
      expect(leftovers(state)).toEqual([]);
      rmSync(state, { recursive: true });
    }
  },
  limit,
);

test('apt-ftparchive killed again and again: the error says what it is, and that the same command goes on', async () => {
  const state = join(home, 'index-always');
  const { code, stderr } = await run(state, deadly(join(home, 'bin-always'), 'apt-ftparchive', 9, 0));
  expect(code).toBe(75);
  expect(stderr).toContain('apt-ftparchive was ended by SIGKILL, twice');
  expect(stderr).toContain('the same command goes on from here');
  const after = await run(state);
  expect(after.code).toBe(0);
  expect(after.stderr).not.toContain('built ');
  expect(archives(state)).toEqual(archives(whole));
  expect(leftovers(state)).toEqual([]);
});

test('a packer that was killed is evidence of load, not the end of the run', async () => {
  const place = { directory: join(home, 'packer'), inputs: [hostTools(join(home, 'packer'))] };
  const outcome = buildSubject(
    projectOf({ build: 'mkdir $D/usr; head -c 10000000 /dev/urandom >$D/usr/noise' }),
    place,
  );
  let packer: Process | undefined;
  for (let ended = false; !ended && packer === undefined; ) {
    packer = processes().find((p) => p.parent === process.pid && wordsOf(p.pid).includes('--build'));
    ended = await Promise.race([
      outcome.then(() => true),
      new Promise<false>((next) => setTimeout(() => next(false), 2)),
    ]);
  }
  process.kill(packer!.pid, 'SIGKILL');
  expect(await outcome).toMatchObject({ ok: false, step: 'collect', signal: 'SIGKILL', retriable: true });
});

test('a sandbox that fails after its build has ended well was ended from outside', () => {
  expect(endIn('+ false\n>>> end 1 in build\n', 1)).toEqual({ step: 'build' });
  expect(endIn('+ true\n>>> end 0 in build\nunshare: sigprocmask unblock failed: Invalid argument\n', 1)).toBe(
    undefined,
  );
});
