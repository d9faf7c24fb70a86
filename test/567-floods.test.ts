/** Whatever talks without end, a build, a program or a guest: bootplan goes on, and what it keeps has a limit. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { exitCode, Interrupted } from '../src/errors.ts';
import { watchMachine } from '../src/runner/boot/qemu.ts';
import { waitedSeconds } from '../src/runner/boot/waited.ts';
import { BoundedText } from '../src/runner/bounded-text.ts';
import type { BuildOutcome, InputDeb } from '../src/runner/builder.ts';
import { splitOutputs } from '../src/runner/builders/packages.ts';
import { treeDigest, treeEntries } from '../src/runner/files/file-tree.ts';
import { removeTree } from '../src/runner/files/remove-tree.ts';
import { sweepScratch, takeScratch } from '../src/runner/files/scratch.ts';
import { sortedInTurns } from '../src/runner/files/turns.ts';
import { type Ending, heeding } from '../src/runner/heeding.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { runProcess } from '../src/runner/process.ts';
import { carried, sharesOf } from '../src/runner/sandbox/log-carrier.ts';
import { followLines } from '../src/runner/sandbox/log-follower.ts';
import { defaultLimits } from '../src/runner/sandbox/sandbox.ts';
import { buildSubject, hostTools, projectOf } from './rig/host-tools.ts';
import { files, scratch } from './rig/program.ts';

const home = scratch();
let tools: InputDeb;
beforeAll(() => {
  tools = hostTools(home);
});

const place = () => ({ directory: mkdtempSync(join(home, 'build-')), inputs: [tools] });
const limits = { ...defaultLimits, logBytes: 2 ** 20 };

type Failed = Extract<BuildOutcome, { ok: false }>;
function failure(outcome: BuildOutcome): Failed {
  expect(outcome.ok).toBe(false);
  return outcome as Failed;
}

/** Empty lines, as fast as a program can write them, for ever. */
const flood = `perl -e '$x = "\\n" x 65536; print $x while 1'`;

test('a build that floods its log for ever is ended by a signal', async () => {
  const at = place();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1000);
  failure(await buildSubject(projectOf({ build: flood }), at, { limits }, { signal: stop.signal }));
  expect(statSync(join(at.directory, 'log')).size).toBeLessThanOrEqual(limits.logBytes);
});

test('so it is by its time limit', async () => {
  const at = place();
  const outcome = failure(
    await buildSubject(projectOf({ build: `${flood} >&2` }), at, { limits }, { timeoutSeconds: 1 }),
  );
  expect(outcome.message).toBe('not done after 1 seconds');
  expect(statSync(join(at.directory, 'log')).size).toBeLessThanOrEqual(limits.logBytes);
});

test('of a log that is too long the beginning, the end and the steps between are kept, and failures named as ever', async () => {
  const at = place();
  const steps: string[] = [];
  const much = 'perl -e \'$x = "." x 70 . "\\n"; print $x x 40000\'';
  const outcome = failure(
    await buildSubject(
      projectOf({ build: `echo first; ${much}`, check: `echo between; ${much}`, install: 'echo last; exit 3' }),
      at,
      { limits },
      { onStep: (step) => steps.push(step) },
    ),
  );
  const log = readFileSync(join(at.directory, 'log'), 'utf8');
  expect(log.length).toBeLessThanOrEqual(limits.logBytes);
  expect(steps).toEqual(['build', 'check', 'install']);
  expect(outcome).toMatchObject({ step: 'install', exitCode: 3, message: 'step install ended with exit code 3' });
  const told = log.split('\n').filter((line) => !line.startsWith('....'));
  expect(told.filter((line) => !line.startsWith('+'))).toEqual([
    '>>> step build',
    'first',
    '... this log is too long: what follows is left out, but for its end ...',
    '>>> step check',
    '>>> step install',
    expect.stringMatching(/^\.\.\. \d+ bytes are left out here \.\.\.$/),
    '>>> step install',
    'last',
    '>>> end 3 in install',
    '',
  ]);
});

/** What the carrier of logs makes of a text, written in pieces. */
async function carry(text: string, logBytes: number): Promise<string> {
  const log = join(mkdtempSync(join(home, 'carry-')), 'log');
  writeFileSync(log, '');
  const [program, ...args] = [...carried(logBytes), 'cat'];
  await runProcess(program!, args, { input: text, log });
  return readFileSync(log, 'latin1');
}

