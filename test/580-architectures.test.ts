/**
 * Several architectures in one run: the native plan makes the tools, the crossed ones take them, all is seen as one.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import type { RunEvent } from '../src/events.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { Plan } from '../src/model.ts';
import { ledgerOf, ledgerViolations } from '../src/runner/archive/ledger.ts';
import { nativesOf, toolBuilds } from '../src/runner/build/native-tools.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { Session } from '../src/runner/journal/session.ts';
import { crossedArchitectures, crossedDirectory, stateDirectory } from '../src/runner/journal/state-directory.ts';
import { Together } from '../src/runner/run/combined-runs.ts';
import { lookAt } from '../src/runner/run/inspect-state.ts';
import { runPlan } from '../src/runner/run/run.ts';
import type { RunOptions } from '../src/runner/run/run-options.ts';
import { selectionsOf } from '../src/runner/run/selection.ts';
import { criticalPaths } from '../src/runner/scheduling/schedule.ts';
import { verifyRun } from '../src/runner/verify/verification.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { readPlan } from '../src/stages/plan-file.ts';
import { formatPlan } from '../src/stages/plan-format.ts';
import { FakeBuilder, type Script } from './rig/fake-builder.ts';
import { files, scratch } from './rig/program.ts';
import { plannedSource } from './rig/project-rig.ts';
import { dispatcherOf, usual } from './rig/run-rig.ts';

const base = scratch();

const metadata = files(join(base, 'metadata'), {
  'seed.yaml': 'Seed:\n  - {Package: seed-cc, Version: "1", debian: [gcc]}\n',
  'cc.yaml': plannedSource('cc', 'cc <!cross>, seed-cc:native <cross>, libc', 'Build-Depends-Bootstrap1: seed-cc\n'),
  'data.yaml': plannedSource('data', 'seed-cc:native'),
  'libc.yaml': plannedSource('libc', 'cc:native'),
  'only.yaml': plannedSource('only', 'cc').replace('Architecture: any', 'Architecture: amd64'),
  'sh.yaml': plannedSource('sh', 'cc:native, libc, sh:native <cross>'),
});

async function planFor(architecture: string, buildArchitecture = 'amd64'): Promise<Plan> {
  const read = await readProject(metadata, { architecture, buildArchitecture, targets: 'all' });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  const resolved = resolve(read.value.universe);
  return (await makePlan(resolved, { wishes: 'none' })).plan;
}

const [native, arm64] = await Promise.all([planFor('amd64'), planFor('arm64')]);

interface Outcome {
  readonly events: readonly (RunEvent & { readonly label: string | undefined })[];
  readonly started: readonly string[];
  readonly together: Together;
}

let count = 0;
const fresh = (): string => join(base, `state-${count++}`);

class CrossBuilder extends FakeBuilder {
  async crossCompiler(build: { readonly source: string }): Promise<string | undefined> {
    return build.source === 'cc' || build.source === 'data' ? 'gcc-aarch64-linux-gnu 4:12' : undefined;
  }
}

/** Both plans, as `run --arch amd64,arm64` goes through them. */
async function both(
  directory: string,
  scripts: { readonly native?: Record<string, Script>; readonly crossed?: Record<string, Script> } = {},
  options: Partial<RunOptions> = {},
  nativeOptions: Partial<RunOptions> = options,
  jobs = 2,
): Promise<Outcome> {
  const parent = stateDirectory(directory);
  const session = await Session.open(parent, 'test');
  const within = await session.within(crossedDirectory(parent, 'arm64'));
  const together = new Together([
    {
      label: undefined,
      session,
      plan: native,
      ...(nativeOptions.wanted && { wanted: new Set(nativeOptions.wanted.map((index) => native.builds[index]!.id)) }),
    },
    { label: 'arm64', session: within, plan: arm64 },
  ]);
  const events: Outcome['events'][number][] = [];
  together.listen((event, label) => events.push({ ...event, label }));
  const builders = [new FakeBuilder(scripts.native), new CrossBuilder(scripts.crossed, 'arm64')] as const;
  try {
    const dispatcher = dispatcherOf({ limits: { jobs, cores: jobs, memoryBytes: 2 ** 40 } });
    await runPlan(session, native, builders[0], { ...usual, dispatcher, rounds: 3, ...nativeOptions });
    const natives = await nativesOf(readPlan(parent.plan), session.state, session.cache);
    await runPlan(within, arm64, builders[1], { ...usual, dispatcher, label: 'arm64', ...options, natives });
  } finally {
    await within.close();
    await session.close();
  }
  const started = [...builders[0].started, ...builders[1].started.map((id) => `arm64/${id}`)];
  return { events, started, together };
}

