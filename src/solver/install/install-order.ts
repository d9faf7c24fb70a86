/**
 * Is there an order in which a set can be installed? dpkg unpacks a package only once what it pre-depends on is
 * configured, and configures it only once what it depends on is, or is unpacked and configured along with it (policy
 * 7.2). So packages that need each other in a ring come as one, unless one of them pre-depends on another: then none
 * can come first. apt gives up on such a set, also where a package pre-depends on itself or on a name that it provides.
 *
 * What is installed already is configured, and such a ring does no harm.
 */
import type { Binary } from '../../model.ts';
import { CsrBuilder, csrOf } from '../graph/csr.ts';
import { tarjan } from '../graph/tarjan.ts';
import type { Need } from './need.ts';

/** Some of a set, none of which can be configured before the others. */
export interface Deadlock {
  /** Ascending. */
  readonly members: readonly number[];
  /** The first of them that waits for what it pre-depends on, and that. */
  readonly head: number;
  readonly need: Need;
  /**
   * What fulfils a need for which its members wait, and is none of them: with one of these it may be none. Ascending.
   */
  readonly others: readonly number[];
}

/** Asks for the order of one set after the other; what a package needs is looked up once. */
export class InstallOrder {
  private readonly needsOf: (binary: number) => readonly Need[];
  private readonly binaries: readonly Binary[];
  private known: Uint8Array | undefined;

  constructor(binaries: readonly Binary[], needsOf: (binary: number) => readonly Need[]) {
    this.binaries = binaries;
    this.needsOf = needsOf;
  }

  /** 1 for what pre-depends on something that may need it: a set without any has an order. Worked out once. */
  get inRing(): Uint8Array {
    this.known ??= this.rings();
    return this.known;
  }

  private preNeedsOf(b: number): readonly Need[] {
    const count = this.binaries[b]!.preDepends;
    return count === undefined ? [] : this.needsOf(b).slice(0, count);
  }

  /** Linear in what the pre-dependencies of all binaries reach: a small part of an archive. */
  private rings(): Uint8Array {
    const inRing = new Uint8Array(this.binaries.length);
    const number = new Map<number, number>();
    const reached: number[] = [];
    const enter = (b: number): number => {
      const known = number.get(b);
      if (known !== undefined) return known;
      number.set(b, reached.length);
      return reached.push(b) - 1;
    };
    const heads = [...this.binaries.keys()].filter((b) => this.binaries[b]!.preDepends !== undefined);
    for (const b of heads) for (const { candidates } of this.preNeedsOf(b)) candidates.forEach(enter);
    const edges = new CsrBuilder();
    // It grows while it is walked through.
    for (const b of reached)
      edges.sortedRow(this.needsOf(b).flatMap(({ candidates }) => Array.from(candidates, enter)));
    const { component } = tarjan(edges.finish());
    const componentOf = (b: number): number => component[number.get(b) ?? -1] ?? -1;
    for (const b of heads) {
      const own = componentOf(b);
      const meetsItself = ({ candidates }: Need) => candidates.some((c) => own >= 0 && componentOf(c) === own);
      if (this.preNeedsOf(b).some(meetsItself)) inRing[b] = 1;
    }
    return inRing;
  }

  /**
   * @param set closed under needs
   * @param isInstalled whether a member of it is installed before
   * @returns undefined when there is an order
   */
  deadlock(set: ArrayLike<number>, isInstalled: (binary: number) => boolean): Deadlock | undefined {
    const { inRing } = this;
    const isSuspect = (b: number): boolean => inRing[b] === 1 && !isInstalled(b);
    if (!Array.prototype.some.call(set, isSuspect)) return undefined;
    const configured = new Set<number>();
    let waiting: number[] = [];
    for (const b of Array.from(set))
      if (isInstalled(b)) configured.add(b);
      else waiting.push(b);
    const isFulfilled = ({ candidates }: Need): boolean => candidates.some((c) => configured.has(c));
    for (;;) {
      const batch = this.together(
        waiting.filter((b) => this.preNeedsOf(b).every(isFulfilled)),
        isFulfilled,
      );
      if (batch.size === 0) break;
      for (const b of batch) configured.add(b);
      waiting = waiting.filter((b) => !batch.has(b));
    }
    return waiting.length === 0 ? undefined : this.closest(waiting, isFulfilled);
  }

  /** Of what is unpacked what can be configured: all needs are fulfilled by what is configured, or by each other. */
  private together(unpacked: readonly number[], isFulfilled: (need: Need) => boolean): ReadonlySet<number> {
    const batch = new Set(unpacked);
    const can = (b: number): boolean =>
      this.needsOf(b).every((need) => isFulfilled(need) || need.candidates.some((c) => batch.has(c)));
    for (let before = -1; before !== batch.size; ) {
      before = batch.size;
      for (const b of unpacked) if (batch.has(b) && !can(b)) batch.delete(b);
    }
    return batch;
  }

  /** The smallest part that waits for nobody else of those that wait. */
  private closest(waiting: readonly number[], isFulfilled: (need: Need) => boolean): Deadlock {
    const number = new Map(waiting.map((b, i) => [b, i]));
    const open = waiting.map((b) => this.needsOf(b).filter((need) => !isFulfilled(need)));
    const { component } = tarjan(
      csrOf(
        open.map((needs) =>
          needs.flatMap(({ candidates }) => Array.from(candidates).flatMap((c) => number.get(c) ?? [])),
        ),
      ),
    );
    // Edges lead to lower numbers: nothing leads out of 0.
    const members = waiting.filter((_, i) => component[i] === 0).sort((a, b) => a - b);
    const own = new Set(members);
    const waits = (b: number) => this.preNeedsOf(b).find((need) => !isFulfilled(need));
    // Without one they would all be unpacked, and configured together.
    const head = members.find((b) => waits(b) !== undefined)!;
    const others = members.flatMap((b) => open[number.get(b)!]!.flatMap(({ candidates }) => Array.from(candidates)));
    return {
      members,
      head,
      need: waits(head)!,
      others: [...new Set(others)].filter((c) => !own.has(c)).sort((a, b) => a - b),
    };
  }
}
