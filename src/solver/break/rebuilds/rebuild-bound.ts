/**
 * Which full builds are tainted whatever cheapest choice is taken. It follows from what these choices have in common
 * and from rule M4, by asking what can be undone when a build starts; docs/solver.md has the proof. Linear in the graph
 * for all builds together, apart from those that wait for themselves.
 */

import { type BinaryVertex, type CandidateIndex, isVertex, type SourceVertex, type Unit } from '../../../indices.ts';
import { successors } from '../../graph/csr.ts';
import { workLimits } from '../../limits.ts';
import type { Element, Surroundings } from '../problem/blocking.ts';
import { UnitWalk } from '../problem/schedule.ts';
import { ChoiceStates, type State, state } from './choice-states.ts';
import { type Known, Rise } from './rise.ts';

/** Answers for one set of choices, which does not change while it is asked. */
export class Taint {
  private readonly at: Surroundings;
  readonly states: ChoiceStates;
  /** 1 for candidates that some of these choices may build. */
  private readonly possible: Uint8Array;
  /** 1 for sources whose full build is done with all of these choices. */
  private readonly isBuilt: Uint8Array;
  /** Those of them whose full build is clean when it is done again at the end; ascending. */
  readonly settled: readonly SourceVertex[];
  private readonly isSettled: Uint8Array;
  /** Sources of `environment` whose full builds come late, by the first pass over all builds. */
  private late: readonly SourceVertex[] = [];
  private readonly undoneAt = new Map<SourceVertex, Uint8Array>();
  private visits = 0;
  private steps = 0;

  /** @param states of all elements that are not out */
  constructor(at: Surroundings, states: Iterable<readonly [Element, State]>) {
    const { index, required } = at;
    this.at = at;
    this.states = new ChoiceStates(at, states);
    this.possible = this.states.planned(state.open);
    const full = this.states.fullBuilds();
    this.isBuilt = new Uint8Array(required.length);
    for (const c of full) this.isBuilt[index.candidates[c]!.source] = 1;
    this.settled = this.settling(full);
    this.isSettled = new Uint8Array(required.length);
    for (const s of this.settled) this.isSettled[s] = 1;
  }

  /** Nothing is clean at the end that installs what no full build replaces. */
  private settling(full: readonly CandidateIndex[]): SourceVertex[] {
    const { index } = this.at;
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

  /** Sources whose copies in the seed taint a full build that comes before theirs, whatever is chosen. */
  private copiesFor(source: SourceVertex): readonly SourceVertex[] {
    const { environment = [], copies } = this.at.index.graph;
    return [...environment, ...(copies?.[source] ?? [])].filter(
      (s) => this.isBuilt[s] === 1 && this.states.isStarted(s) && (s !== source || this.states.isWished(s)),
    );
  }

  private rise(passes: (candidate: CandidateIndex, b: BinaryVertex) => boolean, known?: Known): Rise {
    return new Rise(this.at.index, this.possible, passes, known);
  }

  /** What can be undone when a full build starts: what is not lower in the order, and what waits for that. */
  private undone(known?: Known): Rise {
    return this.rise((c, b) => this.states.canMiss(c, b), known);
  }

  /**
   * What is sure when the full build of a source starts.
   * @param isClean whether everything that it installs is taken to come from full builds
   */
  private before(source: SourceVertex, isClean: boolean): Known {
    const { index } = this.at;
    const { graph, firstOf } = index;
    const done = new Set<SourceVertex>();
    const installed: Unit[] = [];
    const units = new UnitWalk(index);
    const walk = (s: SourceVertex, all: boolean): void => {
      units.from(index.candidates[firstOf[s]!]!.needs, (unit) => {
        installed.push(unit);
        for (const b of successors(index.binariesOf, unit)) {
          const maker = graph.madeBy[b]!;
          if (isVertex(maker) && (all || this.states.isLate(b))) done.add(maker);
        }
      });
    };
    if (isClean) for (const s of this.copiesFor(source)) done.add(s);
    walk(source, isClean);
    for (const s of done) {
      if (s === source) break;
      walk(s, false);
    }
    this.visits += installed.length;
    return { done, units: installed };
  }

  /**
   * 1 for candidates that can be undone when the full build of a source starts: the same for all that come to be asked
   * for it.
   */
  private undoneWhen(other: SourceVertex): Uint8Array {
    const known = this.undoneAt.get(other);
    if (known !== undefined) return known;
    const { candidates, firstOf } = this.at.index;
    const undone = this.undone(this.before(other, false));
    const from = firstOf[other]!;
    undone.from(
      Array.from({ length: candidates.length - from }, (_, i) => from + i),
      true,
    );
    this.steps += candidates.length;
    this.undoneAt.set(other, undone.reached);
    return undone.reached;
  }

  /** Whether a source can be undone when another full build starts. */
  private canWait(source: SourceVertex, other: SourceVertex): boolean {
    return this.undoneWhen(other)[this.at.index.firstOf[source]!] === 1;
  }

  /**
   * Whether a source is rebuilt with every choice that agrees with the states: if it were clean, it would come after
   * something that comes after it.
   */
  isSure(source: SourceVertex): boolean {
    if (this.isSettled[source] === 0 || this.steps > workLimits.boundSteps.most) return false;
    const { done } = this.before(source, true);
    if (done.has(source)) return true;
    const last = [...done].sort((a, b) => b - a).slice(0, workLimits.lastBeforeClean.most);
    for (const s of this.late) if (done.has(s) && !last.includes(s)) last.push(s);
    return last.some((other) => !this.canWait(source, other));
  }

  /**
   * Settled sources that cannot wait for the full builds of what every build has a copy of installed. One pass over the
   * graph for each of these.
   */
  private beforeSeedCopies(): ReadonlySet<number> {
    const { graph } = this.at.index;
    const sure = new Set<number>();
    const late: [number, number][] = [];
    for (const e of graph.environment ?? []) {
      if (this.isBuilt[e] === 0 || !this.states.isStarted(e)) continue;
      const undone = this.undoneWhen(e);
      const before = this.settled.filter(
        (s) => undone[this.at.index.firstOf[s]!] === 0 && (s !== e || this.states.isWished(e)),
      );
      for (const s of before) sure.add(s);
      late.push([before.length, e]);
    }
    this.late = late
      .sort(([a], [b]) => b - a)
      .slice(0, workLimits.lateCopies.most)
      .map(([, e]) => e);
    return sure;
  }

  /** All sources that are rebuilt with every choice that agrees with the states. */
  all(): readonly number[] {
    const { firstOf, candidates } = this.at.index;
    const undone = this.undone();
    const late = this.rise((c, b) => candidates[c]!.stage === 0 && this.states.isLate(b));
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
    const known = new Set(sure);
    for (const s of this.beforeSeedCopies()) if (!known.has(s)) sure.push(s);
    for (const s of sure) known.add(s);
    this.visits = 0;
    for (const s of open)
      if (!known.has(s) && this.visits <= workLimits.boundVisits.most && this.isSure(s)) sure.push(s);
    return sure.sort((a, b) => a - b);
  }
}
