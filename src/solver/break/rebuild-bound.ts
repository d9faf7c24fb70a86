/**
 * Which full builds are tainted whatever cheapest choice is taken. It follows from what these choices have in common and
 * from rule M4, by asking what can be undone when a build starts; docs/solver.md has the proof. Linear in the graph for all builds
 * together, apart from those that wait for themselves.
 */

import { successors } from '../graph/csr.ts';
import { Readiness } from '../graph/readiness.ts';
import { workLimits } from '../limits.ts';
import { candidateOf, type Element, type Surroundings } from './blocking.ts';
import { type Known, Rise } from './rise.ts';
import { plannedCandidates, UnitWalk } from './schedule.ts';

/** Of an element: no choice looked at holds it, some may, all do. */
export const state = { out: 0, open: 1, in: 2 } as const;
export type State = (typeof state)[keyof typeof state];

export class Taint {
  private readonly at: Surroundings;
  /** Source -> the state of its wish; candidate -> the state of that stage. */
  private readonly wish: Uint8Array;
  private readonly stage: Uint8Array;
  /** Binary -> how many elements that are not out bring it without a full build. */
  private readonly starters: Int32Array;
  /** 1 for candidates that some of these choices may build. */
  private readonly possible: Uint8Array;
  /** Sources whose full build is done with all of these choices, and clean when it is done again at the end; ascending. */
  readonly settled: readonly number[];
  private readonly isSettled: Uint8Array;
  private readonly nested = new Map<number, boolean>();
  private visits = 0;
  private steps = 0;

  /** @param states of all elements that are not out */
  constructor(at: Surroundings, states: Iterable<readonly [Element, State]>) {
    const { index, required } = at;
    this.at = at;
    this.wish = new Uint8Array(required.length);
    this.stage = new Uint8Array(index.candidates.length);
    this.starters = new Int32Array(index.graph.binaries.length);
    for (const [e, s] of states) this.set(e, s);
    this.possible = this.planned(state.open);
    this.settled = this.settling();
    this.isSettled = new Uint8Array(required.length);
    for (const s of this.settled) this.isSettled[s] = 1;
  }

  private planned(least: State): Uint8Array {
    const used = this.stage.map((s) => Number(s >= least));
    return plannedCandidates(this.at.index, { used, wishes: [] }, this.at.required);
  }

  /** What is required and can be built is built; so is what a stage that all use needs, where that follows. */
  private surelyBuilt(): Uint8Array {
    const { index, most, required } = this.at;
    const planned = this.planned(state.in);
    const end = new Readiness(index);
    const ready = end.initiallyReady();
    index.candidates.forEach(({ source, stage }, c) => {
      const isDone = stage > 0 ? this.stage[c] === state.in : required[source] === 1 && most.built[c] === 1;
      if (isDone) for (const next of end.build(c)) ready.push(next);
    });
    this.wish.forEach((s, source) => {
      if (s === state.in) for (const next of end.grant(source)) ready.push(next);
    });
    end.buildAll(ready, (c) => index.candidates[c]!.stage === 0 && planned[c] === 1);
    return end.built;
  }

  /** Nothing is clean at the end that installs what no full build replaces. */
  private settling(): number[] {
    const { index } = this.at;
    const built = this.surelyBuilt();
    const full = [...built.keys()].filter((c) => index.candidates[c]!.stage === 0 && built[c] === 1);
    const lasting = new Uint8Array(index.graph.binaries.length);
    for (const c of full) for (const b of index.candidates[c]!.yields) lasting[b] = 1;
    const units = new UnitWalk(index);
    return full.flatMap((c) => {
      units.restart();
      const isOdd = units.from(index.candidates[c]!.needs, (unit) =>
        successors(index.binariesOf, unit).some((b) => lasting[b] === 0),
      );
      return isOdd ? [] : [index.candidates[c]!.source];
    });
  }

  stateOf(e: Element): State {
    const c = candidateOf(this.at.index, e);
    return (c < 0 ? this.wish[e.source] : this.stage[c]) as State;
  }

  set(e: Element, to: State): void {
    const { index } = this.at;
    const c = candidateOf(index, e);
    const [states, i] = c < 0 ? [this.wish, e.source] : [this.stage, c];
    const change = Number(to > state.out) - Number(states[i]! > state.out);
    states[i] = to;
    if (change === 0) return;
    const brought = c < 0 ? successors(index.makes, e.source) : index.candidates[c]!.yields;
    for (const b of brought) this.starters[b]! += change;
  }

  /** A binary that only the full build of its source brings. */
  private isLate(b: number): boolean {
    return this.starters[b] === 0 && this.at.index.graph.madeBy[b]! >= 0;
  }

