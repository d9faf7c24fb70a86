/**
 * How many full builds are tainted whatever cheapest choice is taken: a lower bound on the third level. It follows from
 * what every cheapest choice has in common and from rule M4, by deriving which builds surely come before which;
 * docs/solver.md has the proof.
 */

import { successors } from '../graph/csr.ts';
import { Bits } from './bits.ts';
import { type Element, isWish, type Surroundings } from './blocking.ts';
import { UnitWalk } from './schedule.ts';

/** It does no harm if `always` lacks some, or `sometimes` has too many. */
export interface Common {
  /** Elements that all cheapest choices hold. */
  readonly always: readonly Element[];
  /** Elements that some cheapest choice holds. */
  readonly sometimes: readonly Element[];
}

/** A build that is done with every cheapest choice; a stage build, unless the full build comes first. */
interface SureBuild {
  readonly candidate: number;
  readonly source: number;
  readonly isFull: boolean;
  /** Sources of what it has installed. */
  readonly makers: Bits;
  /** Pieces it has installed. */
  readonly needs: Bits;
  /** Pieces it yields. */
  readonly yields: Bits;
}

/** What is sure when a full build starts. */
interface Start {
  /** Sources whose full build has been done. */
  readonly done: Bits;
  /** Pieces that are there. */
  readonly there: Bits;
}

/** Binaries of one source that its full build and the same stages yield are one piece. */
class Pieces {
  /** Binary -> piece, or -1 where a full build that all choices do does not yield it. */
  readonly of: Int32Array;
  /** Piece -> its source. */
  readonly source: number[] = [];

  constructor({ index, most, required }: Surroundings) {
    this.of = new Int32Array(index.graph.binaries.length).fill(-1);
    required.forEach((flag, s) => {
      const full = index.firstOf[s]!;
      if (flag === 0 || most.built[full] === 0) return;
      const stages = index.candidates.slice(full + 1, index.firstOf[s + 1]!).map((c) => new Set(c.yields));
      const numbers = new Map<string, number>();
      for (const b of index.candidates[full]!.yields) {
        const key = stages.map((yields) => Number(yields.has(b))).join('');
        let piece = numbers.get(key);
        if (piece === undefined) {
          piece = this.source.push(s) - 1;
          numbers.set(key, piece);
        }
        this.of[b] = piece;
      }
    });
  }
}

class Precedence {
  private readonly at: Surroundings;
  private readonly pieces: Pieces;
  private readonly builds: readonly SureBuild[];
  private readonly full = new Map<number, SureBuild>();
  /** Pieces that nothing but a full build ever yields. */
  private readonly late: Bits;
  /** Pieces that are there from the start. */
  private readonly given: Bits;
  private readonly starts = new Map<number, Start>();

  constructor(at: Surroundings, { always, sometimes }: Common) {
    this.at = at;
    this.pieces = new Pieces(at);
    this.late = new Bits(this.pieces.source.length);
    this.given = new Bits(this.pieces.source.length);
    for (let p = 0; p < this.pieces.source.length; p++) this.late.add(p);
    for (const e of sometimes) for (const p of this.started(e)) this.late.delete(p);
    for (const e of always) if (isWish(e)) for (const p of this.started(e)) this.given.add(p);
    this.builds = this.sureBuilds(new Set(always.flatMap((e) => (isWish(e) ? [] : [this.candidateOf(e)]))));
    for (const b of this.builds) if (b.isFull) this.full.set(b.source, b);
  }

  private candidateOf({ source, stage }: Element): number {
    const { candidates, firstOf } = this.at.index;
    let c = firstOf[source]!;
    while (candidates[c]!.stage !== stage) c++;
    return c;
  }

  /** Pieces that an element brings without a full build. */
  private started(e: Element): number[] {
    const { index } = this.at;
    const binaries = isWish(e) ? successors(index.makes, e.source) : index.candidates[this.candidateOf(e)]!.yields;
    return [...new Set(Array.from(binaries, (b) => this.pieces.of[b]!))].filter((p) => p >= 0);
  }

