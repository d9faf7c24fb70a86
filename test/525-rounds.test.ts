/** What the comparison has not found settled is built again until it is, or until the declared rounds are over. */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { labelled } from '../src/events/labelled.ts';
import type { RunEvent, RunEventBody, Unsettled } from '../src/events.ts';
import type { Plan } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import { runLine } from '../src/reports/run/run-lines.ts';
import { differenceLine } from '../src/reports/run/unsettled.ts';
import { ledgerOf, ledgerViolations } from '../src/runner/archive/ledger.ts';
import { differencesLeft } from '../src/runner/build/unsettled-builds.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { knownPlan } from '../src/runner/journal/known-plan.ts';
import { Session } from '../src/runner/journal/session.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { Together } from '../src/runner/run/combined-runs.ts';
import { lookAt } from '../src/runner/run/inspect-state.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { anotherRound } from '../src/stages/another-round.ts';
import { installationSet } from '../src/stages/installation-set.ts';
import { readPlan } from '../src/stages/plan-file.ts';
import { formatPlan } from '../src/stages/plan-format.ts';
import { branded } from './rig/branded.ts';
import { compilerPlan, planOf, type Script } from './rig/fake-builder.ts';
import { generations, settling } from './rig/fake-generations.ts';
import { root, scratch } from './rig/program.ts';
import { archives, run, runIn } from './rig/run-rig.ts';

const rounds = { rounds: 3 };
const added = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'round-added' ? [event.builds] : []));
const finalContent = (directory: string, source: string): string =>
  /\{(.*?)\}/.exec(archives(directory)[`final/pool/${source}_1.0-1+bp1_amd64.deb`]!)![1]!;

/** A compiler that needs itself, and a shell that no stage starts. */
const rippling = (): Plan =>
  planOf([
    { source: 'cc', stage: 1 },
    { source: 'cc', installs: ['cc'] },
    { source: 'sh', installs: ['cc'] },
    { source: 'cc', round: 2, installs: ['cc'] },
    { source: 'cc', round: 3, installs: ['cc'], compare: true },
  ]);

test('a plan that is settled gets no round', async () => {
  const { events, after } = await run(scratch(), compilerPlan(), settling(1), rounds);
  expect(added(events)).toEqual([]);
  expect(events.filter((e) => e.type === 'not-settled')).toEqual([]);
  expect(after).toMatchObject({ status: 'complete', rounds: 0, unsettled: [] });
});

test('what a compiler makes of itself settles when two generations are equal, and others follow', async () => {
  const directory = scratch();
  const { events, after, state, builder } = await run(directory, compilerPlan(), settling(5), rounds);
  expect(added(events)).toEqual([
    ['cc#4', 'libc#4', 'sh#4'],
    ['cc#5', 'libc#5', 'sh#5'],
  ]);
  expect(after).toMatchObject({ status: 'complete', rounds: 2, unsettled: [] });
  const plan = readPlan(state.plan);
  expect(plan.builds.map((b) => b.id)).toEqual([...after.builds.keys()]);
  expect(builder.started).toHaveLength(plan.builds.length);
  expect(differencesLeft(plan, after)).toEqual([]);
  expect(after.comparisons.get(namedBuild('cc#4'))).toMatchObject({ against: 'cc#3', identical: false });
  expect(after.comparisons.get(namedBuild('cc#5'))).toMatchObject({ against: 'cc#4', identical: true });
  expect(ledgerViolations(plan, ledgerOf(plan, after))).toEqual([]);
  expect((await verifyRun(state, lookAt(state))).problems).toEqual([]);
  expect(finalContent(directory, 'cc')).toBe('5');
});

