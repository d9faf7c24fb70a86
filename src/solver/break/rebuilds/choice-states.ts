/**
 * Some choices at once, by what they all hold and what some may hold: what is surely there, surely built, and what can
 * be missing because something has not been built yet.
 */
import { type BinaryVertex, type CandidateIndex, isVertex, type SourceVertex } from '../../../indices.ts';
import { successors } from '../../graph/csr.ts';
import { Readiness } from '../../graph/readiness.ts';
import { candidateOf, type Element, type Surroundings } from '../problem/blocking.ts';
import { plannedCandidates, UnitWalk } from '../problem/schedule.ts';

/** What is known of an element: no choice looked at holds it, some may, all do. */
export const state = { out: 0, open: 1, in: 2 } as const;

/** What some choices have in common about one element: out of all, held by some, held by all. */
export type State = (typeof state)[keyof typeof state];

/** The state of every element, and what follows from them. */
export class ChoiceStates {
  private readonly at: Surroundings;
  /** Source -> the state of its wish; candidate -> the state of that stage. */
  private readonly wish: Uint8Array;
  private readonly stage: Uint8Array;
  /** Binary -> how many elements that are not out bring it without a full build. */
  private readonly starters: Int32Array;
  private readonly nested = new Map<CandidateIndex, boolean>();

  /** @param states of all elements that are not out */
  constructor(at: Surroundings, states: Iterable<readonly [Element, State]>) {
    const { index, required } = at;
    this.at = at;
    this.wish = new Uint8Array(required.length);
    this.stage = new Uint8Array(index.candidates.length);
    this.starters = new Int32Array(index.graph.binaries.length);
    for (const [e, s] of states) this.set(e, s);
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
    const brought = isVertex(c) ? index.candidates[c]!.yields : successors(index.makes, e.source);
    for (const b of brought) this.starters[b]! += change;
  }

  /** Whether all choices wish for a source. */
  isWished(source: SourceVertex): boolean {
    return this.wish[source] === state.in;
  }

  /** Whether a stage or a wish starts a source with all choices. */
  isStarted(source: SourceVertex): boolean {
    const { firstOf } = this.at.index;
    if (this.isWished(source)) return true;
    for (let c = firstOf[source]! + 1; c < firstOf[source + 1]!; c++) if (this.stage[c] === state.in) return true;
    return false;
  }

  /** 1 for candidates that choices of at least that state may build. */
  planned(least: State): Uint8Array {
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

  /** Full builds that are done with all choices, by candidate. */
  fullBuilds(): readonly CandidateIndex[] {
    const { candidates } = this.at.index;
    const built = this.surelyBuilt();
    return [...built.keys()].filter((c) => candidates[c]!.stage === 0 && built[c] === 1);
  }

  /** A binary that only the full build of its source brings. */
  isLate(b: BinaryVertex): boolean {
    return this.starters[b] === 0 && this.at.index.graph.madeBy[b]! >= 0;
  }

  /** Whether a stage needs nothing that the full build does not: then it is ready no later. */
  private isNested(candidate: CandidateIndex): boolean {
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
  canMiss(candidate: CandidateIndex, b: BinaryVertex): boolean {
    const { source, stage } = this.at.index.candidates[candidate]!;
    if (this.wish[source] === state.in) return false;
    return stage > 0 || this.starters[b] === 0 || !this.hasSureStage(source, b);
  }

  /** One stage that all choices use brings it, no later than the full build, and no other stage that any uses does. */
  private hasSureStage(source: SourceVertex, b: BinaryVertex): boolean {
    const { candidates, firstOf } = this.at.index;
    let sure = false;
    for (let c = firstOf[source]! + 1; c < firstOf[source + 1]!; c++) {
      if (this.stage[c] === state.out || !candidates[c]!.yields.includes(b)) continue;
      if (sure || this.stage[c] !== state.in || !this.isNested(c)) return false;
      sure = true;
    }
    return sure;
  }
}
