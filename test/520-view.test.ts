/** Views are folds: the same journal, the same screen, at any width and with or without colour. */

import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Painter } from '../src/application/output/painter.ts';
import { namedBuild } from '../src/build-id.ts';
import { actionDigest } from '../src/digests.ts';
import type { SignedSource } from '../src/events/before-builds.ts';
import type { RunEvent, RunEventBody } from '../src/events.ts';
import { liveLines } from '../src/reports/run/live.ts';
import { blockedLine, heartbeat, runLine } from '../src/reports/run/run-lines.ts';
import { advance, nothingRun, replay } from '../src/run-state.ts';
import { lastWords } from '../src/runner/recipe/steps.ts';
import { expectedClockSeconds } from '../src/runner/scheduling/build-estimate.ts';
import { progressOf } from '../src/runner/scheduling/progress.ts';
import { compilerPlan } from './rig/fake-builder.ts';

const plan = compilerPlan();
const finished = (build: string, seconds: number): RunEventBody => ({
  type: 'build-finished',
  build: namedBuild(build),
  action: actionDigest('0'),
  how: 'run',
  archive: 'stage1',
  seconds,
  cpuSeconds: seconds,
  outputs: {},
  installed: [],
  tainted: false,
  sandboxed: true,
});

/** A run of which a minute is told: two stage builds done, sh failed, libc running. */
const told: readonly (readonly [second: number, body: RunEventBody])[] = [
  [0, { type: 'run-started', plan: 'p', overrides: '', builds: plan.builds.map((b) => b.id), resumed: false }],
  [1, { type: 'build-started', build: namedBuild('libc<stage1>'), action: actionDigest('0'), attempt: 1 }],
  [18, finished('libc<stage1>', 17)],
  [18, { type: 'build-started', build: namedBuild('cc<stage1>'), action: actionDigest('0'), attempt: 1 }],
  [21, finished('cc<stage1>', 3)],
  [21, { type: 'stage-finished', stage: 1, built: 2, failed: 0 }],
  [22, { type: 'build-started', build: namedBuild('cc'), action: actionDigest('0'), attempt: 1 }],
  [25, finished('cc', 3)],
  [25, { type: 'build-started', build: namedBuild('libc'), action: actionDigest('0'), attempt: 1 }],
  [25, { type: 'build-started', build: namedBuild('sh'), action: actionDigest('0'), attempt: 1 }],
  [26, { type: 'step-started', build: namedBuild('libc'), step: 'configure' }],
  [
    27,
    {
      type: 'build-failed',
      build: namedBuild('sh'),
      step: 'configure',
      exitCode: 77,
      message: 'configure: error: no acceptable compiler\nfound in $PATH',
      report: '.bootplan/failures/sh.json',
      retriable: false,
    },
  ],
  [27, { type: 'build-blocked', build: namedBuild('sh#2'), by: [namedBuild('sh')] }],
  [27, { type: 'build-blocked', build: namedBuild('sh#3'), by: [namedBuild('sh')] }],
];

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 12, 4, second)).toISOString();
const journal: readonly RunEvent[] = told.map(([second, body], seq) => ({ seq, at: at(second), ...body }));
const state = replay(journal);
const weights: Readonly<Record<string, number>> = { libc: 17, cc: 3, sh: 4 };
const progress = progressOf(
  plan,
  state,
  expectedClockSeconds(plan, state, { coreSeconds: (source) => weights[source]!, coresEach: 1 }),
  2,
  at(35),
);

test('the numbers: what is done, what runs, what holds it up, what may still be to come', () => {
  expect(progress).toMatchObject({ total: 11, done: 3, blocked: 2, elapsedSeconds: 35 });
  expect(progress.running).toEqual([{ build: 'libc', step: 'configure', seconds: 10, expectedSeconds: 17 }]);
  expect(progress.critical).toEqual(['libc', 'cc#2', 'libc#2', 'cc#3', 'libc#3']);
  expect(progress.remainingSeconds).toBe(7 + 3 + 17 + 3 + 17);
  expect(progress.frees).toEqual([{ build: 'libc', waiting: 4 }]);
});

test('the estimate never falls below the longest chain, and all done is a hundred percent', () => {
  const done = plan.builds.map((b): RunEvent => ({ seq: 0, at: at(30), ...finished(b.id, 1) }));
  const end = progressOf(
    plan,
    replay([journal[0]!, ...done]),
    plan.builds.map(() => 1),
    2,
    at(31),
  );
  expect(end).toMatchObject({ percent: 100, done: 11, remainingSeconds: 0, critical: [], running: [] });
});

for (const columns of [40, 80, 200])
  for (const colour of [false, true])
    test(`the live view at ${columns} columns ${colour ? 'in colour' : 'without colour'}`, async () => {
      const lines = liveLines(progress, { columns, rows: 24, colour });
      const name = `./fixtures/520-view/${columns}${colour ? '-colour' : ''}.txt`;
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(name);
    });

test('at most a third of the screen, and no line wider than it, whatever happened', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  const anyProgress = fc.record({
    total: fc.nat(100),
    done: fc.nat(100),
    failed: fc.array(fc.record({ build: word.map(namedBuild), step: word, message: word, report: word })),
    blocked: fc.nat(5),
    running: fc.array(fc.record({ build: word, step: word, seconds: fc.nat(9999), expectedSeconds: fc.nat(9999) })),
    critical: fc.array(word),
    frees: fc.array(fc.record({ build: word.map(namedBuild), waiting: fc.nat(50) })),
    percent: fc.nat(100),
    elapsedSeconds: fc.nat(1e6),
    remainingSeconds: fc.option(fc.nat(1e6), { nil: undefined }),
  });
  fc.assert(
    fc.property(anyProgress, fc.integer({ min: 10, max: 200 }), fc.integer({ min: 1, max: 60 }), (p, columns, rows) => {
      const lines = liveLines(p, { columns, rows, colour: true }).map(stripVTControlCharacters);
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, Math.floor(rows / 3)));
      for (const line of lines) expect([...line].length).toBeLessThan(columns);
      expect(lines.join('')).not.toContain('\x1b');
    }),
  );
});