test('a change ripples into a source that no stage starts: it is built again with what is final now', async () => {
  const directory = scratch();
  const scripts = {
    'cc<stage1>': { content: () => '{1}' },
    cc: { content: () => '{2}' },
    'cc#*': { content: () => '{3}' },
    'sh#*': { content: generations((inputs) => `with cc ${inputs.cc}`) },
  };
  const { events, after } = await run(directory, rippling(), scripts, rounds);
  expect(added(events)).toEqual([['sh#2'], ['sh#3']]);
  const [first] = events.flatMap((e) => (e.type === 'round-added' ? [e] : []));
  expect(first!.because[0]).toEqual({
    source: 'sh',
    build: 'sh',
    differs: false,
    replaced: [{ binary: 'cc', build: 'cc', by: 'cc#3' }],
  });
  expect(after.comparisons.get(namedBuild('sh#2'))).toMatchObject({ identical: false, changedInputs: ['cc'] });
  expect(after.comparisons.get(namedBuild('sh#3'))).toMatchObject({ identical: true, changedInputs: [] });
  expect(after).toMatchObject({ status: 'complete', unsettled: [] });
  expect(finalContent(directory, 'sh')).toBe('with cc 3');
});

test('a build of an added round can be asked for by name, and alone', async () => {
  const directory = scratch();
  const { state } = await run(directory, compilerPlan(), settling(5), rounds);
  const known = knownPlan(state, compilerPlan());
  expect(known.builds.map((b) => b.id)).toContain('sh#4');
  expect(knownPlan(state, rippling()).builds).toHaveLength(rippling().builds.length);
  const mended = { ...settling(5), 'sh#4': { ...settling(5)['sh#*'], fingerprint: 'mended' } };
  const none = await run(directory, compilerPlan(), mended, { ...rounds, wanted: [] });
  expect(none.builder.started).toEqual([]);
  const one = await run(directory, compilerPlan(), mended, { ...rounds, wanted: [], wantedRounds: new Set(['sh#4']) });
  expect(one.builder.started).toEqual(['sh#4']);
  writeFileSync(state.plan, 'damaged');
  expect(knownPlan(state, compilerPlan()).builds).toHaveLength(compilerPlan().builds.length);
});

test('what is never twice the same ends after the declared rounds, is named, and fails nothing', async () => {
  for (const limit of [0, 1, 3]) {
    let tick = 0;
    const scripts: Record<string, Script> = {
      'cc#*': { content: () => `{${++tick}}` },
      'sh#*': { content: () => '{sh}' },
    };
    const { events, after, state } = await run(scratch(), rippling(), scripts, { rounds: limit });
    expect(added(events)).toHaveLength(limit);
    expect(after.status).toBe('complete');
    const last = `cc#${3 + limit}`;
    expect(differencesLeft(readPlan(state.plan), after)).toEqual([
      { build: last, against: `cc#${2 + limit}`, files: ['cc: /usr/share/cc/content'], changedInputs: [] },
    ]);
    expect(after.unsettled.find(({ source }) => source === 'cc')).toMatchObject({ build: last, differs: true });
  }
});

test('the next run comes to the same rounds without a word, and builds nothing', async () => {
  const directory = scratch();
  let tick = 0;
  const scripts = { ...settling(5), 'sh#*': { content: () => `{${++tick}}` } };
  const once = await run(directory, compilerPlan(), scripts, rounds);
  const before = archives(directory);
  const ledger = readFileSync(once.state.ledger, 'utf8');
  const again = await run(directory, compilerPlan(), scripts, rounds);
  expect(again.builder.started).toEqual([]);
  const said = again.events.map((e) => (e.type === 'round-added' ? [e.type, e.resumed] : e.type));
  const round = ['round-added', true];
  expect(said).toEqual(['run-started', round, round, round, 'run-finished']);
  expect(again.after).toMatchObject({ status: 'complete', rounds: 3, unsettled: once.after.unsettled });
  expect(again.after.builds).toEqual(once.after.builds);
  expect(archives(directory)).toEqual(before);
  expect(readFileSync(once.state.ledger, 'utf8')).toBe(ledger);
});

