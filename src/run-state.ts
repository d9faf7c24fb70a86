/** What is known about a run: a fold of its events, and nothing else. */

import { type BuildId, type UsageKey, usageKey } from './build-id.ts';
import type { Preparing, SignedSource } from './events/before-builds.ts';
import type { EventOf, RunEvent, Unsettled } from './events.ts';
import { unreachable } from './unreachable.ts';

/** What a build used when it was last run here. */
export interface Usage {
  /** By the clock. */
  readonly seconds: number;
  /** Of all its processes. */
  readonly cpuSeconds: number;
  /** Of its largest process; 0 when it was not measured. */
  readonly maxRssKiB: number;
  /** Cores it was told to use. */
  readonly cores: number;
}

import type { ByName } from './model.ts';

/** How far a build has come. */
export type BuildStatus = 'waiting' | 'running' | 'done' | 'failed' | 'blocked';

/** What is known about one build. */
export interface BuildState {
  readonly status: BuildStatus;
  /** When it last became running, ISO 8601. */
  readonly since?: string;
  readonly attempt?: number;
  readonly step?: string;
  /** Of a build that another machine does: which one; undefined while it waits for one. */
  readonly placement?: { readonly node: string | undefined };
  /** The latest good end, whatever came after. */
  readonly finished?: EventOf<'build-finished'>;
  /** The latest bad end; kept while the build is tried again. */
  readonly failure?: EventOf<'build-failed'>;
  readonly blockedBy?: readonly BuildId[];
}

/** What is known about the run as a whole. */
export interface RunState {
  /** Digest of what runs here; undefined before the first run. */
  readonly plan: string | undefined;
  /** Digest of the overrides in force, if there are any. */
  readonly overrides: string | undefined;
  /** The directory of the metadata that it was made from, where it is known. It may be gone, or be another's. */
  readonly metadata: string | undefined;
  readonly status: 'none' | 'running' | 'complete' | 'incomplete' | 'interrupted';
  /** Undefined before the first run, as all times are. */
  readonly startedAt: string | undefined;
  /** When the last event came. */
  readonly at: string | undefined;
  /** In the order of the plan. */
  readonly builds: ReadonlyMap<BuildId, BuildState>;
  /** By `usageKey`: what the build that was last really run took, for estimates. Outlives a change of plan. */
  readonly used: ReadonlyMap<UsageKey, Usage>;
  readonly comparisons: ReadonlyMap<BuildId, EventOf<'comparison'>>;
  /** How many rounds were added to the plan. */
  readonly rounds: number;
  /** What earlier runs of this plan did, rounds that this one has not come to again included. */
  readonly earlier: ReadonlyMap<BuildId, BuildState>;
  /** What had not settled when no more rounds were left. */
  readonly unsettled: readonly Unsettled[];
  /** Path below the state directory -> sha256. */
  readonly published: ByName<string>;
  /** The latest one. */
  readonly image: EventOf<'image-made'> | undefined;
  /** Everything made of this plan's archives: file name in the directory of the image -> sha256. */
  readonly imageFiles: ByName<string>;
  readonly boot: EventOf<'boot-checked'> | undefined;
  /** What is fetched or made before the next build can start, and since when; undefined when nothing is. */
  readonly preparing: { readonly what: Preparing['what']; readonly since: string } | undefined;
  /** `SOURCE VERSION` -> who has signed it. Outlives a change of plan. */
  readonly signed: ReadonlyMap<string, SignedSource>;
  readonly events: number;
}

const waiting: BuildState = { status: 'waiting' };

/** Before the first event. */
export const nothingRun: RunState = {
  plan: undefined,
  overrides: undefined,
  metadata: undefined,
  status: 'none',
  startedAt: undefined,
  at: undefined,
  builds: new Map(),
  used: new Map(),
  comparisons: new Map(),
  rounds: 0,
  earlier: new Map(),
  unsettled: [],
  published: {},
  image: undefined,
  imageFiles: {},
  boot: undefined,
  preparing: undefined,
  signed: new Map(),
  events: 0,
};

/** Events that say how far one build is. */
type OfOneBuild = EventOf<
  | 'build-started'
  | 'step-started'
  | 'build-placed'
  | 'build-finished'
  | 'build-failed'
  | 'build-blocked'
  | 'build-outdated'
>;