  /** Whether a stage needs nothing that the full build does not: then it is ready no later. */
  private isNested(candidate: number): boolean {
    const known = this.nested.get(candidate);
    if (known !== undefined) return known;
    const { index } = this.at;
    const units = new UnitWalk(index);
    const { source, needs } = index.candidates[candidate]!;
    units.from(index.candidates[index.firstOf[source]!]!.needs, () => false);
    const is = !units.from(needs, () => true);
    this.nested.set(candidate, is);
    return is;
  }

  /** Whether a binary can be missing because this candidate has not been built. */
  private canMiss(candidate: number, b: number): boolean {
    const { source, stage } = this.at.index.candidates[candidate]!;
    if (this.wish[source] === state.in) return false;
    return stage > 0 || this.starters[b] === 0 || !this.hasSureStage(source, b);
  }

  /** One stage that all choices use brings it, no later than the full build, and no other stage that any uses does. */
  private hasSureStage(source: number, b: number): boolean {
    const { candidates, firstOf } = this.at.index;
    let sure = false;
    for (let c = firstOf[source]! + 1; c < firstOf[source + 1]!; c++) {
      if (this.stage[c] === state.out || !candidates[c]!.yields.includes(b)) continue;
      if (sure || this.stage[c] !== state.in || !this.isNested(c)) return false;
      sure = true;
    }
    return sure;
  }

  private rise(passes: (candidate: number, b: number) => boolean, known?: Known): Rise {
    return new Rise(this.at.index, this.possible, passes, known);
  }

  /** What can be undone when a full build starts: what is not lower in the order, and what waits for that. */
  private undone(known?: Known): Rise {
    return this.rise((c, b) => this.canMiss(c, b), known);
  }

  /**
   * What is sure when the full build of a source starts.
   * @param isClean whether everything that it installs is taken to come from full builds
   */
  private before(source: number, isClean: boolean): Known {
    const { index } = this.at;
    const { graph, firstOf } = index;
    const done = new Set<number>();
    const installed: number[] = [];
    const units = new UnitWalk(index);
    const walk = (s: number, all: boolean): void => {
      units.from(index.candidates[firstOf[s]!]!.needs, (unit) => {
        installed.push(unit);
        for (const b of successors(index.binariesOf, unit)) if (all || this.isLate(b)) done.add(graph.madeBy[b]!);
      });
    };
    walk(source, isClean);
    for (const s of done) {
      if (s === source) break;
      walk(s, false);
    }
    this.visits += installed.length;
    return { done, units: installed };
  }

  /** Whether a source can be undone when another full build starts. */
  private canWait(source: number, other: number): boolean {
    const { candidates, firstOf } = this.at.index;
    const undone = this.undone(this.before(other, false));
    const from = firstOf[other]!;
    undone.from(
      Array.from({ length: candidates.length - from }, (_, i) => from + i),
      true,
    );
    this.steps += candidates.length;
    return undone.reached[firstOf[source]!] === 1;
  }

  /**
   * Whether a source is rebuilt with every choice that agrees with the states: if it were clean, it would come after something
   * that comes after it.
   */
  isSure(source: number): boolean {
    if (this.isSettled[source] === 0 || this.steps > workLimits.boundSteps.most) return false;
    const { done } = this.before(source, true);
    if (done.has(source)) return true;
    const last = [...done].sort((a, b) => b - a).slice(0, workLimits.lastBeforeClean.most);
    return last.some((other) => !this.canWait(source, other));
  }

  /** All sources that are rebuilt with every choice that agrees with the states. */
  all(): readonly number[] {
    const { firstOf, candidates } = this.at.index;
    const undone = this.undone();
    const late = this.rise((c, b) => candidates[c]!.stage === 0 && this.isLate(b));
    const asked = this.rise((c) => candidates[c]!.stage === 0);
    const sure: number[] = [];
    const open: number[] = [];
    for (let last = firstOf.length - 2; last >= 0; last--) {
      const own: number[] = [];
      for (let c = firstOf[last]!; c < firstOf[last + 1]!; c++) own.push(c);
      undone.from(own, true);
      // Those after which `last` is the highest source that has surely been done.
      for (const c of asked.from(late.from([firstOf[last]!], true), false)) {
        const { source, stage } = candidates[c]!;
        if (stage > 0 || this.isSettled[source] === 0) continue;
        if (undone.reached[c] === 0) sure.push(source);
        else open.push(source);
      }
    }
    this.visits = 0;
    for (const s of open) if (this.visits <= workLimits.boundVisits.most && this.isSure(s)) sure.push(s);
    return sure.sort((a, b) => a - b);
  }
}
