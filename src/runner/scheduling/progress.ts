/** How far a run is, what holds it up, and how long it may still take: numbers for a view, from events alone. */
import type { BuildId } from '../../build-id.ts';
import type { Preparing } from '../../events/before-builds.ts';
import type { Plan } from '../../model.ts';
import type { RunState } from '../../run-state.ts';
import { criticalPaths } from './schedule.ts';

/** The numbers of one moment. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly failed: readonly {
    readonly build: string;
    readonly step: string;
    readonly message: string;
    readonly report: string | undefined;
  }[];
  readonly blocked: number;
  readonly running: readonly {
    readonly build: string;
    readonly step: string;
    /** By the clock, as all seconds here. */
    readonly seconds: number;
    readonly expectedSeconds: number;
  }[];
  /** The longest chain of builds still to be done, first to last. */
  readonly critical: readonly string[];
  /** Running builds for which others wait, with how many, most first. */
  readonly frees: readonly { readonly build: BuildId; readonly waiting: number }[];
  /** 0 to 100, by expected work. */
  readonly percent: number;
  readonly elapsedSeconds: number;
  /** Never less than the critical path; undefined when there is nothing to go by. */
  readonly remainingSeconds: number | undefined;
}

/** Seconds between two times in ISO 8601; never negative, whatever the clock did. */
const between = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) || 0;

/** What is done before builds can start, told like one. */
const preparation: Readonly<Record<Preparing['what'], { readonly build: string; readonly step: string }>> = {
  sources: { build: 'sources and packages', step: 'fetching' },
  base: { build: 'base of the chroots', step: 'making' },
};

/** @param now ISO 8601 @param expected seconds by the clock of each build of the plan */
export function progressOf(
  plan: Plan,
  state: RunState,
  expected: readonly number[],
  jobs: number,
  now: string,
): Progress {
  const statusOf = (i: number) => state.builds.get(plan.builds[i]!.id);
  const open = [...plan.builds.keys()].filter((i) => ['waiting', 'running'].includes(statusOf(i)?.status ?? 'waiting'));
  const openSet = new Set(open);
  const dependents = plan.builds.map((): number[] => []);
  for (const i of open) for (const n of plan.builds[i]!.needs) if (openSet.has(n)) dependents[n]!.push(i);
  const left = (i: number): number => {
    const build = statusOf(i);
    const spent = build?.status === 'running' ? between(build.since ?? now, now) : 0;
    return openSet.has(i) ? Math.max(0, (expected[i] ?? 0) - spent) : 0;
  };
  const path = criticalPaths(
    plan.builds.map((build) => build.needs),
    left,
  );
  const longest = (among: readonly number[]): number | undefined =>
    among.reduce<number | undefined>((best, i) => (best === undefined || path[i]! > path[best]! ? i : best), undefined);
  const critical: string[] = [];
  for (let i = longest(open); i !== undefined; i = longest(dependents[i]!)) critical.push(plan.builds[i]!.id);
  const waitingFor = (i: number): number => {
    const found = new Set([i]);
    for (const j of found) for (const d of dependents[j]!) found.add(d);
    return found.size - 1;
  };
  const running = open.filter((i) => statusOf(i)?.status === 'running');
  const sum = (indices: Iterable<number>, value: (i: number) => number): number => {
    let total = 0;
    for (const i of indices) total += value(i);
    return total;
  };
  const done = [...plan.builds.keys()].filter((i) => statusOf(i)?.status === 'done');
  const work = sum(plan.builds.keys(), (i) => expected[i] ?? 0);
  const workLeft = sum(open, left);
  const workDone = sum(done, (i) => expected[i] ?? 0) + sum(running, (i) => (expected[i] ?? 0) - left(i));
  const idOf = (i: number): BuildId => plan.builds[i]!.id;
  return {
    total: plan.builds.length,
    done: done.length,
    failed: [...state.builds].flatMap(([build, { status, failure }]) =>
      status === 'failed' && failure
        ? [{ build, step: failure.step, message: failure.message, report: failure.report }]
        : [],
    ),
    blocked: [...state.builds.values()].filter((build) => build.status === 'blocked').length,
    running: [
      ...(state.preparing === undefined
        ? []
        : [{ ...preparation[state.preparing.what], seconds: between(state.preparing.since, now), expectedSeconds: 0 }]),
      ...running.map((i) => ({
        build: idOf(i),
        step: statusOf(i)?.step ?? '',
        seconds: between(statusOf(i)?.since ?? now, now),
        expectedSeconds: expected[i] ?? 0,
      })),
    ],
    critical,
    frees: running
      .map((i) => ({ build: idOf(i), waiting: waitingFor(i) }))
      .filter(({ waiting }) => waiting > 0)
      .sort((a, b) => b.waiting - a.waiting),
    percent:
      work > 0
        ? Math.floor((100 * workDone) / work)
        : Math.floor((100 * done.length) / Math.max(1, plan.builds.length)),
    elapsedSeconds: between(state.startedAt ?? now, now),
    remainingSeconds: work > 0 ? Math.max(workLeft / jobs, path[longest(open) ?? -1] ?? 0) : undefined,
  };
}
