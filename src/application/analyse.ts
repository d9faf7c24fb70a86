/**
 * The way from a universe to its plan, the same for every command: graph, solution, plan, each an immutable value. The
 * plan is replayed build by build before anybody hears of it.
 */
import type { Universe } from '../model.ts';
import type { SolveOptions } from '../solver/break/solve.ts';
import { resolve } from '../solver/graph/resolve.ts';
import { makePlan, type Planned } from '../stages/make-plan.ts';
import { phase, secondsLeft } from './phase.ts';

export type Answers = Planned;

/** With the breaks that are declared and, unless asked otherwise, no wishes. @throws Bug when the replay disagrees */
export async function answersFor(universe: Universe, options: Partial<SolveOptions> = {}): Promise<Answers> {
  phase('choosing alternatives and providers');
  const resolved = resolve(universe);
  phase('looking for the fewest stage builds');
  const timeLimitSeconds = secondsLeft(options.timeLimitSeconds);
  const answers = await makePlan(resolved, { wishes: 'none', ...options, timeLimitSeconds });
  phase('telling the answer');
  return answers;
}
