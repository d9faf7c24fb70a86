/** Needs that nothing satisfies, and builds that cannot be for another reason. */
import type { DependencyGraph } from '../../model.ts';

/** One of either. */
export type Unsatisfied = DependencyGraph['unsatisfied'][number];

/** Whether it is a need: whatever a universe alone lacks is one. */
export const isNeed = (u: Unsatisfied): u is Unsatisfied & { readonly group: string } => u.group !== undefined;
