/** What a cross build installs for the machine that builds: taken from the final archive of that machine's own plan. */

import { existsSync } from 'node:fs';
import { type BuildId, buildOf } from '../../build-id.ts';
import { nativeName, plainName } from '../../metadata/project/project-cross.ts';
import type { Plan } from '../../model.ts';
import type { BinaryName } from '../../names.ts';
import { type RunState, replay } from '../../run-state.ts';
import { readPlan } from '../../stages/plan-file.ts';
import type { StoredDeb } from '../cache/action-result.ts';
import type { Cache } from '../cache/cache.ts';
import { readJournal } from '../journal/journal.ts';
import type { StateDirectory } from '../journal/state-directory.ts';
import { expectedOf } from './expected-of.ts';

/** One binary of the native plan, as the builds of another architecture see it. */
export interface Native {
  /** `amd64/make-dfsg#2`: the newest build of it for the final archive. */
  readonly build: BuildId;
  /** Undefined while that build is not done. */
  readonly deb: StoredDeb | undefined;
}

/** Under the names of crossed plans, `make:amd64`. */
export type Natives = ReadonlyMap<string, Native>;

/** No tools of a native plan: nothing is crossed. */
export const noNatives: Natives = new Map();

/**
 * Every binary that the native plan makes for its final archive: the newest build counts, and no other, so that what is
 * crossed never starts from a tool that is about to be replaced.
 *
 * @param plan with the rounds that its run has added
 */
export async function nativesOf(plan: Plan, state: RunState, cache: Cache): Promise<Natives> {
  const natives = new Map<string, Native>();
  for (const { id, archive, produces } of plan.builds.toReversed()) {
    if (archive !== 'final') continue;
    const named = produces.map((name) => [name, nativeName(name, plan.architecture)] as const);
    const fresh = named.filter(([, native]) => !natives.has(native));
    if (fresh.length === 0) continue;
    const { status, finished } = state.builds.get(id) ?? {};
    const answer =
      status === 'done' && finished
        ? await cache.find(finished.action, expectedOf(plan, { archive, produces }))
        : undefined;
    const debs = answer?.found === 'hit' ? answer.result.debs : [];
    for (const [name, native] of fresh)
      natives.set(native, { build: buildOf(plan.architecture, id), deb: debs.find((deb) => deb.name === name) });
  }
  return natives;
}

/** The same as a state directory has it, where nothing runs. */
export async function standingNatives({ plan, journal }: StateDirectory, cache: Cache): Promise<Natives> {
  if (!existsSync(plan) || !existsSync(journal)) return noNatives;
  return nativesOf(readPlan(plan), replay(readJournal(journal)), cache);
}

/**
 * The builds of a native plan without which these tools would not be in its final archive, ascending.
 *
 * @param tools under the names of crossed plans
 */
export function toolBuilds({ builds }: Plan, tools: readonly BinaryName[]): readonly number[] {
  const names = new Set(tools.map(plainName));
  const sources = new Set(builds.filter(({ produces }) => produces.some((n) => names.has(n))).map((b) => b.source));
  const needed = new Set([...builds.keys()].filter((index) => sources.has(builds[index]!.source)));
  for (const index of needed) for (const need of builds[index]!.needs) needed.add(need);
  return [...needed].sort((a, b) => a - b);
}
