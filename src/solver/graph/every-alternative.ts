/**
 * The universe with every alternative and every provider kept: for answers that must not depend on what was chosen.
 * Owners of groups are binaries (0 .. b-1) and sources by their full build (b .. b+s-1); equal groups are held once.
 */
import type { Csr } from '../../model.ts';
import type { Choices } from './choices.ts';
import { CsrBuilder, reversed, successors, vertexCount } from './csr.ts';

/** Groups with all their candidates, in rows. */
export interface EveryAlternative {
  readonly binaries: number;
  /** Group -> binaries that satisfy it. */
  readonly candidates: Csr;
  /** Owner -> its groups. */
  readonly groupsOf: Csr;
  /** Group -> its owners. */
  readonly owners: Csr;
  /** Binary -> groups it is a candidate of. */
  readonly candidateIn: Csr;
}

/** Candidates that can never be installed are left out; so is a group that has no other. */
export function everyAlternative({ universe, groups, broken }: Choices): EveryAlternative {
  const rows = new CsrBuilder();
  for (const list of groups.candidates) {
    const kept: number[] = [];
    for (let i = 0; i < list.length; i++) if (broken[list[i]!] === 0) kept.push(list[i]!);
    rows.sortedRow(kept);
  }
  const owned = new CsrBuilder();
  for (let b = 0; b < universe.binaries.length; b++) owned.sortedRow(successors(groups.ofBinary, b));
  for (const variant of groups.fullVariant) owned.sortedRow(successors(groups.ofVariant, variant));
  const groupsOf = owned.finish();
  const candidates = rows.finish();
  return {
    binaries: universe.binaries.length,
    candidates,
    groupsOf,
    owners: reversed(groupsOf, vertexCount(candidates)),
    candidateIn: reversed(candidates, universe.binaries.length),
  };
}

/** Asks again and again which owners lose a group when some binaries are not there. */
export class Loss {
  private readonly g: EveryAlternative;
  private readonly left: Int32Array;
  private readonly lost: Uint8Array;

  constructor(g: EveryAlternative) {
    this.g = g;
    const { offsets } = g.candidates;
    this.left = Int32Array.from({ length: offsets.length - 1 }, (_, i) => offsets[i + 1]! - offsets[i]!);
    this.lost = new Uint8Array(g.groupsOf.offsets.length - 1);
  }

  /**
   * Whether `owner` cannot do without these binaries, whatever alternative is taken: they go, then all that has a group
   * with nothing left. Conflicts are not looked at. Costs no more than what is lost, and its groups.
   */
  losesWithout(missing: ArrayLike<number>, owner: number): boolean {
    const { candidateIn, owners, binaries } = this.g;
    const gone: number[] = [];
    const touched: number[] = [];
    const lose = (v: number): void => {
      if (this.lost[v] === 1) return;
      this.lost[v] = 1;
      gone.push(v);
    };
    for (let i = 0; i < missing.length; i++) lose(missing[i]!);
    for (let i = 0; i < gone.length && this.lost[owner] === 0; i++) {
      const v = gone[i]!;
      if (v >= binaries) continue;
      for (let e = candidateIn.offsets[v]!; e < candidateIn.offsets[v + 1]!; e++) {
        const group = candidateIn.targets[e]!;
        touched.push(group);
        if (--this.left[group]! > 0) continue;
        for (let o = owners.offsets[group]!; o < owners.offsets[group + 1]!; o++) lose(owners.targets[o]!);
      }
    }
    const answer = this.lost[owner] === 1;
    for (const v of gone) this.lost[v] = 0;
    for (const group of touched) this.left[group]!++;
    return answer;
  }
}
