/**
 * Implicit hitting set: solve the cuts known so far, look whether the answer reaches the goal, add the cuts it missed,
 * repeat. The cuts of a round are some of all, so each round's optimum is a lower bound, and the first one that
 * reaches the goal is an optimum of the whole. After M. Karp et al., "Implicit hitting set problems and multi-genome
 * alignment" (2010).
 */

import { Bug } from '../../../errors.ts';
import type { ElementIndex, SourceVertex } from '../../../indices.ts';
import { type Limits, outstanding, solveProgram } from '../../clingo.ts';
import { type Blocking, isWish } from '../problem/blocking.ts';
import { backEdges } from './back-edges.ts';
import { apart, cover } from './cover.ts';
import { elementsOf, factsOf } from './cut-facts.ts';
import { type Cut, Separator } from './cuts.ts';
import type { Keep } from './kernel.ts';
import { leaveOut } from './needless.ts';
import { reduce } from './reduce.ts';

/** Wishes first, then stage builds. */
export type CostPair = readonly [wishes: number, stages: number];

/** What a search ended with. */
export interface Hit {
  /** `bounded`: a limit ended the search; `set` is the best one known. */
  readonly status: 'optimal' | 'bounded';
  /** Element numbers, ascending. */
  readonly set: readonly ElementIndex[];
  readonly lowerBound: CostPair;
  readonly rounds: number;
}

/** What a choice has to reach beyond the goal of the problem. Choosing more never loses it. */
export interface Further {
  /** Elements that its cuts may speak of: the reductions put no other one in their place. */
  readonly speaksOf: ReadonlySet<ElementIndex>;
  /** A limit is over, and has been for so long that any sufficient choice will do. */
  readonly givesUp: boolean;
  /** What a choice that reaches the goal still has to hit; nothing when it is sufficient. */
  cuts(on: Uint8Array): readonly Cut[];
  /** Elements that make such a choice sufficient, with no regard to how many they are. */
  atOnce(on: Uint8Array): readonly ElementIndex[];
}

const nothingFurther: Further = { speaksOf: new Set(), givesUp: false, cuts: () => [], atOnce: () => [] };

/** Wishes and stage builds of a set of element numbers. */
export function costOf(problem: Blocking, set: readonly ElementIndex[]): CostPair {
  const wishes = set.filter((e) => isWish(problem.elements[e]!)).length;
  return [wishes, set.length - wishes];
}

/** One blocking problem and all that has been learnt about it. */
export class HittingSet {
  readonly problem: Blocking;
  private readonly separator: Separator;
  /** Elements of every solution: no cut speaks of them. */
  private readonly forced: readonly ElementIndex[];
  private readonly cuts = new Map<string, Cut>();
  private readonly limits: Limits;
  private readonly further: Further;
  /** The cuts known have no cheaper hitting sets than all cuts have. */
  private isEnough = false;
  /** A cut was made beyond the goal. */
  private isFurther = false;
  rounds = 0;

  /**
   * @param keep which of the cheapest solutions the reductions must leave
   * @param further what there is to reach beyond the goal
   */
  constructor(problem: Blocking, limits: Limits, keep: Keep, further = nothingFurther) {
    this.further = further;
    const reduced = reduce(problem, keep, further.speaksOf);
    this.problem = reduced.problem;
    this.forced = reduced.forced;
    this.limits = limits;
    this.separator = new Separator(this.problem);
  }

  private switched(set: Iterable<ElementIndex>): Uint8Array {
    const on = new Uint8Array(this.problem.elements.length);
    for (const e of this.forced) on[e] = 1;
    for (const e of set) on[e] = 1;
    return on;
  }

  get known(): readonly Cut[] {
    return [...this.cuts.values()];
  }

  /** Adds the cuts that a set misses to the known ones, and returns them. */
  learn(set: Iterable<ElementIndex>): readonly Cut[] {
    const on = this.switched(set);
    let missed = this.separator.cuts(on);
    if (missed.length === 0) {
      missed = this.further.cuts(on);
      if (missed.length > 0) this.isFurther = true;
    }
    for (const cut of missed) {
      if (cut.length === 0) throw new Bug('a blocking problem without any solution');
      this.cuts.set(cut.join(), cut);
    }
    return missed;
  }

  /** A set, and what is in every one. */
  withForced(set: Iterable<ElementIndex>): readonly ElementIndex[] {
    return [...new Set([...this.forced, ...set])].sort((a, b) => a - b);
  }

  /** A sufficient set without what can be left out: good, not best; there when a limit comes early. */
  private greedy(): readonly ElementIndex[] {
    const dear = (e: ElementIndex) => Number(isWish(this.problem.elements[e]!));
    const complete = (set: Set<ElementIndex>): void => {
      for (let missed = this.learn(set); missed.length > 0; missed = this.learn(set)) {
        const isBeyond = !this.further.givesUp && this.separator.foundation.reaches(this.switched(set));
        if (isBeyond || outstanding(this.limits)) cover(missed, set, dear);
        else for (const e of this.atOnce(set)) set.add(e);
      }
    };
    const set = new Set<ElementIndex>();
    complete(set);
    const members = [...set].sort((a, b) => dear(b) - dear(a) || b - a);
    const on = this.switched(set);
    leaveOut(this.separator.foundation, on, members);
    // What was left out may be missed beyond the goal, which is not looked at there.
    const left = new Set(members.filter((e) => on[e] === 1));
    complete(left);
    if (this.isFurther) this.thinOut(left, members);
    return [...left];
  }

