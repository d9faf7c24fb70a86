/** What has to be there together, before alternatives are chosen. */

/** A conjunction: class nodes by number, groups by key. */
export interface Conjunction {
  readonly classes: readonly number[];
  readonly groups: readonly string[];
}

/** Leaves out the conjunctions that contain another one: to fulfil them is to fulfil that one. */
export function undominated(rules: readonly Conjunction[]): Conjunction[] {
  const sets = rules.map(({ classes, groups }) => new Set<number | string>([...classes, ...groups]));
  return rules.filter((_, i) =>
    sets.every((other, j) => {
      if (i === j || other.size > sets[i]!.size || (other.size === sets[i]!.size && j > i)) return true;
      for (const part of other) if (!sets[i]!.has(part)) return true;
      return false;
    }),
  );
}
