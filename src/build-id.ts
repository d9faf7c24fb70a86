/**
 * The names of builds and of what they build: how they are made, taken apart, and written where several architectures,
 * a file system or the estimates of a run need them. `tcc<stage1>` is a stage build, `tcc` the first full one, `tcc#2` its first rebuild;
 * `arm64/tcc` is the one for arm64 among builds of several architectures.
 */
import type { RunEvent, Unsettled } from './events.ts';
import { unreachable } from './unreachable.ts';

/** The name of the part of a source that builds the packages for all architectures, beside one that builds the others. */
export const allPart = (source: string): string => `${source}:all`;

/** The source of the archive that a source of the universe is, or is a part of. */
export const archiveSource = (name: string): string => name.replace(/:all$/, '');

/** @param stage 0 for a full build @param round from 1; stage builds have no rounds */
export const buildId = (source: string, stage: number, round = 1): string =>
  stage > 0 ? `${source}<stage${stage}>` : round > 1 ? `${source}#${round}` : source;

/** In file names: `tcc@stage1`, `tcc@2`, `tcc@all` for `tcc:all`. No source has an @ in its name. */
export const buildFileName = (build: string): string =>
  build
    .replace(/<(stage\d+)>/, '@$1')
    .replace('#', '@')
    .replace(':', '@');

/**
 * What the builds of one architecture are told apart by from those of others: its name. Undefined for the architecture of this
 * machine, whose builds stand alone.
 */
export type ArchitectureLabel = string | undefined;

/** The name of a build among those of several architectures. */
export const buildOf = (label: ArchitectureLabel, build: string): string =>
  label === undefined || build.includes('/') ? build : `${label}/${build}`;

/** `arm64/musl` in its parts. */
export function partsOf(name: string): { readonly label: ArchitectureLabel; readonly build: string } {
  const slash = name.indexOf('/');
  return { label: name.slice(0, Math.max(0, slash)) || undefined, build: name.slice(slash + 1) };
}

function unsettledOf(one: Unsettled, name: (build: string) => string): Unsettled {
  const replaced = one.replaced.map((other) => ({ ...other, build: name(other.build), by: name(other.by) }));
  return { ...one, build: name(one.build), replaced };
}

/**
 * The same event with the names that a run of several architectures gives its builds. What a round has appended to the plan
 * of an architecture stays as it is there.
 */
export function labelled(event: RunEvent, label: ArchitectureLabel): RunEvent {
  if (label === undefined) return event;
  const name = (build: string): string => buildOf(label, build);
  switch (event.type) {
    case 'run-started':
      return { ...event, builds: event.builds.map(name) };
    case 'build-blocked':
      return { ...event, build: name(event.build), by: event.by.map(name) };
    case 'comparison':
      return { ...event, build: name(event.build), against: name(event.against) };
    case 'round-added': {
      const { builds, because } = event;
      return { ...event, builds: builds.map(name), because: because.map((one) => unsettledOf(one, name)) };
    }
    case 'not-settled':
      return { ...event, builds: event.builds.map((one) => unsettledOf(one, name)) };
    case 'stage-finished':
    case 'published':
    case 'store-trouble':
    case 'preparing':
    case 'sources-checked':
    case 'image-made':
    case 'boot-checked':
    case 'run-finished':
      return event;
    case 'build-started':
    case 'step-started':
    case 'build-placed':
    case 'build-finished':
    case 'build-failed':
    case 'build-outdated':
    case 'cache-damaged':
      return { ...event, build: name(event.build) };
    default:
      return unreachable(event);
  }
}

/** All rounds of a source in one stage have one: `tcc#4` is built as `tcc` is. */
export const usageKey = (build: string): string => build.replace(/#\d+$/, '');
