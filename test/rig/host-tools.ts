/** A .deb with a shell and a few tools, copied from this machine: the installation set of builds in tests. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namedBuild } from '../../src/build-id.ts';
import type { BinarySplit, PlannedBuild, Project, Recipe } from '../../src/model.ts';
import { binaryName, sourceName } from '../../src/names.ts';
import type { Builder, BuildOutcome, BuildRequest, InputDeb } from '../../src/runner/builder.ts';
import { type RecipeBuilderOptions, recipeBuilder } from '../../src/runner/builders/recipe.ts';
import { stateDirectory } from '../../src/runner/journal/state-directory.ts';

const tools = [
  'sh',
  'bash',
  'cat',
  'chmod',
  'cp',
  'head',
  'id',
  'ln',
  'ls',
  'mkdir',
  'mkfifo',
  'mv',
  'perl',
  'rm',
  'rmdir',
  'sleep',
  'touch',
];

/** The shared libraries of a program, and the loader, by ldd. */
function libraries(program: string): readonly string[] {
  const listed = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout;
  return [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((m) => m[1]!);
}

export function hostTools(directory: string): InputDeb {
  const tree = join(directory, 'tools');
  for (const d of ['bin', 'lib', 'lib64', 'sbin']) {
    mkdirSync(join(tree, 'usr', d), { recursive: true });
    symlinkSync(`usr/${d}`, join(tree, d));
  }
  const add = (from: string, to: string): void => {
    const target = join(tree, to.startsWith('/usr/') ? to : `/usr${to}`);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(from, target);
  };
  for (const tool of tools) {
    const path = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    for (const library of libraries(path)) add(library, library);
    add(path, `/usr/bin/${tool}`);
  }
  mkdirSync(join(tree, 'DEBIAN'));
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    'Package: tools\nVersion: 1\nArchitecture: all\nMaintainer: t <t@t>\nDescription: t\n',
  );
  const path = join(directory, 'tools.deb');
  spawnSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path]);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { name: binaryName('tools'), version: '1', path, sha256, build: namedBuild('tools'), archive: 'stage1' };
}

export const split = (name: string, ...files: string[]): BinarySplit => ({
  name: binaryName(name),
  files,
  control: {
    Package: name,
    Version: '1.0-1',
    Architecture: 'amd64',
    Maintainer: 'A <a@example.org>',
    Description: 'first line\nsecond line',
  },
});

/** A project of one source, `subject`, with the given steps. */
export function projectOf(
  steps: Readonly<Record<string, string>>,
  binaries: readonly BinarySplit[] = [split('subject', 'usr/**')],
  rest: Partial<Recipe> = {},
  directory = '.',
): Project {
  const origin = { file: 'subject.yaml', line: 1 };
  const variant = { steps: Object.entries(steps).map(([name, run]) => ({ name, run, env: {}, origin })), binaries };
  const recipe: Recipe = {
    source: sourceName('subject'),
    version: '1:1.0-1',
    fetch: [],
    variants: new Map([[0, variant]]),
    env: {},
    duplicates: [],
    coreSeconds: 1,
    ...rest,
  };
  const universe = { architecture: 'amd64', profiles: [], sources: [], binaries: [], targets: [], seed: [] };
  return {
    directory,
    buildArchitecture: universe.architecture,
    universe: { ...universe, alternatives: 'first' },
    recipes: new Map([['subject', recipe]]),
    seeds: [],
    image: undefined,
    imageVariants: [],
  };
}

export const plannedSubject: PlannedBuild = {
  id: namedBuild('subject'),
  source: sourceName('subject'),
  version: '1:1.0-1',
  stage: 0,
  round: 1,
  archive: 'final',
  profiles: [],
  produces: [binaryName('subject')],
  installs: [binaryName('tools')],
  needs: [],
  taintedBy: [],
  wave: 0,
  why: 'full',
};

/** Builds the subject in a state directory of its own below a scratch directory, with which all that it makes goes. */
export async function buildSubject(
  project: Project,
  place: { readonly directory: string; readonly inputs: readonly InputDeb[] },
  options: Partial<RecipeBuilderOptions> = {},
  request: Partial<BuildRequest> = {},
): Promise<BuildOutcome> {
  const state = join(place.directory, 'state');
  const builder: Builder = recipeBuilder(project, { state, ...options });
  const workDirectory = join(stateDirectory(state).work, 'subject');
  for (const directory of [state, workDirectory]) mkdirSync(directory, { recursive: true });
  await builder.prepare([plannedSubject]);
  return builder.build({
    build: plannedSubject,
    suffix: '+bp1',
    inputs: place.inputs,
    seed: [],
    workDirectory,
    logFile: join(place.directory, 'log'),
    cores: 2,
    timeoutSeconds: 60,
    onStep: () => undefined,
    signal: new AbortController().signal,
    ...request,
  });
}