test('a log that fits is kept byte for byte', async () => {
  for (const text of ['', 'x', 'a\nb', '\0\xff\n'.repeat(20), '>>> step a\n'.repeat(30)])
    expect(await carry(text, 2 ** 16)).toBe(Buffer.from(text).toString('latin1'));
});

test('a longer one never takes more than its limit, and keeps both ends', async () => {
  for (const [count, line] of [
    [50_000, '0123456789\n'],
    [500_000, '.'],
    [60_000, '>>> step x\n'],
    [3, `${'y'.repeat(300_000)}\n`],
  ] as const) {
    const text = line.repeat(count);
    for (const logBytes of [2 ** 12, 2 ** 14, 2 ** 16]) {
      const kept = await carry(text, logBytes);
      const { head, tail } = sharesOf(logBytes);
      expect(kept.length).toBeLessThanOrEqual(logBytes);
      expect(kept.slice(0, head)).toBe(text.slice(0, head));
      const end = kept.slice(kept.lastIndexOf('left out here ...\n') + 'left out here ...\n'.length);
      expect(text.endsWith(end) && end.length > tail - 4096 && end.length <= tail).toBe(true);
    }
  }
});

test('who follows a file is told every line that has a text in it, once, in whatever pieces it comes', async () => {
  const lines = fc.array(fc.constantFrom('', 'x', '>>> step a', 'y>>> step b', 'z'.repeat(5000), '\n\n'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 3000 }), async (all, piece) => {
      const file = join(mkdtempSync(join(home, 'follow-')), 'log');
      const text = all.map((line) => `${line}\n`).join('');
      const [having, every]: string[][] = [[], []];
      const stop = followLines(file, (line) => having!.push(line), '>>> step ');
      const stopEvery = followLines(file, (line) => every!.push(line));
      for (let at = 0; at < text.length; at += piece) appendFileSync(file, text.slice(at, at + piece));
      stop();
      stopEvery();
      const expected = text.split('\n').slice(0, -1);
      expect(every).toEqual(expected);
      expect(having).toEqual(expected.filter((line) => line.includes('>>> step ')));
    }),
    { numRuns: 50 },
  );
});

test('bounded text is the text, or its two ends with a line between them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 40 }), { maxLength: 20 }),
      fc.integer({ min: 2, max: 200 }),
      (pieces, limit) => {
        const bounded = new BoundedText(limit);
        const bytes = pieces.map((piece) => Buffer.from(piece, 'latin1'));
        for (const piece of bytes) bounded.add(piece);
        const whole = Buffer.concat(bytes);
        const half = Math.floor(limit / 2);
        if (whole.length <= 2 * half) {
          expect(bounded.text()).toBe(whole.toString('utf8'));
          return;
        }
        expect(bounded.isCut).toBe(true);
        const [head, tail] = [whole.subarray(0, half), whole.subarray(whole.length - half)];
        const left = `\n... ${whole.length - 2 * half} bytes are left out here ...\n`;
        expect(bounded.text()).toBe(head.toString('utf8') + left + tail.toString('utf8'));
      },
    ),
  );
});

test('a program that complains for ever is ended by a signal', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 500);
  const ended = await runProcess('sh', ['-c', `${flood} >&2`], { signal: stop.signal });
  expect(ended.aborted).toBe(true);
  expect(ended.stdout.length + ended.stderr.length).toBeLessThanOrEqual(2 ** 26 + 100);
});

test('an answer without an end is ended as soon as it is longer than anybody would read', async () => {
  await expect(runProcess('sh', ['-c', flood])).rejects.toMatchObject({ exit: exitCode.tryAgain });
  // Also of who would fail afterwards.
  const failing = `perl -e 'print "." x 3000; exit 1'`;
  await expect(runProcess('sh', ['-c', failing], { mostOutput: 1000 })).rejects.toMatchObject({
    exit: exitCode.tryAgain,
  });
});

test('of what a program complains both ends are kept; an answer that is too long is none', async () => {
  const much = `perl -e 'print STDERR "begin\\n", "." x 5000000, "\\nend\\n"; print "." x 3000'`;
  const ended = await runProcess('sh', ['-c', much]);
  expect(ended.stderr).toMatch(/^begin\n\.+\n\.\.\. \d+ bytes are left out here \.\.\.\n\.+\nend$/);
  expect([ended.stderr.length <= 2 ** 20 + 100, ended.stdout.length]).toEqual([true, 3000]);
  await expect(runProcess('sh', ['-c', much], { mostOutput: 1000 })).rejects.toMatchObject({ exit: exitCode.tryAgain });
});

