/** What can be built at all where packages exclude each other: by trying every set of what is there. Exponential. */
import type { Group, Relation, Universe } from '../../src/model.ts';

type Matches = (u: Universe, binary: number, relation: Relation) => boolean;

/** `source stage` of all that can be built, one after the other. */
export function buildableByTrying(u: Universe, given: ReadonlySet<number>, matches: Matches): ReadonlySet<string> {
  const there = new Set(given);
  const done = new Set<string>();
  const any = (set: readonly number[], g: Group): boolean => g.some((r) => set.some((b) => matches(u, b, r)));
  const fits = (set: readonly number[]): boolean =>
    set.every((b) => {
      const { name, depends, conflicts, breaks } = u.binaries[b]!;
      const others = set.filter((c) => c !== b);
      if (others.some((c) => u.binaries[c]!.name === name)) return false;
      if (!depends.every((g) => any(set, g))) return false;
      return ![...conflicts, ...breaks].some((g) => any(others, g));
    });
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    const all = [...there];
    const sets: number[][] = [];
    for (let bits = 0; bits < 2 ** all.length; bits++) {
      const set = all.filter((_, i) => (bits >> i) & 1);
      if (fits(set)) sets.push(set);
    }
    u.sources.forEach(({ variants }, s) => {
      for (const { stage, buildDepends, buildConflicts, produces } of variants) {
        const can = sets.some(
          (set) => buildDepends.every((g) => any(set, g)) && !buildConflicts.some((g) => any(set, g)),
        );
        if (!can) continue;
        done.add(`${s} ${stage}`);
        for (const b of produces) there.add(b);
      }
    });
  }
  return done;
}
