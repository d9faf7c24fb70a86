/**
 * The cheapest edits by implicit hitting sets, as hitting-set.ts finds the cheapest stages, with the levels of the
 * proposals: a source counts once on a level however many lines it drops there. See docs/proposals.md for why the
 * reductions are safe.
 */
import { Bug } from '../../errors.ts';
import { apart, cover } from '../break/hitting-set/cover.ts';
import { numbersOf, smallestCuts } from '../break/hitting-set/cut-facts.ts';
import { type Cut, Separator } from '../break/hitting-set/cuts.ts';
import { leaveOut } from '../break/hitting-set/needless.ts';
import { reduce } from '../break/hitting-set/reduce.ts';
import { type Limits, outstanding, solveProgram } from '../clingo.ts';
import type { EditClass } from '../explain/edit-class.ts';
import type { EditProblem } from './edit-problem.ts';

/** The levels of the objective, the first one first. */
export const editCriteria = ['supplies', 'features', 'bindings', 'plain', 'lines'] as const;
/** A level of the proposals. */
export type EditCriterion = (typeof editCriteria)[number];
/** How many a set has on each level. */
export type EditCosts = Readonly<Record<EditCriterion, number>>;

/** Which level a source with such a drop counts on. */
export const levelOf: Readonly<Record<EditClass, EditCriterion>> = {
  unused: 'lines',
  tried: 'lines',
  documentation: 'plain',
  tests: 'plain',
  listed: 'plain',
  bindings: 'bindings',
  biarch: 'bindings',
  features: 'features',
};
const priceLevel: Readonly<Partial<Record<EditCriterion, number>>> = { features: 6, bindings: 5, plain: 4 };

/** What a search ended with. */
export interface EditHit {
  /** `bounded`: a limit ended the search; the set is the best one known. */
  readonly status: 'optimal' | 'bounded';
  /** Element numbers, ascending. */
  readonly set: readonly number[];
  readonly costs: EditCosts;
  /** Of the optimum of all cuts known. */
  readonly lowerBound: EditCosts;
  readonly rounds: number;
  /** Of each of these sets every sufficient choice holds a member. */
  readonly cuts: readonly Cut[];
}

/** The costs of a set of element numbers. Linear in the set. */
export function editCosts({ meaning }: EditProblem, set: readonly number[]): EditCosts {
  const edited = new Map<EditCriterion, Set<number>>();
  let [supplies, lines] = [0, 0];
  for (const e of set) {
    const m = meaning[e]!;
    if (m.kind === 'supply') supplies++;
    else if (m.kind === 'line') {
      lines++;
      const level = levelOf[m.line.kind];
      edited.set(level, (edited.get(level) ?? new Set()).add(m.line.source));
    }
  }
  const count = (level: EditCriterion): number => edited.get(level)?.size ?? 0;
  return {
    supplies,
    features: count('features'),
    bindings: count('bindings'),
    plain: count('plain'),
    lines,
  };
}

/** The facts by which clingo knows a line and what it costs; nothing for what is no line. */
const lineFacts = ({ meaning }: EditProblem, e: number): readonly string[] => {
  const m = meaning[e]!;
  if (m.kind !== 'line') return [];
  const level = priceLevel[levelOf[m.line.kind]];
  return [level === undefined ? `known(${e}).` : `line(${e},${m.line.source},${level}).`];
};

const none: EditCosts = { supplies: 0, features: 0, bindings: 0, plain: 0, lines: 0 };

class Search {
  private readonly problem: EditProblem;
  private readonly separator: Separator;
  private readonly forced: readonly number[];
  /** Declared stages: on from the start. */
  private readonly free: readonly number[];
  private readonly cuts = new Map<string, Cut>();
  private readonly limits: Limits;
  private rounds = 0;

  constructor(problem: EditProblem, limits: Limits, supposed: readonly Cut[]) {
    const reduced = reduce(problem.blocking, 'all');
    this.problem = problem;
    this.forced = reduced.forced;
    this.free = [...problem.meaning.keys()].filter((e) => problem.meaning[e]!.kind === 'stage');
    this.separator = new Separator(reduced.problem);
    this.limits = limits;
    for (const cut of supposed) if (this.isCut(cut)) this.cuts.set(cut.join(), cut);
  }

  /** Without any of its members nothing suffices. One closure. */
  private isCut(cut: Cut): boolean {
    const on = new Uint8Array(this.problem.meaning.length).fill(1);
    for (const e of cut) on[e] = 0;
    for (const list of [this.forced, this.free]) for (const e of list) on[e] = 1;
    return cut.length > 0 && !this.separator.foundation.reaches(on);
  }

