/** What of a plan is done already, by the cache's own word; and what would therefore have to run. */

import type { BuildId } from '../../build-id.ts';
import type { PlanIndex } from '../../indices.ts';
import type { Plan } from '../../model.ts';
import type { ActionResult } from '../cache/action-result.ts';
import type { Cache } from '../cache/cache.ts';
import type { Staged, Stager } from './build-inputs.ts';

/** The builds of a plan, by whether the cache has them. */
export interface Survey {
  /** Plan index -> what it yielded, for the builds whose very action is in the cache. */
  readonly results: Map<PlanIndex, ActionResult>;
  readonly done: readonly { readonly index: PlanIndex; readonly staged: Staged }[];
  /** The others, ascending. */
  readonly open: readonly number[];
  /** Files found damaged, and removed, by build. */
  readonly damaged: readonly { readonly build: BuildId; readonly files: readonly string[] }[];
}

/**
 * Goes through the plan once, in its order; starts nothing. A build that waits for an open one is open.
 *
 * @param from the first build to look at, with `known` for what those before it yielded
 */
export async function survey(
  plan: Plan,
  stager: Stager,
  cache: Cache,
  from = 0,
  known: ReadonlyMap<PlanIndex, ActionResult> = new Map(),
): Promise<Survey> {
  const results = new Map(known);
  const done: { index: PlanIndex; staged: Staged }[] = [];
  const open: number[] = [];
  const damaged: { build: BuildId; files: readonly string[] }[] = [];
  for (const [index, build] of plan.builds.entries()) {
    if (index < from) continue;
    const staged = await stager.stage(index, results);
    const answer = 'missing' in staged ? undefined : await cache.find(staged.action, staged.expected, staged.document);
    if (answer?.found === 'damaged') damaged.push({ build: build.id, files: answer.damaged });
    if (answer?.found === 'hit' && !('missing' in staged)) {
      results.set(index, answer.result);
      done.push({ index, staged });
    } else open.push(index);
  }
  return { results, done, open, damaged };
}
