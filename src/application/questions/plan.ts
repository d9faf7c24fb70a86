/** `plan`: the plan of a universe, and for what is stuck in it the wishes that would free it. */

import type { Plan, Universe } from '../../model.ts';
import { archiveSource } from '../../names.ts';
import type { PlanReport } from '../../reports/formats/plan-formats.ts';
import type { AllWishes } from '../../reports/plan/plan-annotations.ts';
import { undeclaredWishes } from '../../reports/plan/undeclared-wishes.ts';
import { type Wish, wishesOfSet } from '../../solver/explain/wishes.ts';
import { Buildable } from '../../solver/graph/buildable.ts';
import type { Resolved } from '../../solver/graph/resolve.ts';
import { exportPlan } from '../../stages/export.ts';
import { indexIn } from '../../stages/first-round.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import { groupStuck, stuckSources } from '../../stages/stuck.ts';
import { versionSuffix } from '../../stages/version-suffix.ts';
import { answersFor } from '../analyse.ts';
import { secondsLeft } from '../output/phase.ts';

/** What may be wished, and what ends the search. */
export interface PlanRequest {
  readonly wishes: 'none' | 'last-resort';
  readonly timeLimitSeconds: number | undefined;
  /** Aborted: the best plan found so far is the answer. */
  readonly signal: AbortSignal;
}

/** Suggestions are made for who asked for no wishes, and did not end the search. */
export async function planUniverse(universe: Universe, request: PlanRequest): Promise<Omit<PlanReport, 'all'>> {
  const { whole, resolved, solution, plan } = await answersFor(universe, request);
  const wanted = plan.stuck.length > 0 && request.wishes === 'none' && !request.signal.aborted;
  const suggestions = wanted ? await suggestionsFor(universe, whole, secondsLeft(request.timeLimitSeconds)) : undefined;
  const made = () => allWishes(resolved, solution.wishes, plan);
  return {
    plan,
    stuck: groupStuck(stuckSources(plan)),
    suggestions: suggestions?.told ?? [],
    wishesNeeded: suggestions?.needed ?? 0,
    stuckAnyway: suggestions?.stuckAnyway ?? 0,
    wished: suggestions?.all ?? made,
    json: () => formatPlan(plan),
    order: () => exportPlan(plan, 'order', versionSuffix),
  };
}

/** The fewest wishes that would free everything, each told as the line to add; of very many only the first. */
async function suggestionsFor(universe: Universe, whole: Resolved, timeLimitSeconds: number | undefined) {
  const options = { wishes: 'last-resort', timeLimitSeconds, rebuilds: false } as const;
  // What a wish has to do without is told of the graph that it was found on.
  const { resolved, solution, plan } = await answersFor(universe, options, whole);
  const all = () => allWishes(resolved, solution.wishes, plan);
  const undeclared = undeclaredWishes(plan);
  const declared = solution.wishes.filter((name) => !undeclared.includes(name));
  return {
    told: wishesIn(resolved, undeclared, declared),
    needed: undeclared.length,
    stuckAnyway: plan.stuck.length,
    all,
  };
}

const allWishes = (resolved: Resolved, names: readonly string[], { stuck }: Plan): AllWishes => ({
  wishes: wishesIn(resolved, names).map((wish) => ({ ...wish, archive: archiveSource(wish.source) })),
  stuck: new Set(stuck.map(({ source }) => source)),
});

/** @param declared sources that are supplied already */
function wishesIn(resolved: Resolved, names: readonly string[], declared: readonly string[] = []): readonly Wish[] {
  const { graph } = resolved;
  const numbers = (list: readonly string[]) => list.map((name) => indexIn(graph.sources, name));
  const buildable = Buildable.of(graph);
  return wishesOfSet(resolved, declared.length > 0 ? buildable.granting(numbers(declared)) : buildable, numbers(names));
}
