/**
 * Whether one choice alone is cheapest. What its plan rebuilds then is the fewest, whatever order and sets the plan has: there is
 * no other plan to compare it with.
 */
import type { Limits } from '../../clingo.ts';
import type { Resolved } from '../../graph/resolve.ts';
import { HittingSet } from '../hitting-set/hitting-set.ts';
import { everyChoice } from './every-choice.ts';
import { openUniverse, wantedOf } from './fewest-breaks.ts';
import { wishable, withoutNeverClean } from './open-universe.ts';

/**
 * True where a single set of stage builds and wishes is cheapest over every choice of alternatives and providers. False also
 * where a limit came first, or where not every alternative was looked at.
 *
 * @param wishes whether sources may be wished
 */
export async function isOnlyChoice(resolved: Resolved, wishes: boolean, limits: Limits): Promise<boolean> {
  const open = openUniverse(resolved);
  const mayBeWished = wishable(open, wishes, resolved.graph.supplied);
  const u = withoutNeverClean(open, mayBeWished);
  const { problem, whole, further } = everyChoice(u, wantedOf(resolved), mayBeWished, limits);
  if (!whole) return false;
  for (;;) {
    const { reachesFurther } = further;
    const common = await new HittingSet(problem, limits, 'all', further).common();
    if (common === undefined) return false;
    // The reductions may have put an element out of the way that a cut has spoken of since.
    if (further.reachesFurther === reachesFurther) return common.always.length === common.sometimes.length;
  }
}
