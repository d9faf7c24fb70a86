/**
 * Several architectures at once: one budget holds for all of them together, and what comes out is what came out alone.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import type { RunEvent } from '../src/events.ts';
import type { Plan, SeedBinary } from '../src/model.ts';
import { sourceName } from '../src/names.ts';
import { replay } from '../src/run-state.ts';
import type { Builder, BuildRequest } from '../src/runner/builder.ts';
import { SeedStore } from '../src/runner/fetch/seed.ts';
import { sha256, sha256File } from '../src/runner/files/digest.ts';
import { readJournal } from '../src/runner/journal/journal.ts';
import { Session } from '../src/runner/journal/session.ts';
import { crossedDirectory, stateDirectory } from '../src/runner/journal/state-directory.ts';
import { runPlan } from '../src/runner/run/run.ts';
import type { Limits } from '../src/runner/scheduling/resource-budget.ts';
import { FakeBuilder, planOf, type Script } from './rig/fake-builder.ts';
import { files, scratch } from './rig/program.ts';
import { archives, dispatcherOf, usual } from './rig/run-rig.ts';

const base = scratch();
const control = 'Package: tool\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: x\n';
const architectures = ['amd64', 'arm64', 'armhf', 'riscv64'];

/** A chain of two, and two that wait for nothing. */
const plan: Plan = planOf([
  { source: 'a', installs: ['seed-cc'] },
  { source: 'b', installs: ['a'] },
  { source: 'c', installs: ['seed-cc'] },
  { source: 'd', installs: ['seed-cc'] },
]);

interface Case {
  readonly directory?: string;
  readonly limits?: Partial<Limits>;
  readonly keepGoing?: boolean;
  readonly memory?: number;
  readonly drain?: AbortSignal;
  readonly onBuild?: () => void;
  /** By architecture. */
  readonly scripts?: Readonly<Record<string, Readonly<Record<string, Script>>>>;
  readonly builders?: Readonly<Record<string, Partial<Builder>>>;
}

let count = 0;

/** Runs one plan for every architecture side by side; tells what each build saw at its start. */
async function sideBySide({ directory = join(base, `${count++}`), ...how }: Case) {
  const parent = stateDirectory(directory);
  const first = await Session.open(parent, 'test');
  const limits: Limits = { jobs: 3, cores: 3, memoryBytes: 100, ...how.limits };
  const dispatcher = dispatcherOf({
    limits,
    keepGoing: how.keepGoing ?? true,
    ...(how.drain && { drain: how.drain }),
  });
  const running = new Set<string>();
  const seen: (readonly string[])[] = [];
  const events: (RunEvent & { readonly architecture: string })[] = [];
  const one = async (architecture: string) => {
    const session = architecture === 'amd64' ? first : await first.within(crossedDirectory(parent, architecture));
    session.listen((event) => events.push({ ...event, architecture }));
    const fake = new FakeBuilder(how.scripts?.[architecture]);
    const builder: Builder = {
      fingerprint: (build) => fake.fingerprint({ ...build, source: sourceName(`${architecture} ${build.source}`) }),
      prepare: (builds) => fake.prepare(builds),
      async build(request: BuildRequest) {
        const name = `${architecture}/${request.build.id}`;
        running.add(name);
        seen.push([...running]);
        how.onBuild?.();
        try {
          return await fake.build(request);
        } finally {
          running.delete(name);
        }
      },
      ...how.builders?.[architecture],
    };
    try {
      const expected = () => ({ coresUsed: () => 1, memoryBytes: () => how.memory ?? 0 });
      const state = await runPlan(session, plan, builder, { ...usual, dispatcher, expected });
      return state.status;
    } finally {
      if (session !== first) await session.close();
    }
  };
  const ended = await Promise.allSettled(architectures.map(one));
  await first.close();
  const statusOf = (architecture: string, build: string): string => {
    const own = architecture === 'amd64' ? parent : crossedDirectory(parent, architecture);
    return replay(readJournal(own.journal)).builds.get(namedBuild(build))?.status ?? '';
  };
  return { directory, seen, events, ended, statusOf };
}

const asleep: Record<string, Script> = Object.fromEntries(plan.builds.map(({ id }) => [id, { sleep: 20 }]));
const allAsleep = Object.fromEntries(architectures.map((name) => [name, asleep]));
const architecturesOf = (names: readonly string[]) => new Set(names.map((name) => name.split('/')[0]));