  /** Takes members out of a sufficient set that are missed neither for the goal nor beyond it. */
  private thinOut(set: Set<ElementIndex>, members: readonly ElementIndex[]): void {
    for (const e of members) {
      if (!set.has(e) || this.known.some((cut) => cut.includes(e) && cut.every((x) => x === e || !set.has(x))))
        continue;
      if (this.further.givesUp) return;
      set.delete(e);
      if (this.learn(set).length > 0) set.add(e);
    }
  }

  /** What makes a set sufficient, with no regard to how much that is. */
  private atOnce(set: Iterable<ElementIndex>): Iterable<ElementIndex> {
    const on = this.switched(set);
    const all = [...this.problem.elements.keys()];
    const edges = backEdges(this.problem, this.separator.foundation.founded(on)) ?? all;
    // Each of these adds something, or the next one is taken: so this ends.
    return [edges, this.further.atOnce(on)].find((list) => list.some((e) => on[e] === 0)) ?? all;
  }

  /** What every solution costs at least, without a search: cuts that share nothing take a member each. */
  private packed(): CostPair {
    const [wishes, stages] = costOf(this.problem, this.forced);
    const cuts = apart(this.known);
    // A cut with a stage in it need not cost a wish, and with more wishes fewer stages may do.
    const dear = cuts.filter((cut) => cut.every((e) => isWish(this.problem.elements[e]!))).length;
    return this.problem.elements.some(isWish) ? [wishes + dear, stages] : [0, stages + cuts.length];
  }

  private facts(lowest: boolean): string {
    return factsOf(this.known, (e) => this.problem.elements[e]!, lowest);
  }

  /** The alphabetically lowest of the cheapest sufficient sets. */
  async solve(): Promise<Hit> {
    let best = this.greedy();
    let lowerBound = this.packed();
    const tell = (): void =>
      this.limits.onBound?.({ found: costOf(this.problem, this.withForced(best)), atLeast: lowerBound });
    tell();
    const hit = (status: Hit['status']): Hit => {
      return { status, set: this.withForced(best), lowerBound, rounds: this.rounds };
    };
    for (const lowest of [false, true]) {
      for (let open = this.cuts.size > 0; open; ) {
        const programs = lowest ? ['hitting-set', 'lowest'] : ['hitting-set'];
        const answer = await solveProgram(programs, this.facts(lowest), this.limits);
        if (answer.status === 'unsatisfiable') throw new Bug('cuts without a hitting set');
        if (answer.status === 'stopped') return hit('bounded');
        this.rounds++;
        const set = elementsOf(answer.models[0]!);
        lowerBound = costOf(this.problem, this.withForced(set));
        open = this.learn(set).length > 0;
        if (!open) best = set;
        tell();
      }
      this.isEnough = true;
    }
    return hit('optimal');
  }

  /**
   * Elements of every cheapest sufficient set (some may be missing), and elements of any (some may be too many), or
   * undefined when a limit came first. The cheapest sets of the cuts are all cheapest sufficient sets, and maybe more.
   */
  async common(): Promise<
    { readonly always: readonly ElementIndex[]; readonly sometimes: readonly ElementIndex[] } | undefined
  > {
    if (this.rounds === 0) this.greedy();
    const among = async (models: 0 | 'brave' | 'cautious'): Promise<readonly ElementIndex[] | undefined> => {
      if (this.cuts.size === 0) return [];
      const answer = await solveProgram(['hitting-set'], this.facts(false), this.limits, models);
      this.rounds++;
      return answer.status === 'optimal' ? elementsOf(answer.models[0]!) : undefined;
    };
    while (!this.isEnough) {
      const set = await among(0);
      if (set === undefined) return undefined;
      this.isEnough = this.learn(set).length === 0;
    }
    const [always, sometimes] = [await among('cautious'), await among('brave')];
    if (always === undefined || sometimes === undefined) return undefined;
    return { always: this.withForced(always), sometimes: this.withForced(sometimes) };
  }

  /**
   * All cheapest sufficient sets, or undefined when there are more than `most`, or so many candidates for one that the
   * search for them is given up, or a limit came first. Each round lists the optimal sets of the cuts known; those that
   * miss something teach new cuts.
   */
  async all(most: number): Promise<readonly (readonly ElementIndex[])[] | undefined> {
    if (this.rounds === 0) this.greedy();
    if (this.cuts.size === 0) return [this.withForced([])];
    for (let overflows = 0; overflows < 4; ) {
      const answer = await solveProgram(['hitting-set'], this.facts(false), this.limits, most);
      if (answer.status !== 'optimal') return undefined;
      this.rounds++;
      const sets = answer.models.map(elementsOf);
      const sufficient = sets.filter((set) => this.learn(set).length === 0);
      if (sufficient.length > most) return undefined;
      if (sufficient.length === sets.length) return sets.map((set) => this.withForced(set));
      if (sets.length > most) overflows++;
    }
    return undefined;
  }
}

/** A group, its problem, and what was found. */
export interface Solved {
  readonly members: readonly SourceVertex[];
  readonly problem: Blocking;
  /** With what it learnt; absent when the answer was remembered. */
  readonly search: HittingSet | undefined;
  readonly hit: Hit;
}
