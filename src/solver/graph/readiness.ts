/**
 * What is there and what is ready, as builds are done one after the other. Availability is a Horn closure: a build is
 * ready when every unit it needs is installable; a unit (binaries that need each other at run time) is installable when
 * all its binaries are there and so are the units below it. Linear in all, after W. Dowling and J. Gallier (1984).
 */
import type { BinaryVertex, CandidateIndex, Indexed, Row, SourceVertex, Unit } from '../../indices.ts';
import type { Csr, DependencyGraph } from '../../model.ts';
import { onceFor } from '../../once.ts';
import { CsrBuilder, reversed, sortedUnique, successors, vertexCount } from './csr.ts';
import { membersOf, tarjan } from './tarjan.ts';

/** One variant of one source, under one number. */
export interface Candidate {
  readonly source: SourceVertex;
  readonly stage: number;
  /** Units it needs, ascending. */
  readonly needs: Row<Unit>;
  readonly yields: Row<BinaryVertex>;
  /** False when a group of it has no candidate at all. */
  readonly possible: boolean;
}

/** The part that never changes: shared by every replay of one graph. */
export interface BuildIndex {
  readonly graph: DependencyGraph;
  /** Ascending by source, then stage; full first. */
  readonly candidates: readonly Candidate[];
  /** Source -> its first candidate; one entry more than there are sources. */
  readonly firstOf: Indexed<SourceVertex, CandidateIndex>;
  /** Binary -> unit. */
  readonly unitOf: Row<Unit>;
  /** Unit -> its binaries. */
  readonly binariesOf: Csr<Unit, BinaryVertex>;
  /** Unit -> units directly below it. */
  readonly below: Csr<Unit, Unit>;
  /** Unit -> units directly above it. */
  readonly above: Csr<Unit, Unit>;
  /** Unit -> candidates that need it directly. */
  readonly neededBy: Csr<Unit, CandidateIndex>;
  /** Source -> the binaries it makes. */
  readonly makes: Csr<SourceVertex, BinaryVertex>;
}

/** The index of this graph, worked out once. O(V + E). */
export const buildIndex: (graph: DependencyGraph) => BuildIndex = onceFor(indexed);

function indexed(graph: DependencyGraph): BuildIndex {
  const units = tarjan(graph.runtime);
  const { component: unitOf, count } = units;
  const binariesOf = membersOf(units);
  const lower = new CsrBuilder();
  for (let unit = 0; unit < count; unit++) {
    const row: number[] = [];
    for (const b of successors(binariesOf, unit))
      for (const c of successors(graph.runtime, b)) if (unitOf[c] !== unit) row.push(unitOf[c]!);
    lower.sortedRow(row);
  }
  const below = lower.finish();
  const impossible = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  const firstOf = new Int32Array(graph.variants.length + 1);
  const candidates: Candidate[] = [];
  const needed = new CsrBuilder();
  graph.variants.forEach((variants, source) => {
    for (const { stage, needs: asked, yields } of variants) {
      const needs = sortedUnique(asked.map((b) => unitOf[b]!));
      needed.row(needs);
      candidates.push({ source, stage, needs, yields, possible: !impossible.has(`${source} ${stage}`) });
    }
    firstOf[source + 1] = candidates.length;
  });
  return {
    graph,
    candidates,
    firstOf,
    unitOf,
    binariesOf,
    below,
    above: reversed(below),
    neededBy: reversed(needed.finish(), count),
    makes: membersOf({ component: graph.madeBy, count: graph.sources.length }),
  };
}

/** A replay. Whoever drives it decides which of the ready candidates are built. */
export class Readiness {
  readonly index: BuildIndex;
  /** 1 for binaries that are there. */
  readonly there: Uint8Array;
  /** 1 for candidates that have been built. */
  readonly built: Uint8Array;
  private readonly unitMissing: Int32Array;
  private readonly candidateMissing: Int32Array;

  constructor(from: BuildIndex | Readiness) {
    if (from instanceof Readiness) {
      this.index = from.index;
      this.there = from.there.slice();
      this.built = from.built.slice();
      this.unitMissing = from.unitMissing.slice();
      this.candidateMissing = from.candidateMissing.slice();
      return;
    }
    const { candidates, unitOf, below } = from;
    this.index = from;
    this.there = new Uint8Array(unitOf.length);
    this.built = new Uint8Array(candidates.length);
    this.unitMissing = new Int32Array(vertexCount(below));
    for (const u of unitOf) this.unitMissing[u]!++;
    for (let u = 0; u < this.unitMissing.length; u++) this.unitMissing[u]! += below.offsets[u + 1]! - below.offsets[u]!;
    this.candidateMissing = Int32Array.from(candidates, (c) => c.needs.length + (c.possible ? 0 : 1));
  }

  isReady(candidate: CandidateIndex): boolean {
    return this.candidateMissing[candidate] === 0;
  }

  isInstallable(unit: Unit): boolean {
    return this.unitMissing[unit] === 0;
  }

  /** Candidates that are ready before anything is built. */
  initiallyReady(): CandidateIndex[] {
    return [...this.candidateMissing.keys()].filter((i) => this.isReady(i));
  }

  /** Does one build; returns the candidates that become ready by it. */
  build(candidate: CandidateIndex): CandidateIndex[] {
    this.built[candidate] = 1;
    return this.supply(this.index.candidates[candidate]!.yields);
  }

  /** All binaries of a source appear from outside: what a wish stands for. */
  grant(source: SourceVertex): CandidateIndex[] {
    return this.supply(successors(this.index.makes, source));
  }

  private supply(binaries: Row<BinaryVertex>): CandidateIndex[] {
    const { unitOf, above, neededBy } = this.index;
    const complete: Unit[] = [];
    const ready: CandidateIndex[] = [];
    const lower = (unit: Unit): void => {
      if (--this.unitMissing[unit]! === 0) complete.push(unit);
    };
    for (const b of binaries) {
      if (this.there[b] === 1) continue;
      this.there[b] = 1;
      lower(unitOf[b]!);
    }
    for (let unit = complete.pop(); unit !== undefined; unit = complete.pop()) {
      for (const u of successors(above, unit)) lower(u);
      for (const c of successors(neededBy, unit)) if (--this.candidateMissing[c]! === 0) ready.push(c);
    }
    return ready;
  }

  /** Builds whatever is ready and allowed until nothing is; `ready` is where to begin. */
  buildAll(ready: readonly CandidateIndex[], allowed: (candidate: CandidateIndex) => boolean): void {
    const queue = [...ready];
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      if (this.built[c] === 1 || !allowed(c)) continue;
      for (const next of this.build(c)) queue.push(next);
    }
  }
}

/** The closure of a choice: everything that can be built with these stages and wishes. */
export function closureOf(
  index: BuildIndex,
  used: (candidate: CandidateIndex) => boolean,
  wishes: Iterable<SourceVertex> = [],
): Readiness {
  const state = new Readiness(index);
  const ready = state.initiallyReady();
  for (const s of wishes) for (const c of state.grant(s)) ready.push(c);
  state.buildAll(ready, (c) => index.candidates[c]!.stage === 0 || used(c));
  return state;
}