test('a round tells its builds as they stand in the plan, so that a view that hears of it needs no file', async () => {
  const directory = scratch();
  const session = await Session.open(stateDirectory(directory), 'test');
  const runs = new Together([{ label: undefined, session, plan: compilerPlan() }]);
  const lengths: number[] = [];
  runs.listen((event) => {
    if (event.type === 'round-added') lengths.push(runs.plan.builds.length);
  });
  await runIn(session, compilerPlan(), settling(5), rounds);
  await session.close();
  expect(lengths).toEqual([14, 17]);
  const told = readJournal(stateDirectory(directory).journal).flatMap((e) =>
    e.type === 'round-added' ? [e.planned] : [],
  );
  expect(told.flat()).toEqual(runs.plan.builds.slice(compilerPlan().builds.length));
});

test('a journal of a former version, whose rounds tell nothing but names, is gone on with', async () => {
  const directory = scratch();
  const broken = { ...settling(5), 'libc#5': { fail: { step: 'build' } } };
  const { state } = await run(directory, compilerPlan(), broken, rounds);
  const former = readJournal(state.journal).map((event) => {
    if (event.type !== 'round-added') return JSON.stringify(event);
    const { planned: _, ...named } = event;
    return JSON.stringify(named);
  });
  expect(former.filter((line) => line.includes('"planned"'))).toEqual([]);
  writeFileSync(state.journal, `${former.join('\n')}\n`);
  expect(lookAt(state).state.rounds).toBe(2);
  const { after, builder } = await run(directory, compilerPlan(), settling(5), rounds);
  expect(after).toMatchObject({ status: 'complete', rounds: 2, unsettled: [] });
  expect(builder.started).toEqual(['libc#5', 'sh#5']);
});

test('told what to build, a run keeps the rounds that are done and adds none', async () => {
  const directory = scratch();
  const plan = compilerPlan();
  const partly = await run(directory, plan, settling(5), { ...rounds, wanted: plan.builds.map((_, i) => i) });
  expect(added(partly.events)).toEqual([]);
  await run(directory, plan, settling(5), rounds);
  const before = archives(directory);
  const { builder, after } = await run(directory, plan, settling(5), { rounds: 0, wanted: [0] });
  expect(builder.started).toEqual([]);
  expect(after.rounds).toBe(2);
  expect(archives(directory)).toEqual(before);
});

test('a mended recipe begins without the rounds of before', async () => {
  const directory = scratch();
  await run(directory, compilerPlan(), settling(5), rounds);
  const mended = Object.fromEntries(
    Object.entries(settling(1)).map(([id, script]) => [id, { ...script, fingerprint: 'mended' }]),
  );
  const { after, state } = await run(directory, compilerPlan(), mended, rounds);
  expect(after).toMatchObject({ status: 'complete', rounds: 0, unsettled: [] });
  expect(differencesLeft(readPlan(state.plan), after)).toEqual([]);
  expect((await verifyRun(state, lookAt(state))).problems).toEqual([]);
});

test('a build that fails in an added round is a failure, and the next run goes on from there', async () => {
  const directory = scratch();
  const broken = { ...settling(5), 'libc#4': { fail: { step: 'build' } } };
  const { after } = await run(directory, compilerPlan(), broken, rounds);
  expect(after.status).toBe('incomplete');
  expect(after.builds.get(namedBuild('libc#4'))?.status).toBe('failed');
  expect(after.builds.get(namedBuild('sh#4'))?.status).toBe('blocked');
  const mended = await run(directory, compilerPlan(), settling(5), rounds);
  expect(mended.after).toMatchObject({ status: 'complete', rounds: 2 });
  expect(mended.builder.started).not.toContain('cc#4');
});

