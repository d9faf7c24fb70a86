/** The embedded small distribution: its locks, its scripts, its cycles, and the one stage that no plan needs. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { namedBuild } from '../src/build-id.ts';
import { readProject } from '../src/metadata/project/project.ts';
import type { PlannedBuild, Project } from '../src/model.ts';
import { binaryName, sourceName } from '../src/names.ts';
import type { InputDeb } from '../src/runner/builder.ts';
import { recipeBuilder } from '../src/runner/builders/recipe.ts';
import { localDigest } from '../src/runner/fetch/local.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { dependencyGraph } from '../src/solver/graph/resolve.ts';
import { stronglyConnected } from '../src/solver/graph/scc.ts';
import { root, scratch } from './rig/program.ts';

const directory = join(root, 'metadata/minidistro');

async function project(kernel: 'seed' | 'source', architecture = 'amd64'): Promise<Project> {
  const options = { architecture, buildArchitecture: 'amd64', kernel, tools: ['tcc-cross-arm64'] };
  const read = await readProject(directory, options);
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  return read.value;
}

test('every file beside the metadata is as locked', async () => {
  const recipes = [await project('source'), await project('seed', 'arm64')].flatMap((p) => [...p.recipes.values()]);
  const items = recipes.flatMap((recipe) => recipe.fetch);
  for (const item of items.filter((i) => i.kind === 'local'))
    expect([item.name, await localDigest(join(directory, item.name))]).toEqual([item.name, item.sha256]);
});

test('every step of every stage is a sound shell script', async () => {
  const recipes = [await project('source'), await project('seed', 'arm64')].flatMap((p) => [...p.recipes.values()]);
  const steps = recipes.flatMap((r) => [...r.variants.values()].flatMap((v) => v.steps));
  expect(steps.length).toBeGreaterThan(40);
  for (const step of steps) {
    const checked = spawnSync('sh', ['-n'], { input: step.run, encoding: 'utf8' });
    expect([step.origin.file, step.name, checked.stderr]).toEqual([step.origin.file, step.name, '']);
  }
});

test('its cycles are the real ones, in one component; what only uses the system is in none', async () => {
  const graph = dependencyGraph((await project('seed')).universe);
  const components = stronglyConnected(graph, 'full').map((c) => c.members.map((m) => graph.sources[m]));
  expect(components).toEqual([['busybox', 'dash', 'make-dfsg', 'musl', 'tcc']]);
});

test('the kernel is a source of the plan only when it is asked for', async () => {
  const names = async (kernel: 'seed' | 'source') => (await project(kernel)).universe.sources.map((s) => s.name);
  expect(await names('seed')).not.toContain('linux');
  expect(await names('source')).toContain('linux');
});

test('no source of the final system needs the seed in full', async () => {
  const { universe, seeds } = await project('seed');
  const seed = new Set(seeds.map((s) => s.name));
  for (const source of universe.sources)
    for (const group of source.variants[0]!.buildDepends)
      for (const relation of group)
        expect([source.name, seed.has(binaryName(relation.name))]).toEqual([source.name, false]);
});

test('for arm64 the seed compiles the C library alone; all else is compiled by the tcc that was built here', async () => {
  const { universe, seeds } = await project('seed', 'arm64');
  const asks = (name: string) =>
    universe.sources.filter((s) => s.variants[0]!.buildDepends.some((g) => g[0]!.name === name)).map((s) => s.name);
  expect(seeds.map((s) => s.name).filter((name) => asks(name).length > 0)).toEqual(['seed-cross-toolchain-arm64']);
  expect(asks('seed-cross-toolchain-arm64')).toEqual(['musl']);
  expect(asks('tcc-cross-arm64:amd64')).toEqual(['bootplan-init', 'busybox', 'dash', 'make-dfsg', 'tcc']);
});

/** Builds one variant from what is there; a binary is looked up by name, the seed by its own. */
async function build(given: Project, state: string, source: string, stage: number, have: Map<string, InputDeb>) {
  const builder = recipeBuilder(given, { state });
  const variant = given.universe.sources.find((s) => s.name === source)!.variants.find((v) => v.stage === stage)!;
  const wanted = new Set(variant.buildDepends.map((group) => group[0]!.name));
  for (const name of wanted)
    for (const group of given.universe.binaries.find((b) => b.name === name)!.depends) wanted.add(group[0]!.name);
  const planned: PlannedBuild = {
    id: namedBuild(`${source}<stage${stage}>`),
    source: sourceName(source),
    version: '',
    stage,
    round: 0,
    archive: `stage${stage}`,
    profiles: [],
    produces: [],
    installs: [...wanted].map(binaryName),
    needs: [],
    taintedBy: [],
    wave: 0,
    why: 'stage',
  };
  await builder.prepare([planned]);
  const workDirectory = join(stateDirectory(state).work, `${source}.${stage}`);
  mkdirSync(workDirectory, { recursive: true });
  const outcome = await builder.build({
    build: planned,
    suffix: `+bp1~stage${stage}`,
    inputs: [...wanted].flatMap((name) => have.get(name) ?? []),
    seed: [...wanted].filter((name) => given.seeds.some((s) => s.name === name)).map(binaryName),
    workDirectory,
    logFile: join(state, `${source}.${stage}.log`),
    cores: 2,
    timeoutSeconds: 600,
    onStep: () => undefined,
    signal: new AbortController().signal,
  });
  if (!outcome.ok) throw new Error(`${outcome.message}\n${outcome.logTail}`);
  for (const deb of outcome.debs) have.set(deb.name, { ...deb, build: planned.id, archive: planned.archive });
  return outcome.debs;
}

test('the second stage of musl, which no plan needs, builds with the first tcc and the tools of the seed', async () => {
  const given = await project('seed');
  const state = join(scratch(), 'state');
  mkdirSync(state);
  onTestFinished(() => rmSync(stateDirectory(state).work, { recursive: true, force: true }));
  const have = new Map<string, InputDeb>();
  await build(given, state, 'musl', 1, have);
  await build(given, state, 'tcc', 1, have);
  const debs = await build(given, state, 'musl', 2, have);
  expect(debs.map((deb) => deb.file)).toEqual(['musl-dev_1.2.3-1+bp1~stage2_amd64.deb']);
  const extract = 'dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards "*/libc.a" | grep -c GCC:';
  expect(spawnSync('sh', ['-c', extract, 'sh', debs[0]!.path], { encoding: 'utf8' }).stdout.trim()).toBe('0');
});