test('builds of several architectures run side by side, together never more than -j allows', async () => {
  const { seen, ended } = await sideBySide({ scripts: allAsleep });
  expect(ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual(architectures.map(() => 'complete'));
  expect(seen).toHaveLength(plan.builds.length * architectures.length);
  expect(Math.max(...seen.map((names) => names.length))).toBe(3);
  expect(Math.max(...seen.map((names) => architecturesOf(names).size))).toBe(3);
});

test('one budget of memory holds for all of them', async () => {
  const { seen, ended } = await sideBySide({ scripts: allAsleep, memory: 40, limits: { jobs: 8, cores: 8 } });
  expect(ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual(architectures.map(() => 'complete'));
  expect(Math.max(...seen.map((names) => names.length))).toBe(2);
});

test('the archives are the same whether one build runs at a time or eight', async () => {
  const [one, eight] = [join(base, 'one'), join(base, 'eight')];
  await sideBySide({ directory: one, limits: { jobs: 1, cores: 1 } });
  await sideBySide({ directory: eight, limits: { jobs: 8, cores: 8 } });
  for (const below of ['', ...architectures.slice(1).map((name) => `arch/${name}`)])
    expect(archives(join(eight, below)), below).toEqual(archives(join(one, below)));
});

test('what failed for load is tried again while nothing runs for any architecture', async () => {
  const killed = { fail: { step: 'build', times: 1, retriable: true } };
  const { seen, statusOf } = await sideBySide({ scripts: { ...allAsleep, armhf: { ...asleep, c: killed } } });
  expect(statusOf('armhf', 'c')).toBe('done');
  const tries = seen.filter((names) => names.at(-1) === 'armhf/c');
  expect(tries).toHaveLength(2);
  expect(tries[1]).toEqual(['armhf/c']);
  // Nothing joins it either.
  expect(seen.filter((names) => names.length > 1 && names[0] === 'armhf/c' && names !== tries[0])).toEqual([]);
});

test('a failure stops only what waits for it; told not to keep going, it stops every architecture', async () => {
  const broken = { scripts: { ...allAsleep, arm64: { ...asleep, a: { fail: { step: 'build' } } } } };
  const goesOn = await sideBySide(broken);
  expect(goesOn.ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual([
    'complete',
    'incomplete',
    'complete',
    'complete',
  ]);
  expect(['a', 'b', 'c', 'd'].map((id) => goesOn.statusOf('arm64', id))).toEqual(['failed', 'blocked', 'done', 'done']);
  const stops = await sideBySide({ ...broken, keepGoing: false });
  // Those that ran when it failed, and none after: nothing waits longer than the first three.
  expect(stops.seen.length).toBeLessThan(7);
  expect(stops.ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual(architectures.map(() => 'incomplete'));
});

test('an error ends all of them, none half done, and all go on from there', async () => {
  const full = { builders: { armhf: { build: () => Promise.reject(new Error('the disk is full')) } } };
  const { directory, ended, events, seen } = await sideBySide({ ...full, scripts: allAsleep });
  expect(ended.map((e) => (e.status === 'rejected' ? String(e.reason) : e.value))).toEqual([
    'interrupted',
    'interrupted',
    'Error: the disk is full',
    'interrupted',
  ]);
  const last = architectures.map((name) => events.findLast((e) => e.architecture === name)!);
  expect(last.map((e) => e.type === 'run-finished' && e.status)).toEqual([
    'interrupted',
    'interrupted',
    'incomplete',
    'interrupted',
  ]);
  const again = await sideBySide({ directory, scripts: allAsleep });
  expect(again.ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual(architectures.map(() => 'complete'));
  expect(seen.length + again.seen.length).toBe(plan.builds.length * architectures.length);
});

test('told to stop, nothing is started for any of them', async () => {
  const stop = new AbortController();
  const { seen, ended } = await sideBySide({ scripts: allAsleep, drain: stop.signal, onBuild: () => stop.abort() });
  expect(seen).toHaveLength(3);
  expect(ended.map((e) => e.status === 'fulfilled' && e.value)).toEqual(architectures.map(() => 'interrupted'));
});

test('an image has its place in the budget: it waits for room, and builds wait for it', async () => {
  const dispatcher = dispatcherOf({ limits: { jobs: 1, cores: 1, memoryBytes: 100 } });
  const order: string[] = [];
  const use = { coresUsed: () => 1, memoryBytes: () => 50 };
  const startable = [0, 1];
  const builds = dispatcher.work({
    size: 2,
    startable: () => startable,
    urgency: () => 1000,
    expected: () => use,
    start: async ({ build }) => {
      startable.splice(startable.indexOf(build), 1);
      order.push(`build ${build}`);
      await pause(5);
      order.push('built');
    },
  });
  const image = dispatcher.doOne(use, async () => {
    order.push('image');
    await pause(5);
    return 'made';
  });
  expect(await image).toBe('made');
  await builds;
  expect(order).toEqual(['build 0', 'built', 'image', 'build 1', 'built']);
  const stopped = dispatcherOf({ drain: AbortSignal.abort() });
  expect(await stopped.doOne(use, async () => 'made')).toBeUndefined();
  await expect(dispatcherOf().doOne(use, () => Promise.reject(new Error('no kernel')))).rejects.toThrow('no kernel');
});

test('what several architectures need of the seed is unpacked once for all of them', async () => {
  const home = files(join(base, 'seed'), { 'tree/DEBIAN/control': control, 'tree/usr/share/tool/x': 'x' });
  const file = 'tool_1_all.deb';
  mkdirSync(join(home, 'cache/debs'), { recursive: true });
  const deb = join(home, 'cache/debs', file);
  expect(spawnSync('dpkg-deb', ['--build', join(home, 'tree'), deb]).status).toBe(0);
  const digest = await sha256File(deb);
  const seed = { name: 'tools', packages: ['tool'] } as unknown as SeedBinary;
  const record = {
    names: ['tools'],
    packages: ['tool'],
    debs: [{ file, sha256: digest, bytes: statSync(deb).size }],
    digest: sha256(`${digest}  ${file}\n`),
  };
  const stores = architectures.map((name) => {
    files(home, { [`${name}/tools.json`]: JSON.stringify(record) });
    return new SeedStore(join(home, 'cache'), join(home, name));
  });
  const noApt = () => Promise.reject(new Error('apt is not needed'));
  const made = await Promise.all(stores.map((store) => store.get([seed], noApt)));
  expect(new Set(made.map(({ directory }) => directory)).size).toBe(1);
  expect(readFileSync(join(made[0]!.directory, 'usr/share/tool/x'), 'utf8')).toBe('x');
  expect(readdirSync(join(home, 'cache/seed')).filter((name) => !name.endsWith('.seal'))).toHaveLength(1);
});
