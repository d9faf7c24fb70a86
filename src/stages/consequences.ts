/** What a changed universe changes: components, costs, stuck sources, the plan. Pure. */

import type { Cost, Plan, Solution } from '../model.ts';
import type { SourceName } from '../names.ts';
import { diffPlans, type PlanDifference } from './diff.ts';

/** A universe, solved. Members are names. */
export interface Solved {
  readonly solution: Solution;
  readonly plan: Plan;
  readonly sccs: readonly { readonly id: string; readonly members: readonly string[] }[];
}

/** The differences between two solved universes, in names and numbers. */
export interface Consequences {
  /** Components that are not the same before and after, largest first, with what each became. */
  readonly sccs: readonly {
    readonly id: string;
    readonly size: number;
    readonly became: readonly { readonly id: string; readonly size: number }[];
  }[];
  /** Components with no member that was in a component before. */
  readonly newSccs: readonly { readonly id: string; readonly size: number }[];
  readonly costs: readonly {
    readonly criterion: Cost['criterion'];
    readonly before: number;
    readonly after: number;
    /** Both numbers are proved. */
    readonly proved: boolean;
  }[];
  /** Stuck before, and not now; sources that are gone do not count. */
  readonly freed: readonly string[];
  /** Stuck now, and not before. */
  readonly lost: readonly string[];
  readonly stuck: { readonly before: number; readonly after: number };
  readonly plan: PlanDifference;
}

const sized = ({ id, members }: Solved['sccs'][number]) => ({ id, size: members.length });

/** Compares two solved universes. Linear in both. */
export function consequences(before: Solved, after: Solved): Consequences {
  const sccAfter = new Map(after.sccs.flatMap((c) => c.members.map((m) => [m, c] as const)));
  const known = new Set(before.sccs.flatMap((c) => c.members));
  const changed = before.sccs.flatMap((c) => {
    const became = [...new Set(c.members.flatMap((m) => sccAfter.get(m) ?? []))];
    const same = became.length === 1 && became[0]!.members.join() === c.members.join();
    return same ? [] : [{ ...sized(c), became: became.map(sized).sort((a, b) => b.size - a.size) }];
  });
  const [stuckBefore, stuckAfter] = [before, after].map((s) => new Set(s.plan.stuck.map((x) => x.source))) as [
    Set<SourceName>,
    Set<SourceName>,
  ];
  const plan = diffPlans(before.plan, after.plan);
  const built = new Set(after.plan.builds.map((b) => b.source));
  const costOf = ({ plan }: Solved, criterion: string) => plan.costs.find((c) => c.criterion === criterion);
  return {
    sccs: changed,
    newSccs: after.sccs.filter((c) => !c.members.some((m) => known.has(m))).map(sized),
    costs: before.plan.costs.map((cost) => {
      const now = costOf(after, cost.criterion) ?? cost;
      return {
        criterion: cost.criterion,
        before: cost.value,
        after: now.value,
        proved: cost.value === cost.lowerBound && now.value === now.lowerBound,
      };
    }),
    freed: [...stuckBefore].filter((s) => built.has(s) && !stuckAfter.has(s)),
    lost: [...stuckAfter].filter((s) => !stuckBefore.has(s)),
    stuck: { before: stuckBefore.size, after: stuckAfter.size },
    plan,
  };
}