const statusOf = ({ together }: Outcome, build: string) => together.state.builds.get(namedBuild(build))?.status;

test('what is crossed is built from the final archive of the native plan, by content, and is clean', async () => {
  const directory = fresh();
  const outcome = await both(directory);
  expect(outcome.started.filter((id) => id.startsWith('arm64/'))).toHaveLength(4);
  expect([...outcome.together.state.builds.values()].map((b) => b.status)).toEqual(
    outcome.together.plan.builds.map(() => 'done'),
  );
  const crossed = crossedDirectory(stateDirectory(directory), 'arm64');
  const here = lookAt(stateDirectory(directory));
  const ledger = ledgerOf(lookAt(crossed).plan, lookAt(crossed).state);
  const shell = ledger.find(({ build }) => build === 'sh')!;
  expect(shell.installed.map(({ name, build, archive }) => `${name} ${build} ${archive}`)).toEqual([
    expect.stringMatching(/^cc:amd64 amd64\/cc#\d final$/),
    'libc libc final',
    expect.stringMatching(/^sh:amd64 amd64\/sh#?\d? final$/),
  ]);
  expect(ledger.map(({ archive, tainted }) => [archive, tainted])).toEqual(ledger.map(() => ['final', false]));
  const nativeLedger = ledgerOf(here.plan, here.state);
  expect(ledgerViolations(arm64, ledger, nativeLedger)).toEqual([]);
  expect(ledgerViolations(arm64, ledger, [])[0]).toMatch(/cc:amd64 installed, which is not what amd64\/cc#\d yielded/);
  const final = nativeLedger.filter(({ source, archive }) => source === 'sh' && archive === 'final').at(-1)!;
  expect(shell.installed.at(-1)!.sha256).toBe(Object.values(final.outputs)[0]);
});

test('what the seed compiled says so, in ledger and provenance, and only that', async () => {
  const directory = fresh();
  await both(directory);
  const crossed = crossedDirectory(stateDirectory(directory), 'arm64');
  const lines = readFileSync(crossed.ledger, 'utf8').trim().split('\n');
  const by = lines.map((line) => JSON.parse(line)).map((entry) => [entry.source, entry.crossCompiledBy]);
  expect(Object.fromEntries(by)).toEqual({
    cc: "the seed's gcc-aarch64-linux-gnu 4:12",
    data: "the seed's gcc-aarch64-linux-gnu 4:12",
    libc: undefined,
    sh: undefined,
  });
  const statement = JSON.parse(readFileSync(join(crossed.provenance, 'cc.json'), 'utf8'));
  expect(statement.predicate.buildDefinition.internalParameters.crossCompiledBy).toMatch(/^the seed's gcc-aarch64/);
  const here = lookAt(stateDirectory(directory));
  const verification = await verifyRun(crossed, lookAt(crossed), ledgerOf(here.plan, here.state));
  expect(verification.problems).toEqual([]);
  expect(verification.crossCompiled.map(({ build }) => build).sort()).toEqual(['cc', 'data']);
  expect(readFileSync(stateDirectory(directory).ledger, 'utf8')).not.toContain('crossCompiledBy');
});

test('one cache and one lock; a second run does nothing', async () => {
  const directory = fresh();
  await both(directory);
  const parent = stateDirectory(directory);
  expect(crossedArchitectures(parent)).toEqual(['arm64']);
  const below = join(directory, 'arch/arm64');
  expect(readdirSync(below).sort()).toEqual(
    expect.arrayContaining(['archives', 'journal.ndjson', 'ledger.ndjson', 'plan.json', 'provenance']),
  );
  expect(['cache', 'downloads', 'lock'].filter((name) => existsSync(join(below, name)))).toEqual([]);
  const session = await Session.open(parent, 'first');
  await expect(Session.open(parent, 'second')).rejects.toThrow('is in use by');
  await session.close();
  const again = await both(directory);
  expect(again.started).toEqual([]);
  expect(again.events.filter((e) => e.type === 'build-finished' && e.how === 'run')).toEqual([]);
});

test('a native tool that fails blocks what waits for it, by name; the rest goes on', async () => {
  const directory = fresh();
  // Every round has the same content, so that nothing but the failure keeps anything from being done.
  const steady = { 'cc#*': { content: () => 'cc' }, 'libc#*': { content: () => 'libc' } };
  const outcome = await both(directory, { native: { ...steady, 'sh#*': { fail: { step: 'build' } } } });
  expect(statusOf(outcome, 'sh')).toBe('failed');
  expect(['data', 'cc', 'libc'].map((name) => statusOf(outcome, `arm64/${name}`))).toEqual(['done', 'done', 'done']);
  expect(statusOf(outcome, 'arm64/sh')).toBe('blocked');
  const blocked = outcome.events.filter((e) => e.type === 'build-blocked' && e.label === 'arm64');
  expect(blocked.map((e) => e.type === 'build-blocked' && [e.build, ...e.by])).toEqual([
    ['arm64/sh', expect.stringMatching(/^amd64\/sh/)],
  ]);
  const mended = await both(directory, { native: steady });
  expect(mended.started.filter((id) => id.startsWith('arm64/'))).toEqual(['arm64/sh']);
  expect(statusOf(mended, 'arm64/sh')).toBe('done');
});

test('the report of a crossed build names it as every command takes it', async () => {
  const directory = fresh();
  const reports = join(directory, 'reports');
  const outcome = await both(directory, { crossed: { libc: { fail: { step: 'build' } } } }, { reports });
  expect(statusOf(outcome, 'arm64/libc')).toBe('failed');
  const [file] = readdirSync(reports);
  const report = JSON.parse(readFileSync(join(reports, file!), 'utf8'));
  expect(report.build).toBe('arm64/libc');
  expect(report.blocks.toSorted()).toEqual(['arm64/cc', 'arm64/sh']);
  expect(report.help).toEqual(
    ['log', 'shell', 'run --package'].map((command) => `bootplan ${command} 'arm64/libc' --state ${directory}`),
  );
});

test('a tool with other content means other cross builds, one with the same content none', async () => {
  const directory = fresh();
  await both(directory);
  const same = await both(directory, { native: { 'sh#*': { fingerprint: 'new' } } });
  expect(same.started.filter((id) => id.startsWith('arm64/'))).toEqual([]);
  const other = await both(directory, { native: { 'sh#*': { fingerprint: 'newer', content: () => 'other' } } });
  expect(other.started.filter((id) => id.startsWith('arm64/'))).toEqual(['arm64/sh']);
});

test('how many build side by side changes no byte of either ledger', async () => {
  const [one, four] = [fresh(), fresh()];
  await both(one, {}, {}, {}, 1);
  await both(four, {}, {}, {}, 4);
  for (const name of ['ledger.ndjson', 'arch/arm64/ledger.ndjson', 'arch/arm64/archives/final/Packages'])
    expect(readFileSync(join(one, name), 'utf8'), name).toBe(readFileSync(join(four, name), 'utf8'));
});

test('what is built on machines of its own waits for nothing here', async () => {
  const plan = await planFor('arm64', 'arm64');
  expect(plan.native).toBeUndefined();
  const session = await Session.open(stateDirectory(fresh()), 'test');
  try {
    const together = new Together([
      { label: undefined, session, plan: native },
      { label: 'arm64', session, plan },
    ]);
    const { builds } = together.plan;
    const before = native.builds.length;
    const across = builds.flatMap(({ id, needs }, i) => (i >= before && needs.some((n) => n < before) ? [id] : []));
    expect(across).toEqual([]);
    expect(builds.slice(before).map(({ id }) => id)).toEqual(plan.builds.map(({ id }) => `arm64/${id}`));
  } finally {
    session.close();
  }
});

test('for the other architecture alone only the tools are built here', async () => {
  const wanted = toolBuilds(native, arm64.native!.binaries);
  const sources = new Set(wanted.map((index) => native.builds[index]!.source));
  expect([...sources].sort()).toEqual(['cc', 'libc', 'sh']);
  const outcome = await both(fresh(), {}, {}, { wanted });
  expect(outcome.started.filter((id) => /^(data|only)/.test(id))).toEqual([]);
  expect(arm64.builds.map((b) => statusOf(outcome, `arm64/${b.id}`))).toEqual(arm64.builds.map(() => 'done'));
  // What nobody asked for is no part of the way: in the end all of it is done.
  const { plan, state } = outcome.together;
  expect(plan.builds).toHaveLength(wanted.length + arm64.builds.length);
  expect(plan.builds.every(({ needs }, i) => needs.every((need) => need < i))).toBe(true);
  expect(plan.builds.map(({ id }) => state.builds.get(id)?.status)).toEqual(plan.builds.map(() => 'done'));
  expect(state.builds.size).toBe(plan.builds.length);
});

test('in the one view a cross build waits for the tools it installs', async () => {
  const { together } = await both(fresh());
  const { builds } = together.plan;
  const shell = builds.find(({ id }) => id === 'arm64/sh')!;
  const named = shell.needs.map((index) => builds[index]!.id);
  expect(named).toEqual([expect.stringMatching(/^cc#/), expect.stringMatching(/^sh/), 'arm64/libc']);
  expect(builds.every(({ needs }, i) => needs.every((need) => need < i))).toBe(true);
  // Nothing is crossed before the native plan is done: no estimate may have the two side by side.
  const chain = criticalPaths(
    builds.map(({ needs }) => needs),
    () => 1,
  );
  const crossed = Math.max(...chain.filter((_, i) => builds[i]!.id.startsWith('arm64/')));
  const here = builds.filter(({ id }) => !id.startsWith('arm64/')).map(({ needs }) => needs);
  expect(Math.max(...chain)).toBe(Math.max(...criticalPaths(here, () => 1)) + crossed);
});

test('a name without an architecture means all that have it; one with it means that one', () => {
  const all = [native, arm64];
  const names = (...given: string[]) => {
    const selected = selectionsOf(all, { phases: [], names: given });
    return selected.ok ? selected.value.map((one) => one?.names) : selected.diagnostics.map((d) => d.message);
  };
  expect(names('sh')).toEqual([['sh'], ['sh']]);
  expect(names('arm64/sh')).toEqual([undefined, ['sh']]);
  expect(names('amd64/sh', 'libc')).toEqual([['sh', 'libc'], ['libc']]);
  expect(names('only')).toEqual([['only'], undefined]);
  expect(names('arm64/only')).toEqual(['the plan has no build "only"']);
  expect(names('riscv64/sh')).toEqual(['the plan has no architecture "riscv64"']);
  const phased = selectionsOf(all, { phases: ['interim'], names: [] });
  expect(phased.ok && phased.value.map((one) => one?.phases)).toEqual([['interim'], ['interim']]);
});

test('a crossed plan says what the native one owes it, and is the same when read again', () => {
  expect(arm64.native).toEqual({ architecture: 'amd64', binaries: ['cc:amd64', 'sh:amd64'] });
  expect(arm64.builds.map(({ id, archive }) => `${id} ${archive}`).sort()).toEqual([
    'cc final',
    'data final',
    'libc final',
    'sh final',
  ]);
  const path = join(base, 'plan.json');
  mkdirSync(base, { recursive: true });
  files(base, { 'plan.json': formatPlan(arm64) });
  expect(readPlan(path)).toEqual(arm64);
});

test('a plan that has only grown by tools takes the place of the one before, any other is refused', async () => {
  const directory = fresh();
  const smaller = { ...native, builds: native.builds.filter(({ source }) => source !== 'only') };
  const at = async (plan: Plan, options: Partial<RunOptions>) => {
    const session = await Session.open(stateDirectory(directory), 'test');
    try {
      return await runPlan(session, plan, new FakeBuilder(), { ...usual, dispatcher: dispatcherOf(), ...options });
    } finally {
      await session.close();
    }
  };
  await at(smaller, {});
  await expect(at(native, {})).rejects.toThrow('is another plan than the one to run now');
  await expect(at(native, { grewFrom: '0'.repeat(64) })).rejects.toThrow('is another plan');
  expect((await at(native, { grewFrom: sha256(formatPlan(smaller)) })).status).toBe('complete');
});
