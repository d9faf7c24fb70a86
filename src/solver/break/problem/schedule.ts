/**
 * The order of the first round (rule M4): among the ready builds of the solution always the lowest source name, its
 * full build before its stage builds, lower stages first, and no stage build once the full one is done. Candidates are
 * numbered in exactly that order, so the lowest number goes first.
 */
import { type CandidateIndex, isVertex, type NoVertex, type SourceVertex, type Unit } from '../../../indices.ts';
import { successors } from '../../graph/csr.ts';
import { type BuildIndex, Readiness } from '../../graph/readiness.ts';
import { IntHeap } from './heap.ts';

/** What a solution uses of all that is declared and may be wished. */
export interface Chosen {
  /** 1 for stage candidates that are used. */
  readonly used: Uint8Array;
  /** Sources supplied from outside, ascending. */
  readonly wishes: readonly SourceVertex[];
}

/**
 * The targets and everything they need, build and run time. 1 per source.
 * @param variants `full`: through full builds, so these must all be done; `all`: through any variant, so that nothing
 * else can matter
 */
export function neededSources(index: BuildIndex, variants: 'full' | 'all'): Uint8Array {
  const needed = new Uint8Array(index.graph.sources.length);
  const queue: SourceVertex[] = [];
  const need = (s: SourceVertex | NoVertex): void => {
    if (!isVertex(s) || needed[s] === 1) return;
    needed[s] = 1;
    queue.push(s);
  };
  const units = new UnitWalk(index);
  for (const s of index.graph.targets) need(s);
  for (let s = queue.pop(); s !== undefined; s = queue.pop()) {
    const end = variants === 'full' ? index.firstOf[s]! + 1 : index.firstOf[s + 1]!;
    for (let c = index.firstOf[s]!; c < end; c++) {
      units.from(index.candidates[c]!.needs, (unit) => {
        for (const b of successors(index.binariesOf, unit)) need(index.graph.madeBy[b]!);
      });
    }
  }
  return needed;
}

/** Binaries that required full builds need, build and run time, as far as these can be done at all. */
export function wantedBinaries(index: BuildIndex, required: Uint8Array, most: Readiness): Uint8Array {
  const wanted = new Uint8Array(index.graph.binaries.length);
  const units = new UnitWalk(index);
  for (let s = 0; s < required.length; s++) {
    const full = index.firstOf[s]!;
    if (required[s] === 0 || most.built[full] === 0) continue;
    units.from(index.candidates[full]!.needs, (unit) => {
      for (const b of successors(index.binariesOf, unit)) wanted[b] = 1;
    });
  }
  return wanted;
}

/** Visits units and everything below them, each once for the whole life of the walk. */
export class UnitWalk {
  private readonly index: BuildIndex;
  private readonly seen: Int32Array;
  private readonly stack: Unit[] = [];
  private turn = 1;

  constructor(index: BuildIndex) {
    this.index = index;
    this.seen = new Int32Array(index.below.offsets.length - 1);
  }

  /** Forgets what was visited. */
  restart(): void {
    this.turn++;
  }

  /** Ends early when `visit` returns true; returns whether it did. */
  from(units: ArrayLike<Unit>, visit: (unit: Unit) => unknown): boolean {
    const { stack, seen, turn } = this;
    const enter = (u: Unit): void => {
      if (seen[u] === turn) return;
      seen[u] = turn;
      stack.push(u);
    };
    for (let i = units.length - 1; i >= 0; i--) enter(units[i]!);
    for (let u = stack.pop(); u !== undefined; u = stack.pop()) {
      if (visit(u) === true) {
        stack.length = 0;
        return true;
      }
      for (const lower of successors(this.index.below, u)) enter(lower);
    }
    return false;
  }
}

/**
 * The builds of a solution: the required full ones, the stages used, and the full builds that these stages need
 * although no target does. 1 per candidate; those that never become ready are simply never reached.
 */
export function plannedCandidates(index: BuildIndex, chosen: Chosen, required: Uint8Array): Uint8Array {
  const planned = chosen.used.slice();
  const queue: number[] = [];
  for (let c = 0; c < planned.length; c++) {
    const { source, stage } = index.candidates[c]!;
    if (stage === 0 && required[source] === 1) planned[c] = 1;
    if (planned[c] === 1) queue.push(c);
  }
  const units = new UnitWalk(index);
  for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
    units.from(index.candidates[c]!.needs, (unit) => {
      for (const b of successors(index.binariesOf, unit)) {
        const maker = index.graph.madeBy[b]!;
        const full = isVertex(maker) ? index.firstOf[maker]! : -1;
        if (full < 0 || planned[full] === 1) continue;
        planned[full] = 1;
        queue.push(full);
      }
    });
  }
  return planned;
}

