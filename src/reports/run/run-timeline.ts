/** A run as bars in time: a fold of its journal. */
import type { BuildId } from '../../build-id.ts';
import type { InstalledBinary, RunEvent } from '../../events.ts';
import type { Plan } from '../../model.ts';
import { unreachable } from '../../unreachable.ts';

/** One attempt at a build. */
export interface Bar {
  readonly build: BuildId;
  /** Seconds since the first event. */
  readonly from: number;
  readonly to: number;
  readonly how: 'run' | 'cache' | 'cutoff' | 'adopted' | 'failed';
  readonly archive: string;
  readonly tainted: boolean;
  readonly sandboxed: boolean;
  readonly installed: readonly InstalledBinary[];
  readonly cpuSeconds: number;
  /** Builds that could start once it was done, and not before. */
  readonly unlocked: readonly BuildId[];
  /** Of a failed one: the step and what it said. */
  readonly message: string;
}

/** All bars, and the time that they took. */
export interface Timeline {
  /** ISO 8601; '' where nothing happened. */
  readonly startedAt: string;
  readonly seconds: number;
  /** The last attempt at each build, in the order in which they began. */
  readonly bars: readonly Bar[];
  readonly blocked: readonly { readonly build: BuildId; readonly by: readonly BuildId[] }[];
  readonly comparisons: readonly {
    readonly build: BuildId;
    readonly against: BuildId;
    readonly identical: boolean;
    readonly differing: readonly string[];
  }[];
  readonly image: { readonly path: string; readonly sha256: string; readonly bytes: number } | null;
  readonly boot: { readonly verdict: 'pass' | 'fail'; readonly cause: string; readonly seconds: number } | null;
  readonly status: string;
}

const secondsOf = (at: string, start: string): number => Math.max(0, (Date.parse(at) - Date.parse(start)) / 1000) || 0;

/** For each build those whose last need it was: by the plan's needs and the times at which they ended. */
function unlockedBy(plan: Plan, ended: ReadonlyMap<BuildId, number>): ReadonlyMap<BuildId, readonly BuildId[]> {
  const found = new Map<BuildId, BuildId[]>();
  for (const { id, needs } of plan.builds) {
    const times = needs.map((n) => ({ id: plan.builds[n]!.id, at: ended.get(plan.builds[n]!.id) }));
    if (times.length === 0 || times.some((t) => t.at === undefined)) continue;
    const last = times.reduce((a, b) => (b.at! > a.at! ? b : a));
    found.set(last.id, [...(found.get(last.id) ?? []), id]);
  }
  return found;
}

type Open = Omit<Bar, 'unlocked'>;

/** @param events in the order of the journal; of several runs the bars of all that ended */
export function timelineOf(plan: Plan, events: readonly RunEvent[]): Timeline {
  const start = events[0]?.at ?? '';
  const began = new Map<string, number>();
  const bars = new Map<string, Open>();
  const blocked = new Map<BuildId, readonly BuildId[]>();
  const comparisons = new Map<string, Timeline['comparisons'][number]>();
  let [image, boot, status]: [Timeline['image'], Timeline['boot'], string] = [null, null, 'unfinished'];
  for (const event of events) {
    const at = secondsOf(event.at, start);
    switch (event.type) {
      case 'build-started':
        began.set(event.build, at);
        blocked.delete(event.build);
        break;
      case 'build-finished': {
        const { build, how, archive, tainted, sandboxed, installed, cpuSeconds } = event;
        const from = how === 'run' ? (began.get(build) ?? Math.max(0, at - event.seconds)) : at;
        bars.set(build, { build, from, to: at, how, archive, tainted, sandboxed, installed, cpuSeconds, message: '' });
        break;
      }
      case 'build-failed':
        bars.set(event.build, {
          build: event.build,
          from: began.get(event.build) ?? at,
          to: at,
          how: 'failed',
          archive: '',
          tainted: false,
          sandboxed: true,
          installed: [],
          cpuSeconds: 0,
          message: `${event.step}: ${event.message.split('\n')[0]}`,
        });
        break;
      case 'build-blocked':
        blocked.set(event.build, event.by);
        break;
      case 'comparison': {
        const { build, against, identical, differing } = event;
        comparisons.set(build, { build, against, identical, differing });
        break;
      }
      case 'image-made':
        image = { path: event.path, sha256: event.sha256, bytes: event.bytes };
        break;
      case 'boot-checked':
        boot = { verdict: event.verdict, cause: event.cause, seconds: event.seconds };
        break;
      case 'run-started':
        status = 'unfinished';
        break;
      case 'run-finished':
        status = event.status;
        break;
      case 'build-outdated':
      case 'build-placed':
      case 'step-started':
      case 'stage-finished':
      case 'round-added':
      case 'not-settled':
      case 'cache-damaged':
      case 'store-trouble':
      case 'preparing':
      case 'sources-checked':
      case 'published':
        break;
      default:
        unreachable(event);
    }
  }
  const done = new Map([...bars.values()].filter((b) => b.how !== 'failed').map((b) => [b.build, b.to]));
  const unlocked = unlockedBy(plan, done);
  return {
    startedAt: start,
    seconds: events.length === 0 ? 0 : secondsOf(events.at(-1)!.at, start),
    bars: [...bars.values()]
      .map((b) => ({ ...b, unlocked: b.how === 'failed' ? [] : (unlocked.get(b.build) ?? []) }))
      .sort((a, b) => a.from - b.from || a.to - b.to),
    blocked: [...blocked].map(([build, by]) => ({ build, by })),
    comparisons: [...comparisons.values()],
    image,
    boot,
    status,
  };
}
