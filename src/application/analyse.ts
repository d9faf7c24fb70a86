/**
 * The way from a universe to its plan, the same for every command: graph, solution, plan, each an immutable value. The
 * plan is replayed build by build before anybody hears of it.
 */
import type { Universe } from '../model.ts';
import type { SolveOptions } from '../solver/break/solve.ts';
import { resolve } from '../solver/graph/resolve.ts';
import { makePlan, type Planned } from '../stages/make-plan.ts';

export type Answers = Planned;

/** With the breaks that are declared and, unless asked otherwise, no wishes. @throws Bug when the replay disagrees */
export const answersFor = (universe: Universe, options: Partial<SolveOptions> = {}): Promise<Answers> =>
  makePlan(resolve(universe), { wishes: 'none', ...options });
