/**
 * Which builds may be possible with what is there, conflicts left aside: every alternative and every provider counts. A
 * binary is *supported* when it is there with others that fulfil all its needs, binaries that need each other included
 * (the greatest such set); a build is in prospect when each of its needs has a supported candidate. Both only grow, and
 * each binary is looked at again only when something that it lacks has come. Whether what is in prospect can be
 * installed together is the question of install-world.ts.
 */
import type { Csr } from '../../model.ts';
import { onceFor } from '../../once.ts';
import { CsrBuilder, reversed, successors } from '../graph/csr.ts';
import { demandOf } from './install-demand.ts';
import type { InstallRules } from './install-rules.ts';
import type { Need } from './need.ts';

/** The needs of a universe under numbers: the part that never changes. Variants are numbered source by source. */
export interface NeedIndex {
  readonly needs: readonly Need[];
  /** Binary -> its needs. */
  readonly ofBinary: Csr;
  /** Variant -> its needs. */
  readonly ofVariant: Csr;
  /** Need -> binaries that have it; need -> variants that have it. */
  readonly binariesWith: Csr;
  readonly variantsWith: Csr;
  /** Binary -> needs that it fulfils. */
  readonly fulfils: Csr;
  /** Source -> the number of its full variant. */
  readonly firstVariant: Int32Array;
}

/** The index of these rules, worked out once. Linear in the number of alternatives. */
export const needIndex: (rules: InstallRules) => NeedIndex = onceFor(indexed);

function indexed(rules: InstallRules): NeedIndex {
  const { universe } = rules;
  const number = new Map<Need, number>();
  const needs: Need[] = [];
  const numberOf = (need: Need): number => {
    let n = number.get(need);
    if (n === undefined) {
      n = needs.push(need) - 1;
      number.set(need, n);
    }
    return n;
  };
  const binaries = new CsrBuilder();
  for (let b = 0; b < universe.binaries.length; b++) {
    binaries.sortedRow(rules.needsOf(b).flatMap((need) => (need.candidates.includes(b) ? [] : [numberOf(need)])));
  }
  const variants = new CsrBuilder();
  const firstVariant = new Int32Array(universe.sources.length + 1);
  universe.sources.forEach((source, s) => {
    for (const variant of source.variants)
      variants.sortedRow(demandOf(rules, variant, [], universe.alternatives).needs.map(numberOf));
    firstVariant[s + 1] = firstVariant[s]! + source.variants.length;
  });
  const ofBinary = binaries.finish();
  const ofVariant = variants.finish();
  const fulfilled = new CsrBuilder();
  for (const { candidates } of needs) fulfilled.row(candidates);
  return {
    needs,
    ofBinary,
    ofVariant,
    binariesWith: reversed(ofBinary, needs.length),
    variantsWith: reversed(ofVariant, needs.length),
    fulfils: reversed(fulfilled.finish(), universe.binaries.length),
    firstVariant,
  };
}

/** Follows what is there, one binary at a time. Linear in the needs that this opens, for all of them together. */
export class Prospects {
  readonly index: NeedIndex;
  /** 1 for binaries that are there, and for those that are supported. */
  readonly there: Uint8Array;
  readonly supported: Uint8Array;
  /** Need -> 1 when a candidate is supported. */
  private readonly open: Uint8Array;
  /** Variant -> needs without a supported candidate. */
  private readonly missing: Int32Array;
  /** Whose turn it was last to be looked at; and, in that turn, the needs that nothing fulfils. */
  private readonly turnOf: Int32Array;
  private readonly gone: Int32Array;
  private turn = 0;
  /** Binaries that the last call of `appear` has made supported. */
  fresh: readonly number[] = [];

  constructor(from: NeedIndex | Prospects) {
    if (from instanceof Prospects) {
      this.index = from.index;
      this.there = from.there.slice();
      this.supported = from.supported.slice();
      this.open = from.open.slice();
      this.missing = from.missing.slice();
    } else {
      const binaries = from.ofBinary.offsets.length - 1;
      const variants = from.ofVariant.offsets.length - 1;
      this.index = from;
      this.there = new Uint8Array(binaries);
      this.supported = new Uint8Array(binaries);
      this.open = Uint8Array.from(from.needs, () => 1);
      this.missing = Int32Array.from({ length: variants }, (_, v) => successors(from.ofVariant, v).length);
    }
    this.turnOf = new Int32Array(this.there.length);
    this.gone = new Int32Array(this.there.length);
  }

  isInProspect(variant: number): boolean {
    return this.missing[variant] === 0;
  }

  /** Binaries come; returns the variants that are in prospect by it. */
  appear(binaries: Iterable<number>): number[] {
    const candidates = this.waitingOn(binaries);
    this.withoutUnsupported(candidates);
    const variants: number[] = [];
    this.fresh = candidates.filter((b) => this.gone[b] !== this.turn);
    for (const b of this.fresh) {
      this.supported[b] = 1;
      for (const need of successors(this.index.fulfils, b)) {
        if (this.open[need] === 0) continue;
        this.open[need] = 0;
        for (const v of successors(this.index.variantsWith, need)) if (--this.missing[v]! === 0) variants.push(v);
      }
    }
    return variants;
  }

  /** What comes and was not there, and what is there and may be supported once that is. */
  private waitingOn(binaries: Iterable<number>): number[] {
    const turn = ++this.turn;
    const found: number[] = [];
    const enter = (b: number): void => {
      if (this.there[b] === 0 || this.supported[b] === 1 || this.turnOf[b] === turn) return;
      this.turnOf[b] = turn;
      found.push(b);
    };
    for (const b of binaries) {
      if (this.there[b] === 1) continue;
      this.there[b] = 1;
      enter(b);
    }
    for (const b of found)
      for (const need of successors(this.index.fulfils, b))
        if (this.open[need] === 1) for (const user of successors(this.index.binariesWith, need)) enter(user);
    return found;
  }

  /** Marks as gone what has a need that nothing supported and no other candidate of this turn fulfils, on and on. */
  private withoutUnsupported(candidates: readonly number[]): void {
    const { ofBinary, fulfils, binariesWith, needs } = this.index;
    const { turn, turnOf, gone } = this;
    const stays = (b: number): boolean => turnOf[b] === turn && gone[b] !== turn;
    const isFulfilled = (need: number): boolean => this.open[need] === 0 || needs[need]!.candidates.some(stays);
    const queue: number[] = [];
    const lose = (b: number): void => {
      if (!stays(b)) return;
      gone[b] = turn;
      queue.push(b);
    };
    for (const b of candidates) if (!successors(ofBinary, b).every(isFulfilled)) lose(b);
    for (let b = queue.pop(); b !== undefined; b = queue.pop())
      for (const need of successors(fulfils, b))
        if (!isFulfilled(need)) for (const user of successors(binariesWith, need)) lose(user);
  }
}
