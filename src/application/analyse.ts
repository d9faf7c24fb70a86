/**
 * The way from a universe to its plan, the same for every command: graph, solution, plan, each an immutable value. The
 * plan is replayed build by build before anybody hears of it.
 */
import type { Plan, Solution, Universe } from '../model.ts';
import { type SolveOptions, solve } from '../solver/break/solve.ts';
import { withWholeChains } from '../solver/explain/whole-chains.ts';
import { type Resolved, resolve } from '../solver/graph/resolve.ts';
import { makePlan } from '../stages/plan.ts';
import { verifyPlan } from '../stages/verify-plan.ts';

export interface Answers {
  readonly resolved: Resolved;
  readonly solution: Solution;
  readonly plan: Plan;
}

/** With the breaks that are declared and, unless asked otherwise, no wishes. @throws Bug when the replay disagrees */
export async function answersFor(universe: Universe, options: Partial<SolveOptions> = {}): Promise<Answers> {
  const resolved = resolve(universe);
  const solution = await solve(resolved.graph, { wishes: 'none', ...options });
  const plan = withWholeChains(resolved, makePlan(resolved, solution));
  verifyPlan(resolved.graph, plan);
  return { resolved, solution, plan };
}
