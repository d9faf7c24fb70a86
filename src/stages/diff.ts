/** What changed between two plans: builds, choices, wishes, stuck sources, costs. A pure function of both. */
import type { BuildId } from '../build-id.ts';
import type { Cost, Plan, PlannedBuild } from '../model.ts';
import { byteOrder } from '../order.ts';

/** Names that only one side has, byte order. */
export interface SetDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The differences between two plans, by kind. */
export interface PlanDifference {
  readonly same: boolean;
  readonly architecture: { readonly before: string; readonly after: string };
  readonly status: { readonly before: Plan['status']; readonly after: Plan['status'] };
  readonly builds: SetDifference & {
    /** The fewest builds that must move to turn one order into the other; positions count from 1. */
    readonly moved: readonly { readonly build: BuildId; readonly from: number; readonly to: number }[];
    /** Builds of both whose content differs, and in what. */
    readonly changed: readonly { readonly build: BuildId; readonly what: readonly string[] }[];
  };
  readonly wishes: SetDifference;
  readonly stuck: SetDifference;
  readonly seed: SetDifference;
  /** Criteria whose value or bound differs. */
  readonly costs: readonly {
    readonly criterion: Cost['criterion'];
    readonly before: number | null;
    readonly after: number | null;
  }[];
}

function setDifference(before: readonly string[], after: readonly string[]): SetDifference {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    added: after.filter((n) => !old.has(n)).sort(byteOrder),
    removed: before.filter((n) => !now.has(n)).sort(byteOrder),
  };
}

/**
 * Positions of a longest strictly increasing subsequence (M. Fredman, "On computing the length of longest increasing
 * subsequences", 1975; patience sorting). O(n log n).
 */
export function longestIncreasing(values: readonly number[]): ReadonlySet<number> {
  const ends: number[] = [];
  const previous = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[ends[middle]!]! < values[i]!) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = i;
  }
  const kept = new Set<number>();
  for (let i = ends.at(-1) ?? -1; i >= 0; i = previous[i]!) kept.add(i);
  return kept;
}

const listed = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '));

/** The differences of two builds of one id, each as a short phrase. Positions are told by `moved`, not here. */
function changes(before: PlannedBuild, after: PlannedBuild): readonly string[] {
  const what: string[] = [];
  const one = (name: string, a: string | number, b: string | number) => {
    if (a !== b) what.push(`${name} ${a} -> ${b}`);
  };
  const set = (name: string, a: readonly string[], b: readonly string[]) => {
    const { added, removed } = setDifference(a, b);
    if (added.length > 0) what.push(`${name} also ${listed(added)}`);
    if (removed.length > 0) what.push(`${name} no longer ${listed(removed)}`);
  };
  one('version', before.version, after.version);
  one('archive', before.archive, after.archive);
  one('wave', before.wave, after.wave);
  one('profiles', listed(before.profiles), listed(after.profiles));
  set('installs', before.installs, after.installs);
  set('produces', before.produces, after.produces);
  return what;
}

/** What one has to do to `before` to get `after`. O(n log n) in the number of builds. */
export function diffPlans(before: Plan, after: Plan): PlanDifference {
  const [old, now] = [before, after].map((p) => new Map(p.builds.map((b, i) => [b.id, i]))) as [
    Map<BuildId, number>,
    Map<BuildId, number>,
  ];
  const common = before.builds.filter((b) => now.has(b.id));
  const kept = longestIncreasing(common.map((b) => now.get(b.id)!));
  const moved = common
    .filter((_, i) => !kept.has(i))
    .map((b) => ({ build: b.id, from: old.get(b.id)! + 1, to: now.get(b.id)! + 1 }));
  const changed = common
    .map((b) => ({ build: b.id, what: changes(b, after.builds[now.get(b.id)!]!) }))
    .filter((c) => c.what.length > 0);
  const builds = {
    ...setDifference([...old.keys()], [...now.keys()]),
    moved,
    changed,
  };
  const wishes = setDifference(before.wishes, after.wishes);
  const stuck = setDifference(
    before.stuck.map((s) => s.source),
    after.stuck.map((s) => s.source),
  );
  const seed = setDifference(before.seed, after.seed);
  const criteria = ['wishes', 'stageBuilds', 'rebuilds'] as const;
  const cost = (plan: Plan, criterion: Cost['criterion']) =>
    plan.costs.find((c) => c.criterion === criterion)?.value ?? null;
  const costs = criteria
    .map((criterion) => ({ criterion, before: cost(before, criterion), after: cost(after, criterion) }))
    .filter((c) => c.before !== c.after);
  const sets = [builds, wishes, stuck, seed];
  const same =
    before.architecture === after.architecture &&
    before.status === after.status &&
    costs.length + moved.length + changed.length === 0 &&
    sets.every((s) => s.added.length + s.removed.length === 0);
  return {
    same,
    architecture: { before: before.architecture, after: after.architecture },
    status: { before: before.status, after: after.status },
    builds,
    wishes,
    stuck,
    seed,
    costs,
  };
}