  private switched(set: Iterable<number>): Uint8Array {
    const on = new Uint8Array(this.problem.meaning.length);
    for (const list of [this.forced, this.free, set]) for (const e of list) on[e] = 1;
    return on;
  }

  private learn(set: Iterable<number>): readonly Cut[] {
    const missed = this.separator.cuts(this.switched(set));
    for (const cut of missed) {
      if (cut.length === 0) throw new Bug('a problem of edits without any solution');
      this.cuts.set(cut.join(), cut);
    }
    return missed;
  }

  private whole(set: Iterable<number>): readonly number[] {
    return [...new Set([...this.forced, ...set])].sort((a, b) => a - b);
  }

  /** Dear elements are avoided: supplies most, then the kinds in their order. */
  private dear(e: number): number {
    const m = this.problem.meaning[e]!;
    return m.kind === 'supply' ? 10 : m.kind === 'line' ? (priceLevel[levelOf[m.line.kind]] ?? 0) : 0;
  }

  /** Adds what a set misses until it suffices: each step is full of cuts. */
  private complete(set: Set<number>, missing: readonly Cut[]): void {
    for (let missed = missing; missed.length > 0; missed = this.learn(set)) {
      if (outstanding(this.limits)) cover(missed, set, (e) => this.dear(e));
      else for (const cut of missed) for (const e of cut) set.add(e);
    }
  }

  /** A sufficient set without what can be left out: there when a limit comes early. */
  private greedy(): readonly number[] {
    const set = new Set<number>();
    cover([...this.cuts.values()], set, (e) => this.dear(e));
    this.complete(set, this.learn(set));
    const members = [...set].sort((a, b) => this.dear(b) - this.dear(a) || b - a);
    const on = this.switched(set);
    leaveOut(this.separator.foundation, on, members);
    return members.filter((e) => on[e] === 1);
  }

  private facts(lowest: boolean): string {
    const cuts = smallestCuts([...this.cuts.values()]);
    const known = [...new Set(cuts.flat())].sort((a, b) => a - b);
    const facts = cuts.map((cut, i) => `cut(${i},(${cut.join(';')})).`);
    for (const e of known) {
      const m = this.problem.meaning[e]!;
      facts.push(`element(${e}).`);
      if (m.kind === 'supply') facts.push(`supply(${e}).`);
      facts.push(...lineFacts(this.problem, e));
    }
    // What every solution drops is paid already, and a second line of the same source and kind is cheaper for it.
    for (const e of this.forced) {
      const own = lineFacts(this.problem, e);
      if (own.length > 0) facts.push(`element(${e}). cut(f${e},${e}).`, ...own);
    }
    if (lowest) for (const [i, e] of known.entries()) facts.push(`rank(${e},${-1 - i}).`);
    return facts.join('\n');
  }

  async run(): Promise<EditHit> {
    let best = this.whole(this.greedy());
    let lowerBound = { ...none, supplies: this.packed() };
    const hit = (status: EditHit['status']): EditHit => ({
      status,
      set: best,
      costs: editCosts(this.problem, best),
      lowerBound,
      rounds: this.rounds,
      cuts: [...this.cuts.values()],
    });
    for (const lowest of [false, true]) {
      for (let open = this.cuts.size > 0; open; ) {
        const programs = lowest ? ['edits', 'lowest'] : ['edits'];
        const answer = await solveProgram(programs, this.facts(lowest), this.limits);
        if (answer.status === 'unsatisfiable') throw new Bug('cuts without a hitting set');
        if (answer.status === 'stopped') return hit('bounded');
        this.rounds++;
        const set = this.whole(numbersOf('hit', answer.models[0]!));
        lowerBound = editCosts(this.problem, set);
        const missed = this.learn(set);
        open = missed.length > 0;
        // A search takes as long as many closures: what is missed beyond this is learnt at once.
        if (open) this.complete(new Set(set), missed);
        else best = set;
      }
    }
    if (this.cuts.size === 0) lowerBound = editCosts(this.problem, best);
    return hit('optimal');
  }

  /** Cuts of supplies alone that share nothing: each costs one. */
  private packed(): number {
    const only = [...this.cuts.values()].filter((c) => c.every((e) => this.problem.meaning[e]!.kind === 'supply'));
    return apart(only).length + this.forced.filter((e) => this.problem.meaning[e]!.kind === 'supply').length;
  }
}

/**
 * The alphabetically lowest of the cheapest sets of edits.
 *
 * @param supposed cuts of a problem much like this one: those that hold here too are where the search begins
 */
export const cheapestEdits = (problem: EditProblem, limits: Limits, supposed: readonly Cut[] = []): Promise<EditHit> =>
  new Search(problem, limits, supposed).run();