test.each(['console', 'verdict'])('a guest that writes to its %s without end is ended, and said so', async (which) => {
  const directory = mkdtempSync(join(home, 'guest-'));
  const [console, verdict] = [join(directory, 'console'), join(directory, 'verdict')];
  const options = { timeoutSeconds: 600, done: () => false, files: [verdict] };
  const watched = await watchMachine('sh', ['-c', `${flood} >${join(directory, which)}`], console, options);
  expect(watched).toMatchObject({ end: 'flood', said: 'the guest wrote more than 64 MiB, and was ended' });
  expect(watched.console.length).toBeLessThanOrEqual(8 * 2 ** 20 + 100);
});

test('seconds in which a machine got no processor are not counted in its limit, up to ten times as many', async () => {
  const end = async (program: string, timeoutSeconds: number, uncounted?: () => number) => {
    const console = join(mkdtempSync(join(home, 'starved-')), 'console');
    const done = (text: string) => text.includes('BOOTPLAN-OK');
    const options = { timeoutSeconds, done, ...(uncounted !== undefined && { uncounted }) };
    return (await watchMachine('sh', ['-c', program, 'sh', console], console, options)).end;
  };
  const slow = 'sleep 2; echo BOOTPLAN-OK >"$1"; exec sleep 60';
  expect(await end(slow, 1)).toBe('time');
  expect(await end(slow, 1, () => 0)).toBe('time');
  expect(await end(slow, 1, () => 600)).toBe('seen');
  expect(await end('exec sleep 60', 0.2, () => 600)).toBe('time');
});

test('a program that shares a processor with another waits for it, one that sleeps waits for nothing', async () => {
  const cpu = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  const spin = ['taskset', '-c', cpu, 'perl', '-e', '1 while 1'];
  const [one, other, idle] = [spin, spin, ['sleep', '60']].map(([program, ...args]) =>
    spawn(program!, args, { stdio: 'ignore' }),
  );
  const ended = Promise.all([one!, other!, idle!].map((child) => new Promise((go) => child.once('exit', go))));
  const waited = () => waitedSeconds(one!.pid!) + waitedSeconds(other!.pid!);
  for (let looks = 0; looks < 1000 && waited() < 0.5; looks++) await pause(20);
  expect(waited()).toBeGreaterThanOrEqual(0.5);
  expect(waitedSeconds(idle!.pid!)).toBeLessThan(waited());
  for (const child of [one, other, idle]) child!.kill('SIGKILL');
  await ended;
  expect(waitedSeconds(one!.pid!)).toBe(0);
});

