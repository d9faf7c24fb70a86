/**
 * Whether one choice alone is cheapest. What its plan rebuilds then is the fewest, whatever order and sets the plan
 * has: there is no other plan to compare it with.
 */
import type { Limits } from '../../clingo.ts';
import type { Resolved } from '../../graph/resolve.ts';
import { HittingSet } from '../hitting-set/hitting-set.ts';
import { questionOf } from './fewest-breaks.ts';

/**
 * True where a single set of stage builds and wishes is cheapest over every choice of alternatives and providers. False
 * also where a limit came first, or where not every alternative was looked at.
 *
 * @param wishes whether sources may be wished
 */
export async function isOnlyChoice(resolved: Resolved, wishes: boolean, limits: Limits): Promise<boolean> {
  const { problem, whole, further } = questionOf(resolved, wishes, limits);
  if (!whole) return false;
  const common = await further.settled(() => new HittingSet(problem, limits, 'all', further).common());
  return common !== undefined && common.always.length === common.sometimes.length;
}
