/** `plan`: the plan of a universe, and for what is stuck in it the wishes that would free it. */

import type { Universe } from '../model.ts';
import type { PlanReport } from '../reports/formats.ts';
import { wishesOfSet } from '../solver/explain/wishes.ts';
import { Buildable } from '../solver/graph/buildable.ts';
import type { Resolved } from '../solver/graph/resolve.ts';
import { exportPlan } from '../stages/export.ts';
import { indexIn } from '../stages/first-round.ts';
import { formatPlan } from '../stages/plan-format.ts';
import { groupStuck, stuckSources } from '../stages/stuck.ts';
import { versionSuffix } from '../stages/version-suffix.ts';
import { answersFor } from './analyse.ts';
import { secondsLeft } from './phase.ts';

export interface PlanRequest {
  readonly wishes: 'none' | 'last-resort';
  readonly timeLimitSeconds: number | undefined;
  /** Aborted: the best plan found so far is the answer. */
  readonly signal: AbortSignal;
}

/** Suggestions are made for who asked for no wishes, and did not end the search. */
export async function planUniverse(universe: Universe, request: PlanRequest): Promise<Omit<PlanReport, 'all'>> {
  const { whole, plan } = await answersFor(universe, request);
  const wanted = plan.stuck.length > 0 && request.wishes === 'none' && !request.signal.aborted;
  const suggestions = wanted
    ? await suggestionsFor(universe, whole, secondsLeft(request.timeLimitSeconds))
    : { told: [], needed: 0 };
  return {
    plan,
    stuck: groupStuck(stuckSources(plan)),
    suggestions: suggestions.told,
    wishesNeeded: suggestions.needed,
    json: () => formatPlan(plan),
    order: () => exportPlan(plan, 'order', versionSuffix),
  };
}

/** The fewest wishes that would free everything, each told as the line to add; of very many only the first. */
async function suggestionsFor(universe: Universe, whole: Resolved, timeLimitSeconds: number | undefined) {
  const options = { wishes: 'last-resort', timeLimitSeconds, rebuilds: false } as const;
  // What a wish has to do without is told of the graph that it was found on.
  const { resolved, solution } = await answersFor(universe, options, whole);
  const { wishes } = solution;
  const sources = wishes.map((name) => indexIn(resolved.graph.sources, name));
  return { told: wishesOfSet(resolved, Buildable.of(resolved.graph), sources), needed: sources.length };
}
