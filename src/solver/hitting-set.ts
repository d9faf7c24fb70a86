/**
 * Implicit hitting set: solve the cuts known so far, look whether the answer reaches the goal, add the cuts it missed,
 * repeat. The cuts of a round are some of all, so each round's optimum is a lower bound, and the first one that
 * reaches the goal is an optimum of the whole. After M. Karp et al., "Implicit hitting set problems and multi-genome
 * alignment" (2010).
 */
import { Bug } from '../errors.ts';
import { type Blocking, isWish } from './blocking.ts';
import { type Limits, outstanding, solveProgram } from './clingo.ts';
import { type Cut, Separator } from './cuts.ts';

/** Wishes first, then stage builds. */
export type CostPair = readonly [wishes: number, stages: number];

export interface Hit {
  /** `bounded`: a limit ended the search; `set` is the best one known. */
  readonly status: 'optimal' | 'bounded';
  /** Element numbers, ascending. */
  readonly set: readonly number[];
  readonly lowerBound: CostPair;
  readonly rounds: number;
}

export function costOf(problem: Blocking, set: readonly number[]): CostPair {
  const wishes = set.filter((e) => isWish(problem.elements[e]!)).length;
  return [wishes, set.length - wishes];
}

export const cheaper = (a: CostPair, b: CostPair): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** One blocking problem and all that has been learnt about it. */
export class HittingSet {
  readonly problem: Blocking;
  private readonly separator: Separator;
  private readonly cuts = new Map<string, Cut>();
  private readonly limits: Limits;
  rounds = 0;

  constructor(problem: Blocking, limits: Limits) {
    this.problem = problem;
    this.limits = limits;
    this.separator = new Separator(problem);
  }

  /** Adds what a set misses; true when it misses nothing. */
  private learn(set: readonly number[]): boolean {
    const on = new Uint8Array(this.problem.elements.length);
    for (const e of set) on[e] = 1;
    const missed = this.separator.cuts(on);
    for (const cut of missed) {
      if (cut.length === 0) throw new Bug('a blocking problem without any solution');
      this.cuts.set(cut.join(), cut);
    }
    return missed.length === 0;
  }

  reaches(set: readonly number[]): boolean {
    const on = new Uint8Array(this.problem.elements.length);
    for (const e of set) on[e] = 1;
    return this.separator.foundation.reaches(on);
  }

  /** A sufficient set that no member can be left out of: cheapest member of each missed cut, dearest left out first. */
  greedy(): readonly number[] {
    const set = new Set<number>();
    const { elements } = this.problem;
    const dear = (e: number) => Number(isWish(elements[e]!));
    for (;;) {
      const on = new Uint8Array(elements.length);
      for (const e of set) on[e] = 1;
      const missed = this.separator.cuts(on);
      if (missed.length === 0) break;
      for (const cut of missed) {
        this.cuts.set(cut.join(), cut);
        if (cut.some((e) => set.has(e))) continue;
        set.add(cut.reduce((best, e) => (dear(e) < dear(best) ? e : best)));
      }
    }
    const sorted = [...set].sort((a, b) => dear(b) - dear(a) || b - a);
    for (const e of sorted) {
      set.delete(e);
      if (!this.reaches([...set])) set.add(e);
    }
    return [...set].sort((a, b) => a - b);
  }

  /** The cuts, and the prices of the elements in them, as facts. */
  private facts(): string {
    const inCuts = new Set<number>();
    const lines: string[] = [];
    let number = 0;
    for (const cut of this.cuts.values()) {
      lines.push(`cut(${number++},(${cut.join(';')})).`);
      for (const e of cut) inCuts.add(e);
    }
    for (const e of [...inCuts].sort((a, b) => a - b)) {
      lines.push(`price(${e},${isWish(this.problem.elements[e]!) ? 2 : 1}).`);
    }
    return lines.join('\n');
  }

  /** Rank facts: one level below the prices for every element that a cut knows, the lowest element highest. */
  private ranks(): string {
    const known = [...new Set([...this.cuts.values()].flat())].sort((a, b) => a - b);
    return known.map((e, i) => `rank(${e},${i - known.length}).`).join('\n');
  }

  /** The alphabetically lowest of the cheapest sufficient sets. */
  async solve(): Promise<Hit> {
    let best = this.greedy();
    let lowerBound: CostPair = [0, 0];
    for (const lowest of [false, true]) {
      for (;;) {
        const names = lowest ? ['hitting-set', 'lowest'] : ['hitting-set'];
        const facts = lowest ? `${this.facts()}\n${this.ranks()}` : this.facts();
        const answer = await solveProgram(names, facts, this.limits);
        if (answer.status === 'unsatisfiable') throw new Bug('cuts without a hitting set');
        if (answer.status === 'stopped') return { status: 'bounded', set: best, lowerBound, rounds: this.rounds };
        this.rounds++;
        const set = elementsOf(answer.models[0]!);
        lowerBound = costOf(this.problem, set);
        if (this.learn(set)) {
          best = set;
          break;
        }
        if (!outstanding(this.limits)) return { status: 'bounded', set: best, lowerBound, rounds: this.rounds };
      }
    }
    return { status: 'optimal', set: best, lowerBound, rounds: this.rounds };
  }

  /**
   * All cheapest sufficient sets, or undefined when there are more than `most` (or a limit came first). Each round lists the optimal
   * sets of the cuts known; the ones that miss something teach new cuts.
   */
  async all(most: number): Promise<readonly (readonly number[])[] | undefined> {
    for (;;) {
      const answer = await solveProgram(['hitting-set'], this.facts(), this.limits, most);
      if (answer.status !== 'optimal') return undefined;
      this.rounds++;
      const sets = answer.models.map(elementsOf);
      const missing = sets.filter((set) => !this.learn(set));
      if (missing.length === 0) return sets.length > most ? undefined : sets;
    }
  }
}

/** `hit(12)` atoms to element numbers, ascending. */
function elementsOf(atoms: readonly string[]): readonly number[] {
  return atoms.map((a) => Number(a.slice(4, -1))).sort((a, b) => a - b);
}

/** A group, its problem, and what was found. */
export interface Solved {
  readonly members: readonly number[];
  readonly problem: Blocking;
  readonly search: HittingSet;
  readonly hit: Hit;
}
