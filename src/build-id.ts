/**
 * The names of builds and of what they build: how they are made, taken apart, and written where several architectures,
 * a file system or the estimates of a run need them. `tcc<stage1>` is a stage build, `tcc` the first full one, `tcc#2`
 * its first rebuild; `arm64/tcc` is the one for arm64 among builds of several architectures.
 */
import type { Brand } from './brand.ts';
import { archiveSource, type SourceName } from './names.ts';

/**
 * The name of a build: of a source, a stage and a round, with the label of its architecture where there are several.
 */
export type BuildId = Brand<string, 'BuildId'>;

/** What all rounds of a source in one stage have in common: what one of them took is an estimate for the next. */
export type UsageKey = Brand<string, 'UsageKey'>;

/** How a build is written, for people: the name of its source may have been made visible. See `buildId`. */
export const buildWords = (source: string, stage: number, round = 1): string =>
  stage > 0 ? `${source}<stage${stage}>` : round > 1 ? `${source}#${round}` : source;

/** @param stage 0 for a full build @param round from 1; stage builds have no rounds */
export const buildId = (source: SourceName, stage: number, round = 1): BuildId =>
  buildWords(source, stage, round) as BuildId;

/** The name of a build that only tries something, and is in no plan. @param which tells it from others of its source */
export const trialId = (source: SourceName, which: string): BuildId =>
  `${archiveSource(source)}@trial${which}` as string as BuildId;

/** A name that a user has typed or a file has; whether there is such a build shows where it is looked up. */
export const namedBuild = (text: string): BuildId => text as BuildId;

/** In file names: `tcc@stage1`, `tcc@2`, `tcc@all` for `tcc:all`. No source has an @ in its name. */
export const buildFileName = (build: BuildId): string =>
  build
    .replace(/<(stage\d+)>/, '@$1')
    .replace('#', '@')
    .replace(':', '@');

/**
 * What the builds of one architecture are told apart by from those of others: its name. Undefined for the architecture
 * of this machine, whose builds stand alone.
 */
export type ArchitectureLabel = string | undefined;

/** The name of a build among those of several architectures. */
export const buildOf = (label: ArchitectureLabel, build: BuildId): BuildId =>
  label === undefined || build.includes('/') ? build : namedBuild(`${label}/${build}`);

/** The same of what tells how much its rounds use. */
export const usageKeyOf = (label: ArchitectureLabel, key: UsageKey): UsageKey =>
  label === undefined || key.includes('/') ? key : (`${label}/${key}` as UsageKey);

/** `arm64/musl` in its parts. */
export function partsOf(name: string): { readonly label: ArchitectureLabel; readonly build: BuildId } {
  const slash = name.indexOf('/');
  return { label: name.slice(0, Math.max(0, slash)) || undefined, build: namedBuild(name.slice(slash + 1)) };
}

/** All rounds of a source in one stage have one: `tcc#4` is built as `tcc` is. */
export const usageKey = (build: BuildId): UsageKey => build.replace(/#\d+$/, '') as UsageKey;