/** Replays the first round; `each` is called before a build is done, with the state it finds. */
export function firstRound(
  index: BuildIndex,
  chosen: Chosen,
  planned: Uint8Array,
  each: (candidate: CandidateIndex, state: Readiness) => void,
): Readiness {
  const state = new Readiness(index);
  const heap = new IntHeap();
  const offer = (ready: readonly CandidateIndex[]): void => {
    for (const c of ready) if (planned[c] === 1) heap.push(c);
  };
  offer(state.initiallyReady());
  for (const s of chosen.wishes) offer(state.grant(s));
  for (let c = heap.pop(); c !== undefined; c = heap.pop()) {
    const { source, stage, yields } = index.candidates[c]!;
    // Once the full build is done a stage is of use only for what nothing else yields.
    const isLate = stage > 0 && state.built[index.firstOf[source]!] === 1;
    if (isLate && yields.every((b) => state.there[b] === 1)) continue;
    each(c, state);
    offer(state.build(c));
  }
  return state;
}

/**
 * Whether a full build has a copy of the seed installed that taints it: of a source that a stage or a wish starts, and
 * whose full build comes later; of the own ones what a wish stands for.
 *
 * @param place of a source's full build in the order, -1 where it has none
 */
function taintedBySeed(
  { graph, candidates }: BuildIndex,
  { used, wishes }: Chosen,
  place: Int32Array,
): (source: SourceVertex) => boolean {
  const wished = new Set(wishes);
  const started = new Set([...wishes, ...candidates.flatMap(({ source }, c) => (used[c] === 1 ? [source] : []))]);
  const isLater = (of: SourceVertex, source: SourceVertex): boolean =>
    started.has(of) && (of === source ? wished.has(of) && place[of]! >= 0 : place[of]! > place[source]!);
  // Of what all have installed the last that is not the source itself decides, and the source itself.
  const last = (graph.environment ?? [])
    .filter((s) => started.has(s))
    .sort((a, b) => place[b]! - place[a]!)
    .slice(0, 2);
  const everywhere = new Set(graph.environment);
  return (source) =>
    last.some((s) => isLater(s, source)) ||
    (everywhere.has(source) && isLater(source, source)) ||
    (graph.copies?.[source] ?? []).some((s) => isLater(s, source));
}

/**
 * Sources whose full build in the first round has a stage package, what a wish stands for, or a copy of the seed that
 * one of these is to replace, in its installation set, and can be done again without one later: the rebuilds that rule
 * M7 asks for. In the order of the first round.
 */
export function rebuiltSources(index: BuildIndex, chosen: Chosen, planned: Uint8Array): readonly SourceVertex[] {
  /** 1 while the newest copy of a binary is a stage's or a wish's. */
  const residue = new Uint8Array(index.graph.binaries.length);
  for (const s of chosen.wishes) for (const b of successors(index.makes, s)) residue[b] = 1;
  const units = new UnitWalk(index);
  const holdsResidue = (unit: Unit): boolean => successors(index.binariesOf, unit).some((b) => residue[b] === 1);
  const place = new Int32Array(index.graph.sources.length).fill(-1);
  const fulls: { readonly candidate: CandidateIndex; readonly isTainted: boolean }[] = [];
  firstRound(index, chosen, planned, (c, { built, there }) => {
    const { source, stage, needs, yields } = index.candidates[c]!;
    if (stage === 0) {
      units.restart();
      place[source] = fulls.push({ candidate: c, isTainted: units.from(needs, holdsResidue) }) - 1;
    }
    const isLate = stage > 0 && built[index.firstOf[source]!] === 1;
    for (const b of yields) if (!isLate || there[b] === 0) residue[b] = stage === 0 ? 0 : 1;
  });
  const isClean = (c: CandidateIndex): boolean => {
    units.restart();
    return !units.from(index.candidates[c]!.needs, holdsResidue);
  };
  const bySeed = taintedBySeed(index, chosen, place);
  const tainted = fulls.filter(({ candidate, isTainted }) => isTainted || bySeed(index.candidates[candidate]!.source));
  return tainted
    .map(({ candidate }) => candidate)
    .filter(isClean)
    .map((c) => index.candidates[c]!.source);
}
