/**
 * The fewest rebuilds where the cheapest choices are too many to replay them all. Choices and reasons take turns:
 * clingo takes the cheapest choice with the fewest rebuilds that are known to follow from it; the replay says how many
 * there are; for each one that was not foreseen a reason is worked out, which rules out all choices that share it. What
 * is foreseen is a lower bound. After J. Hooker and G. Ottosson, "Logic-based Benders decomposition" (2003).
 */
import type { ElementIndex, SourceVertex } from '../../../indices.ts';
import { type Limits, solveProgram } from '../../clingo.ts';
import { workLimits } from '../../limits.ts';
import { factsOf, numbersOf } from '../hitting-set/cut-facts.ts';
import type { HittingSet } from '../hitting-set/hitting-set.ts';
import { byElement, type Element } from '../problem/blocking.ts';
import { state } from './choice-states.ts';
import type { Taint } from './rebuild-bound.ts';

/** Elements that suffice to prove that a source is rebuilt, by number. */
interface Reason {
  readonly source: SourceVertex;
  readonly held: readonly number[];
  readonly absent: readonly number[];
}

/** The choice with the fewest rebuilds that was found, and the bound under it. */
export interface FoundRebuilds {
  /** Per group the elements of the best choice found. */
  readonly sets: readonly (readonly number[])[];
  readonly value: number;
  readonly lowerBound: number;
  /** Whether the choice is proved to be the lowest of those with so many rebuilds. */
  readonly isLowest: boolean;
}

/** What a search knows of the plan: the sources that a choice of one set per group has rebuilt. */
export type Replay = (sets: readonly (readonly number[])[]) => readonly number[];

/** One search over all groups at once, since a build of one may taint a build of another. */
export class RebuildSearch {
  private readonly groups: readonly HittingSet[];
  private readonly taint: Taint;
  private readonly replay: Replay;
  /** Elements of all groups in alphabetical order: the numbers that clingo sees. */
  private readonly elements: readonly {
    readonly group: number;
    readonly own: ElementIndex;
    readonly element: Element;
  }[];
  /** Per group: own number -> number. */
  private readonly numbers: readonly Int32Array[];
  /** Numbers of the elements that some cheapest choices hold and others do not. */
  private readonly free: readonly number[];
  private readonly sure: ReadonlySet<number>;
  private readonly reasons: Reason[] = [];

  /** @param taint with the state of every element; what is open there is left open in the end */
  constructor(groups: readonly HittingSet[], taint: Taint, sure: readonly number[], replay: Replay) {
    this.groups = groups;
    this.taint = taint;
    this.sure = new Set(sure);
    this.replay = replay;
    this.elements = groups
      .flatMap(({ problem }, group) => problem.elements.map((element, own) => ({ group, own, element })))
      .sort((a, b) => byElement(a.element, b.element));
    this.numbers = groups.map(({ problem }) => new Int32Array(problem.elements.length));
    this.elements.forEach(({ group, own }, e) => {
      this.numbers[group]![own] = e;
    });
    this.free = [...this.elements.keys()].filter((e) => taint.states.stateOf(this.elements[e]!.element) === state.open);
  }

  private facts(lowest: boolean): string {
    const cuts = this.groups.flatMap(({ known }, g) => known.map((cut) => cut.map((e) => this.numbers[g]![e]!)));
    return [
      factsOf(cuts, (e) => this.elements[e]!.element, lowest),
      ...this.reasons.flatMap(({ source, held, absent }, r) => [
        `reason(${r},${source}).`,
        ...held.map((e) => `with(${r},${e}).`),
        ...absent.map((e) => `without(${r},${e}).`),
      ]),
    ].join('\n');
  }

  private setsOf(numbers: readonly number[]): number[][] {
    const own: number[][] = this.groups.map(() => []);
    for (const e of numbers) own[this.elements[e]!.group]!.push(this.elements[e]!.own);
    return this.groups.map((g, i) => [...g.withForced(own[i]!)]);
  }

  /** Leaves out of a choice what is not needed to prove that it has a source rebuilt, in ever smaller pieces. */
  private reason(source: SourceVertex, sets: readonly (readonly number[])[]): Reason {
    const { taint, elements, free } = this;
    const chosen = new Set(sets.flatMap((set, g) => set.map((e) => this.numbers[g]![e]!)));
    const fix = (e: number): void => taint.states.set(elements[e]!.element, chosen.has(e) ? state.in : state.out);
    const open = (e: number): void => taint.states.set(elements[e]!.element, state.open);
    free.forEach(fix);
    const needed: number[] = [];
    const leaveOut = (part: readonly number[]): void => {
      part.forEach(open);
      if (taint.isSure(source)) return;
      part.forEach(fix);
      if (part.length === 1) needed.push(part[0]!);
      else for (const half of [part.slice(0, part.length >> 1), part.slice(part.length >> 1)]) leaveOut(half);
    };
    // Cheapest choices are of one size, so a whole choice is told by what it holds.
    if (!taint.isSure(source)) needed.push(...free.filter((e) => chosen.has(e)));
    else leaveOut(free);
    free.forEach(open);
    return { source, held: needed.filter((e) => chosen.has(e)), absent: needed.filter((e) => !chosen.has(e)) };
  }

  /** Learns why a choice has those rebuilt that were not foreseen. False when all were. */
  private explain(sets: FoundRebuilds['sets'], rebuilt: readonly number[], foreseen: ReadonlySet<number>): boolean {
    const missed = rebuilt.filter((s) => !this.sure.has(s) && !foreseen.has(s));
    for (const s of missed.slice(0, workLimits.rebuildReasons.most - this.reasons.length))
      this.reasons.push(this.reason(s, sets));
    return missed.length > 0;
  }

  /**
   * The fewest rebuilds of all cheapest choices, and of these choices the alphabetically lowest.
   * @param lowest the lowest of all cheapest choices, whatever its rebuilds
   */
  async run(lowest: FoundRebuilds['sets'], limits: Limits): Promise<FoundRebuilds> {
    const rebuilt = this.replay(lowest);
    let best = { sets: lowest, value: rebuilt.length };
    let lowerBound = this.sure.size;
    let ranked = false;
    if (rebuilt.length - lowerBound > workLimits.unexplainedRebuilds.most)
      return { ...best, lowerBound, isLowest: false };
    this.explain(lowest, rebuilt, new Set());
    for (
      let round = 0;
      round < workLimits.rebuildRounds.most && this.reasons.length < workLimits.rebuildReasons.most;
      round++
    ) {
      const programs = ['hitting-set', 'rebuilds', ...(ranked ? ['lowest'] : [])];
      const answer = await solveProgram(programs, this.facts(ranked), limits);
      if (answer.status !== 'optimal') break;
      const foreseen = new Set(numbersOf('rebuilt', answer.models[0]!));
      lowerBound = Math.max(lowerBound, this.sure.size + foreseen.size);
      if (rebuilt.length === lowerBound) return { sets: lowest, value: lowerBound, lowerBound, isLowest: true };
      const sets = this.setsOf(numbersOf('hit', answer.models[0]!));
      const missed = this.groups.map((g, i) => g.learn(sets[i]!).length);
      if (missed.some((n) => n > 0)) continue;
      const now = this.replay(sets);
      if (now.length < best.value) best = { sets, value: now.length };
      const isForeseen = !this.explain(sets, now, foreseen);
      if (isForeseen && ranked) return { sets, value: now.length, lowerBound, isLowest: true };
      ranked ||= best.value === lowerBound;
    }
    return { ...best, lowerBound, isLowest: false };
  }
}