  /** In the order of rule M4. Nothing is said of builds that install what no full build replaces: they are left out. */
  private sureBuilds(stages: ReadonlySet<number>): SureBuild[] {
    const { index, most, required } = this.at;
    const units = new UnitWalk(index);
    return index.candidates.flatMap(({ source, stage, needs: asked, yields }, candidate): SureBuild[] => {
      const isSure = stage === 0 ? required[source] === 1 && most.built[candidate] === 1 : stages.has(candidate);
      if (!isSure) return [];
      const makers = new Bits(required.length);
      const needs = new Bits(this.pieces.source.length);
      units.restart();
      const isOdd = units.from(asked, (unit) =>
        successors(index.binariesOf, unit).some((b) => {
          const piece = this.pieces.of[b]!;
          if (piece < 0) return true;
          needs.add(piece);
          makers.add(this.pieces.source[piece]!);
          return false;
        }),
      );
      if (isOdd) return [];
      const made = new Bits(this.pieces.source.length);
      for (const b of yields) if (this.pieces.of[b]! >= 0) made.add(this.pieces.of[b]!);
      return [{ candidate, source, isFull: stage === 0, makers, needs, yields: made }];
    });
  }

  /** The full build of a source has been done: so has all that surely comes before it. */
  private follow({ done, there }: Start, source: number): void {
    done.add(source);
    const build = this.full.get(source);
    if (build) there.join(build.yields);
    const before = this.starts.get(source);
    if (before === undefined) return;
    done.join(before.done);
    there.join(before.there);
  }

  /** What was ready and is lower in the order has been done (rule M4). */
  private close(start: Start, build: SureBuild): void {
    const { builds } = this;
    const waitsFor = new Int32Array(builds.length).fill(-1);
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 0; i < builds.length && builds[i]!.candidate < build.candidate; i++) {
        const { isFull, source, needs, yields } = builds[i]!;
        if (isFull ? start.done.has(source) : yields.isIn(start.there)) continue;
        if (waitsFor[i]! >= 0 && !start.there.has(waitsFor[i]!)) continue;
        waitsFor[i] = needs.firstOutside(start.there);
        if (waitsFor[i]! >= 0) continue;
        if (isFull) this.follow(start, source);
        else start.there.join(yields);
        changed = true;
      }
    }
  }

  /** @param assumed sources whose full build is taken to have been done */
  private startOf(build: SureBuild, assumed: Iterable<number>): Start {
    const { late, given, pieces } = this;
    const start: Start = { done: new Bits(this.at.required.length), there: given.copy() };
    start.there.join(build.needs);
    for (const p of build.needs) {
      const source = pieces.source[p]!;
      if (late.has(p) && source !== build.source && !start.done.has(source)) this.follow(start, source);
    }
    for (const source of assumed) this.follow(start, source);
    this.close(start, build);
    return start;
  }

  /** @param order the sources of full builds as some cheapest choice does them */
  derive(order: readonly number[]): void {
    for (const s of order) {
      const build = this.full.get(s);
      if (build) this.starts.set(s, this.startOf(build, []));
    }
  }

  /** Full builds that surely come before that of something they install, or that cannot come after all of it. */
  tainted(): number[] {
    const comesFirst = (source: number, of: Bits): boolean => {
      for (const s of of) if (s === source || this.starts.get(s)?.done.has(source)) return true;
      return false;
    };
    const isTainted = (build: SureBuild): boolean =>
      comesFirst(build.source, build.makers) || comesFirst(build.source, this.startOf(build, build.makers).done);
    return [...this.full.values()].filter(isTainted).map(({ source }) => source);
  }
}

/** The work grows with the third power of the full builds: about a second here. */
export const mostBuilds = 1500;

/**
 * Sources whose full build is tainted, and can be clean later, with every choice that is cheapest on the first two levels.
 * @param order the sources of full builds as one of these choices does them; at most `mostBuilds` are advised
 */
export function surelyTainted(at: Surroundings, common: Common, order: readonly number[]): readonly number[] {
  const precedence = new Precedence(at, common);
  precedence.derive(order);
  return precedence.tainted();
}