/** What an event changes in the build that it speaks of. */
function changed(build: BuildState, event: OfOneBuild): BuildState {
  switch (event.type) {
    case 'build-started': {
      const { step: _, blockedBy: __, ...rest } = build;
      return { ...rest, status: 'running', since: event.at, attempt: event.attempt };
    }
    case 'step-started':
      return { ...build, step: event.step };
    case 'build-placed':
      // In the event, whose form is fixed, no machine is ''.
      return { ...build, placement: { node: event.state === 'lost' ? undefined : event.node || undefined } };
    case 'build-finished':
      return { status: 'done', finished: event };
    case 'build-failed':
      return { ...build, status: 'failed', failure: event };
    case 'build-blocked':
      return { ...build, status: 'blocked', blockedBy: event.by };
    case 'build-outdated':
      return waiting;
    default:
      return unreachable(event);
  }
}

/** What remains of a build when the next run begins: nothing is running or blocked any more. */
function kept(before: BuildState | undefined): BuildState {
  if (before === undefined || before.status === 'done' || before.status === 'failed') return before ?? waiting;
  return before.finished ? { status: 'waiting', finished: before.finished } : waiting;
}

/** A run that begins keeps what is done when it goes on with the same plan. */
function begun(state: RunState, event: EventOf<'run-started'>): RunState {
  const { comparisons, unsettled, published, image, imageFiles, boot } = state;
  const earlier = event.resumed ? new Map([...state.earlier, ...state.builds]) : new Map<BuildId, BuildState>();
  return {
    ...nothingRun,
    ...(event.resumed && { comparisons, unsettled, published, image, imageFiles, boot }),
    earlier,
    used: state.used,
    signed: state.signed,
    plan: event.plan,
    // In the event, whose form is fixed, no overrides are ''.
    overrides: event.overrides || undefined,
    metadata: event.metadata,
    status: 'running',
    startedAt: event.at,
    builds: new Map(event.builds.map((id) => [id, kept(earlier.get(id))])),
  };
}

/** The comparisons that do not speak of a build: it has just been made anew. */
function stillTrue({ comparisons }: RunState, build: BuildId): RunState['comparisons'] {
  const touched = [...comparisons.values()].some((c) => c.build === build || c.against === build);
  return touched ? new Map([...comparisons].filter(([, c]) => c.build !== build && c.against !== build)) : comparisons;
}

const usageOf = ({ seconds, cpuSeconds, maxRssKiB = 0, cores = 1 }: EventOf<'build-finished'>): Usage => ({
  seconds,
  cpuSeconds,
  maxRssKiB,
  cores,
});

/** The state after one more event. Shares what did not change with the state before. */
export function advance(state: RunState, event: RunEvent): RunState {
  const at = { at: event.at, events: state.events + 1 };
  switch (event.type) {
    case 'run-started':
      return { ...begun(state, event), ...at };
    case 'run-finished':
      return { ...state, ...at, status: event.status, preparing: undefined };
    case 'comparison':
      return { ...state, ...at, comparisons: new Map(state.comparisons).set(event.build, event) };
    case 'round-added': {
      const added = event.builds.map((id) => [id, kept(state.earlier.get(id))] as const);
      return { ...state, ...at, rounds: event.round, builds: new Map([...state.builds, ...added]) };
    }
    case 'not-settled':
      return { ...state, ...at, unsettled: event.builds };
    case 'image-made':
      return { ...state, ...at, image: event, imageFiles: { ...state.imageFiles, ...event.files }, boot: undefined };
    case 'published':
      return { ...state, ...at, published: event.files };
    case 'boot-checked':
      return { ...state, ...at, boot: event };
    case 'preparing':
      return { ...state, ...at, preparing: { what: event.what, since: event.at } };
    case 'sources-checked': {
      const signed = new Map(state.signed);
      for (const one of event.sources) signed.set(`${one.source} ${one.version}`, one);
      return { ...state, ...at, signed };
    }
    case 'stage-finished':
    case 'cache-damaged':
    case 'store-trouble':
      return { ...state, ...at };
    case 'build-started':
    case 'step-started':
    case 'build-placed':
    case 'build-finished':
    case 'build-failed':
    case 'build-blocked':
    case 'build-outdated': {
      const before = state.builds.get(event.build) ?? waiting;
      const builds = new Map(state.builds).set(event.build, changed(before, event));
      const timed = event.type === 'build-finished' && event.how === 'run';
      const used = timed ? new Map(state.used).set(usageKey(event.build), usageOf(event)) : state.used;
      const comparisons = event.type === 'build-finished' ? stillTrue(state, event.build) : state.comparisons;
      const preparing = event.type === 'build-started' ? undefined : state.preparing;
      return { ...state, ...at, builds, used, comparisons, preparing };
    }
    default:
      return unreachable(event);
  }
}

/** The state after these events, in their order. */
export const replay = (events: readonly RunEvent[]): RunState => events.reduce(advance, nothingRun);