test('what a program of ours has started dies with bootplan', async () => {
  const mark = `${3_000_000 + process.pid}`;
  const script = `const { runProcess } = await import('${new URL('../src/runner/process.ts', import.meta.url)}');
    console.log('started');
    await runProcess('sleep', ['${mark}']);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const sleeps = async (): Promise<boolean> =>
    (await runProcess('ps', ['-eo', 'args'])).stdout.includes(`sleep ${mark}\n`);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  while (!(await sleeps())) await pause(20);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  for (let looks = 0; looks < 100 && (await sleeps()); looks++) await pause(20);
  expect(await sleeps()).toBe(false);
  expect(existsSync(`/proc/${child.pid}`)).toBe(false);
});

/** What `work` yields, and how often timers had their turn before that. */
async function turnsOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly turns: number }> {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const value = await work();
  clearInterval(timer);
  return { value, turns };
}

/** Many small files in few and in many directories, with what is hard to list or remove. */
function manyFiles(name: string, flat = 900): string {
  const directory = files(join(home, name), { 'deep/a/b/c': 'x', large: Buffer.alloc(2 ** 23, 1) });
  for (let i = 0; i < flat; i++) writeFileSync(join(directory, `flat${i}`), '');
  for (let i = 0; i < 300; i++) mkdirSync(join(directory, `empty/${i}`), { recursive: true });
  symlinkSync(home, join(directory, 'out'));
  return directory;
}

test('a tree of any size is listed, digested and cut into packages in turns', async () => {
  const directory = manyFiles('listed', 9000);
  const listed = await turnsOf(() => treeEntries(directory));
  const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const lines = new Map([
    ['deep/a/b/c', `644\x00${sha256('x')}`],
    ['large', `644\x00${sha256(Buffer.alloc(2 ** 23, 1))}`],
    ['out', `link\0${home}`],
    ...Array.from({ length: 9000 }, (_, i) => [`flat${i}`, `644\x00${sha256('')}`] as const),
    ...Array.from({ length: 300 }, (_, i) => [`empty/${i}`, 'directory'] as const),
  ]);
  const paths = [...lines.keys()].sort();
  expect(listed.value.map(({ path }) => path)).toEqual(paths);
  expect(listed.turns).toBeGreaterThan(0);
  const digested = await turnsOf(() => treeDigest(directory));
  expect(digested.value).toBe(sha256(paths.map((path) => `${path}\0${lines.get(path)}`).join('\n')));
  expect(digested.turns).toBeGreaterThan(0);
  const split = await turnsOf(() => splitOutputs(directory, []));
  expect(split.value).toMatchObject({ ok: false, message: expect.stringContaining('and 9293 more') });
  expect(split.turns).toBeGreaterThan(0);
});

test('what is sorted in turns is sorted as at once, equal things in the order that they had', async () => {
  const all = Array.from({ length: 20_000 }, (_, i) => ({ key: (i * 7919) % 1013, i }));
  const expected = all.toSorted((a, b) => a.key - b.key || a.i - b.i);
  const sorted = await turnsOf(() => sortedInTurns(all, (a, b) => a.key - b.key));
  expect(sorted.value).toEqual(expected);
  expect(sorted.turns).toBeGreaterThan(0);
  for (const few of [[], [1], [2, 1]]) expect(await sortedInTurns(few, (a, b) => a - b)).toEqual(few.toSorted());
});

test('a tree of any size is removed in turns, whatever lies in it, and nothing that its links name', async () => {
  const directory = manyFiles('removed', 20_000);
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe])]), '');
  chmodSync(join(directory, 'deep/a'), 0);
  const { turns } = await turnsOf(() => removeTree(directory));
  expect(existsSync(directory)).toBe(false);
  expect(existsSync(home)).toBe(true);
  expect(turns).toBeGreaterThan(0);
  await removeTree(directory);
  const link = join(home, 'link-to-listed');
  symlinkSync(files(join(home, 'kept'), { file: 'x' }), link);
  await removeTree(link);
  expect([existsSync(link), existsSync(join(home, 'kept/file'))]).toEqual([false, true]);
  const dashes = files(join(home, '-rf'), { '--help': '', '-x/y': '' });
  await removeTree(dashes);
  expect(existsSync(dashes)).toBe(false);
});

/** Ends the work as soon as something is so: only a timer that has its turn can see it. */
function endingWhen(isSo: () => boolean): { readonly ending: Ending; readonly stop: () => void } {
  const kill = new AbortController();
  const timer = setInterval(() => isSo() && kill.abort(), 0);
  return { ending: { kill: kill.signal, leave: kill.signal }, stop: () => clearInterval(timer) };
}

test('a signal ends work on what a build left at once: while it is listed, digested, packed and removed', async () => {
  const many = 'perl -e \'mkdir "$ENV{D}/usr"; for (1..8000) { open my $f, ">", "$ENV{D}/usr/file-$_" or die }\'';
  const reached = async (isSo: (directory: string) => boolean): Promise<void> => {
    const at = place();
    const { ending, stop } = endingWhen(() => isSo(at.directory));
    await expect(heeding(ending, () => buildSubject(projectOf({ install: many }), at))).rejects.toThrow(Interrupted);
    stop();
  };
  const work = (directory: string) => join(stateDirectory(join(directory, 'state')).work, 'subject');
  // The steps have ended, nothing is packed yet.
  await reached((directory) => existsSync(join(work(directory), 'usage')));
  // The first files are in the tree of the package.
  await reached((directory) => existsSync(join(work(directory), 'packages/subject/usr')));
  await reached((directory) => existsSync(join(work(directory), 'packages/subject/DEBIAN/control')));
  const directory = manyFiles('half', 20_000);
  const { ending, stop } = endingWhen(() => true);
  await expect(heeding(ending, () => removeTree(directory))).rejects.toThrow(Interrupted);
  stop();
  expect(existsSync(directory)).toBe(true);
});

test('what cannot be tidied up in time is left, and goes with the next bootplan', async () => {
  const state = mkdtempSync(join(home, 'state-'));
  const scratch = await takeScratch(join(state, 'work'), state);
  mkdirSync(join(scratch.path, 'many'));
  expect(await scratch.release(AbortSignal.abort())).toBe(false);
  expect(existsSync(join(state, 'work/many'))).toBe(true);
  expect(await sweepScratch(state)).toContain(join(state, 'work'));
  expect(existsSync(join(state, 'work'))).toBe(false);
});
