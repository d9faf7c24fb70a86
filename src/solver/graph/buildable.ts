/**
 * What can be built with everything that is declared. It answers "who is stuck" and "what would this free", neither of
 * which needs an optimum: which stages are used matters for the cost of a plan, never for what it can reach.
 */
import type { BinaryVertex, CandidateIndex, SourceVertex } from '../../indices.ts';
import type { DependencyGraph } from '../../model.ts';
import { buildIndex, Readiness } from './readiness.ts';

/** All that can be built, and the same with single needs dropped. One question is linear in what it frees. */
export class Buildable {
  private readonly state: Readiness;
  /** How many sources can be built in full. */
  readonly count: number;

  private constructor(state: Readiness, ready: CandidateIndex[]) {
    state.buildAll(ready, () => true);
    this.state = state;
    const { firstOf } = state.index;
    this.count = state.index.graph.sources.reduce((n, _, s) => n + state.built[firstOf[s]!]!, 0);
  }

  /** O(V + E). */
  static of(graph: DependencyGraph): Buildable {
    const state = new Readiness(buildIndex(graph));
    return new Buildable(state, state.initiallyReady());
  }

  /** What it would be if the binaries of these sources came from elsewhere: by hand, or from builds nobody declared. */
  granting(sources: Iterable<SourceVertex>): Buildable {
    const state = new Readiness(this.state);
    const ready: CandidateIndex[] = [];
    for (const s of sources) for (const candidate of state.grant(s)) ready.push(candidate);
    return new Buildable(state, ready);
  }

  /** Whether a binary can be installed together with all it needs at run time. */
  installable(binary: BinaryVertex): boolean {
    return this.state.isInstallable(this.state.index.unitOf[binary]!);
  }

  /** Whether a binary is there, be it installable or not. */
  has(binary: BinaryVertex): boolean {
    return this.state.there[binary] === 1;
  }

  /** Whether the full variant of a source can be built. */
  reaches(source: SourceVertex): boolean {
    return this.state.built[this.state.index.firstOf[source]!] === 1;
  }
}