test('without a terminal: a line for each thing that ended', async () => {
  let now = nothingRun;
  const lines = journal.flatMap((event) => {
    now = advance(now, event);
    const done = [...now.builds.values()].filter((b) => b.status === 'done').length;
    return runLine(event, { done, total: plan.builds.length }) ?? [];
  });
  expect(lines).toEqual([
    '12:04:00 11 builds',
    '12:04:18 built libc<stage1> (0:17) 1/11',
    '12:04:21 built cc<stage1> (0:03) 2/11',
    '12:04:21 stage 1 finished: 2 built',
    '12:04:25 built cc (0:03) 3/11',
    '12:04:27 FAILED sh in configure: configure: error: no acceptable compiler; report: .bootplan/failures/sh.json',
  ]);
  const blocked = journal.filter((event) => event.type === 'build-blocked');
  expect(blockedLine(blocked)).toBe('12:04:27 blocked by sh: sh#2, sh#3');
  expect(blockedLine(Array(20).fill(blocked[0]))).toMatch(/: (sh#2, ){7}sh#2 and 12 more$/);
  expect(heartbeat(at(35), progress.running, { done: 3, total: 11 })).toBe(
    '12:04:35 running: libc (configure, 0:10) 3/11',
  );
  expect(heartbeat(at(35), [], { done: 3, total: 11 })).toBe(
    '12:04:35 running: no build (seed, sources or archives are being prepared) 3/11',
  );
});

test('what is made before the first build can start is shown, until one starts', () => {
  const [begun] = journal;
  const making: RunEvent = { seq: 1, at: at(2), type: 'preparing', what: 'base' };
  const first: RunEvent = { seq: 2, at: at(9), ...told[1]![1] };
  const seen = (events: readonly RunEvent[]) =>
    progressOf(
      plan,
      replay(events),
      plan.builds.map(() => 1),
      2,
      at(9),
    ).running;
  expect(heartbeat(at(9), seen([begun!, making]), { done: 0, total: 11 })).toBe(
    '12:04:09 running: base of the chroots (making, 0:07) 0/11',
  );
  expect(seen([begun!, making, first]).map(({ build }) => build)).toEqual(['libc<stage1>']);
  expect(runLine(making, { done: 0, total: 11 })).toBe('12:04:02 making the base of the chroots');
  expect(runLine({ ...making, changed: true }, { done: 0, total: 11 })).toContain('changed since it was made');
});

test('signatures of sources are told in one line, those that are not good by name', () => {
  const source = (name: string, signature: SignedSource['signature']) => ({
    source: name,
    version: '1',
    signature,
    key: '',
  });
  const checked = (keyrings: readonly string[], ...sources: readonly SignedSource[]): RunEvent => ({
    seq: 0,
    at: at(1),
    type: 'sources-checked',
    keyrings,
    sources,
  });
  const line = (event: RunEvent) => runLine(event, { done: 0, total: 11 });
  expect(line(checked(['debian-keyring.gpg'], source('a', 'good'), source('b', 'expired'), source('c', 'none')))).toBe(
    '12:04:01 signatures of sources: 1 of 3 good; by a key that has expired since: b; without a signature: c',
  );
  expect(line(checked([], source('a', 'unchecked')))).toContain('sudo apt-get install debian-keyring');
});

test('the painter draws over itself and lets lasting lines stand', () => {
  let written = '';
  let lines = ['one', 'two'];
  const painter = new Painter({ write: (text: string) => (written += text) }, () => lines);
  painter.draw();
  lines = ['three'];
  painter.print('built cc');
  painter.stop();
  expect(written).toBe('\x1b[?25l' + 'one\ntwo\n' + '\x1b[2F\x1b[Jbuilt cc\n' + 'three\n' + '\x1b[1F\x1b[J\x1b[?25h');
});

test('a failed build tells what it said last: the lines of the step itself, and not those of the shell', () => {
  const log =
    '>>> step unpack\n+ tar x\ntar: nothing\n>>> step build\n+ cc -c foo.c\nfoo.c:1: \u001b[31merror\n\n++ pwd\n+ exit 1\n>>> end 1 in build\n';
  expect(lastWords(log)).toEqual(['foo.c:1: \u001b[31merror']);
  expect(lastWords('>>> step build\n+ test -n \n')).toEqual(['+ test -n ']);
  expect(lastWords('>>> step build\n1\n2\n3\n4\n')).toEqual(['2', '3', '4']);
  expect(lastWords('')).toEqual([]);
  const line = runLine(
    {
      ...{ seq: 0, at: '2026-11-21T12:04:27.000Z', type: 'build-failed', step: 'build', exitCode: 1 },
      ...{ message: 'step build ended with exit code 1', said: lastWords(log), retriable: false },
      build: namedBuild('sh'),
    },
    { done: 0, total: 1 },
  );
  expect(line).toBe(
    '12:04:27 FAILED sh in build: step build ended with exit code 1\n           foo.c:1: \\x1b[31merror',
  );
});
