/**
 * The one table of places: what a recipe calls it, where it is inside the sandbox, where that is on this machine.
 * Nothing else in the program knows these paths.
 */
import { join, posix } from 'node:path';
import { architectureVariables, type Machines } from '../../metadata/relations/gnu-names.ts';
import type { ByName, Project, Recipe } from '../../model.ts';

/** Inside the sandbox. */
export const workRoot = '/work';

/** Variable in recipes -> path inside the sandbox. */
export const virtualPaths = {
  WORKDIR: workRoot,
  /** The unpacked source. */
  S: '/work/src',
  /** Where it is built. */
  B: '/work/build',
  /** What it yields, as it is to lie under /. */
  D: '/work/outputs',
  /** What was fetched, read-only, under the names of the recipe. */
  F: '/work/fetch',
  /** The input root once more, read-only, for tools that want it named. */
  SYSROOT: '/work/sysroot',
} as const;

/** Where the step scripts are seen inside. */
export const stepsInside = '/work/steps';

/** The name of a place, as recipes write it. */
export type PathVariable = keyof typeof virtualPaths;

/** Places a build may write to; they are there, empty, before its first step. */
export const writable = ['S', 'B', 'D'] as const satisfies readonly PathVariable[];

/** All that there is below /work when a build begins. */
export const placesGiven: readonly string[] = [
  ...[...writable, 'F' as const, 'SYSROOT' as const].map((name) => virtualPaths[name]),
  stepsInside,
];

/** Steps that start in the unpacked source; all others start in $B. */
const inSource: ReadonlySet<string> = new Set(['unpack', 'patch']);

/** Where a step runs, as the build sees it. */
export const directoryOfStep = (step: string): string => virtualPaths[inSource.has(step) ? 'S' : 'B'];

/** Where the places of one build lie on this machine. */
export interface HostPlaces {
  /** Bound to /work. */
  readonly work: string;
  /** Bound, read-only, to /work/fetch. */
  readonly fetch: string;
  /** Bound, read-only, to the place of the step scripts. */
  readonly steps: string;
  /** Where binary packages are put together; never seen by a recipe. */
  readonly packages: string;
}

/** The places of one build below its work directory. */
export const hostPlaces = (workDirectory: string): HostPlaces => ({
  work: join(workDirectory, 'work'),
  fetch: join(workDirectory, 'fetch'),
  steps: join(workDirectory, 'steps'),
  packages: join(workDirectory, 'packages'),
});

/** The host path of a virtual one, or undefined when it lies outside /work. */
export function onHost(places: HostPlaces, virtual: string): string | undefined {
  const path = posix.normalize(virtual);
  if (path === workRoot) return places.work;
  if (path === stepsInside) return places.steps;
  if (path === virtualPaths.F || path.startsWith(`${virtualPaths.F}/`))
    return join(places.fetch, path.slice(virtualPaths.F.length));
  return path.startsWith(`${workRoot}/`) ? join(places.work, path.slice(workRoot.length)) : undefined;
}

/** 2023-06-10, the day of Debian 12: no file that comes out of a build is younger. A recipe may set its own. */
export const sourceDateEpoch = 1686355200;

/** The upstream part of a Debian version: without epoch and without revision. */
export const upstreamVersion = (version: string): string => version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');

/** The machine that a source is built on, and the one that it is built for. */
export const machinesOf = ({ buildArchitecture, universe }: Project, recipe: Recipe): Machines => ({
  build: buildArchitecture,
  host: recipe.onItself === true ? buildArchitecture : universe.architecture,
});

/** The whole environment of a step; nothing of the host's gets in. */
export function stepEnvironment(
  source: { readonly name: string; readonly version: string },
  cores: number,
  own: ByName<string>,
  machines: Machines,
): ByName<string> {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    PN: source.name,
    PV: source.version,
    UPSTREAM: upstreamVersion(source.version),
    JOBS: String(cores),
    SOURCE_DATE_EPOCH: String(sourceDateEpoch),
    ...architectureVariables(machines),
    ...virtualPaths,
    ...own,
  };
}