test('killed in the middle of an added round, a run ends with the same archives', async () => {
  const undisturbed = scratch();
  await run(undisturbed, compilerPlan(), settling(5), rounds);
  for (const build of ['cc#4', 'sh#4', 'libc#5']) {
    const directory = scratch();
    const child = spawn(process.execPath, [join(root, 'test/rig/fake-generations.ts'), directory, build], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', () => child.kill('SIGKILL'));
    await new Promise((resolve) => child.once('exit', resolve));
    expect(child.signalCode).toBe('SIGKILL');
    const { plan, state } = lookAt(stateDirectory(directory));
    expect(plan.builds.length).toBe(state.builds.size);
    expect(existsSync(join(directory, 'archives/final'))).toBe(false);
    const { after, builder } = await run(directory, compilerPlan(), settling(5), rounds);
    expect(after.status).toBe('complete');
    expect(builder.started).toContain(build);
    expect(builder.started).not.toContain('cc#3');
    expect(archives(directory)).toEqual(archives(undisturbed));
    expect(readFileSync(stateDirectory(directory).ledger, 'utf8')).toBe(
      readFileSync(stateDirectory(undisturbed).ledger, 'utf8'),
    );
  }
});

test('any round leaves the plan before it as it was, and is read back from the file as it was written', () => {
  const base = compilerPlan();
  const file = join(scratch(), 'plan.json');
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.constantFrom('cc', 'libc', 'sh')), { maxLength: 4 }), (each) => {
      const plan = each.reduce<Plan>((longer, sources) => anotherRound(longer, sources.map(sourceName)), base);
      expect(plan.builds.slice(0, base.builds.length)).toEqual(base.builds);
      expect(plan.builds.length).toBe(base.builds.length + each.flat().length);
      expect(new Set(plan.builds.map((b) => b.id)).size).toBe(plan.builds.length);
      for (const [i, { needs, round, source }] of plan.builds.entries()) {
        if (i < base.builds.length) continue;
        const installed = installationSet(plan, i).flatMap(({ build }) => (build === 'seed' ? [] : [build]));
        expect(needs).toEqual([...new Set(installed)].sort((a, b) => a - b));
        expect(plan.builds.filter((b) => b.source === source && b.round === round - 1)).toHaveLength(1);
      }
      writeFileSync(file, formatPlan(plan));
      expect(readPlan(file).builds.slice(base.builds.length)).toEqual(plan.builds.slice(base.builds.length));
    }),
  );
});

test('it is told in words', () => {
  const because: readonly Unsettled[] = branded([
    { source: 'cc', build: 'cc#3', differs: true, replaced: [] },
    { source: 'sh', build: 'sh', differs: false, replaced: [{ binary: 'cc', build: 'cc', by: 'cc#3' }] },
  ]);
  const at = { seq: 0, at: '2026-01-01T12:04:00.000Z' };
  const line = (event: RunEventBody) => runLine({ ...at, ...event }, { done: 0, total: 0 });
  const added: RunEventBody = {
    type: 'round-added',
    round: 1,
    builds: [namedBuild('cc#4'), namedBuild('sh#2')],
    because,
    resumed: false,
  };
  const why = 'cc#3 is not as the round before; sh was built with cc of cc (now of cc#3)';
  expect(line(added)).toBe(`12:04:00 one more round for cc#4, sh#2: ${why}`);
  expect(line({ ...added, resumed: true })).toBeUndefined();
  const ended: RunEventBody = { type: 'not-settled', rounds: 1, builds: because };
  expect(labelled({ ...at, ...added }, 'arm64')).toMatchObject({
    builds: ['arm64/cc#4', 'arm64/sh#2'],
    because: [
      { source: 'cc', build: 'arm64/cc#3' },
      { build: 'arm64/sh', replaced: [{ binary: 'cc', build: 'arm64/cc', by: 'arm64/cc#3' }] },
    ],
  });
  expect(labelled({ ...at, ...ended }, 'arm64')).toMatchObject({
    builds: [{ build: 'arm64/cc#3' }, { build: 'arm64/sh' }],
  });
  expect(line(ended)).toBe(`12:04:00 WARNING: not settled after 1 more round: ${why}`);
  expect(line({ ...ended, builds: [] })).toBeUndefined();
  const difference = {
    build: namedBuild('cc#4'),
    against: namedBuild('cc#3'),
    files: ['cc: /usr/bin/cc'],
    changedInputs: [],
  };
  expect(differenceLine(difference)).toBe('not reproducible: cc#4 differs from cc#3: cc: /usr/bin/cc');
  expect(differenceLine({ ...difference, changedInputs: ['libc'] })).toMatch(/^changed with libc: cc#4 differs/);
});
