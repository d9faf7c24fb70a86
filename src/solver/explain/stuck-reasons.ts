/**
 * Why a source is stuck, in the shortest words: something is missing, a cycle that nothing breaks, or a wait for one.
 */
import type { SourceVertex } from '../../indices.ts';
import type { ChainStep, Csr, Scc, Stuck, StuckReason } from '../../model.ts';
import { CsrBuilder, reversed, successors } from '../graph/csr.ts';
import { type BuildIndex, Readiness } from '../graph/readiness.ts';
import { ShortestCycles } from '../graph/shortest-cycle.ts';
import { shortestPath } from '../graph/shortest-path.ts';
import { type Components, membersOf, tarjan } from '../graph/tarjan.ts';
import { workLimits } from '../limits.ts';
import { whyNever } from './never-there.ts';

/** What is blocked even with every choice: sources, then binaries; edges lead to what each waits for. */
function blockedGraph(index: BuildIndex, most: Readiness): Csr {
  const { graph, firstOf, unitOf } = index;
  const shift = graph.sources.length;
  const rows = new CsrBuilder();
  const blocked = (list: Int32Array): number[] =>
    Array.from(
      list.filter((b) => !most.isInstallable(unitOf[b]!)),
      (b) => shift + b,
    );
  graph.variants.forEach((variants, s) => {
    rows.row(most.built[firstOf[s]!] === 1 ? [] : blocked(variants[0]!.needs));
  });
  for (let b = 0; b < graph.binaries.length; b++) {
    const row = blocked(successors(graph.runtime, b));
    if (most.there[b] === 0 && graph.madeBy[b]! >= 0) row.push(graph.madeBy[b]!);
    rows.row(row);
  }
  return rows.finish();
}

/**
 * Sources that stay stuck even if all that their component waits for were there, 1 per source: what is declared does
 * not break the cycles of that component. Components come successors first, so what each waits for is granted before
 * its turn.
 */
function stuckAlone(index: BuildIndex, most: Readiness, components: Components): Uint8Array {
  const { firstOf } = index;
  const sources = firstOf.length - 1;
  const alone = new Uint8Array(sources);
  const members = membersOf(components);
  const state = new Readiness(most);
  for (let c = 0; c < components.count; c++) {
    const stuck = Array.from(successors(members, c)).filter((v) => v < sources && state.built[firstOf[v]!] === 0);
    for (const s of stuck) alone[s] = 1;
    for (const s of stuck) state.buildAll(state.grant(s), () => true);
  }
  return alone;
}

type Missing = Extract<StuckReason, { kind: 'missing' }>;

class Reasons {
  private readonly index: BuildIndex;
  private readonly blocked: Csr;
  private readonly cycles: ShortestCycles;
  private readonly missing: ReadonlyMap<number, Missing>;
  /** 1 for sources on a cycle that is to blame, not only what the cycle waits for. */
  private readonly onCycle: Int32Array;
  /** Vertex -> the next one on a shortest way to a source that is a cause itself. */
  private readonly toCause: Int32Array;
  private stepsTold = 0;

  constructor(index: BuildIndex, most: Readiness) {
    this.index = index;
    this.blocked = blockedGraph(index, most);
    const backwards = reversed(this.blocked);
    this.cycles = new ShortestCycles(this.blocked, backwards);
    this.missing = missingReasons(index, most);
    const components = tarjan(this.blocked);
    const size = new Int32Array(components.count);
    for (const c of components.component) size[c]!++;
    const isAlone = stuckAlone(index, most, components);
    const ofSources = components.component.subarray(0, isAlone.length);
    this.onCycle = ofSources.map((c, s) => Number(size[c]! > 1 && isAlone[s] === 1));
    this.toCause = this.waysToCauses(backwards);
  }

  private isCause(s: number): boolean {
    return s < this.onCycle.length && (this.onCycle[s] === 1 || this.missing.has(s));
  }

  private waysToCauses(backwards: Csr): Int32Array {
    const next = new Int32Array(this.blocked.offsets.length - 1).fill(-1);
    const queue = [...this.onCycle.keys()].filter((s) => this.isCause(s));
    for (const v of queue) {
      for (const w of successors(backwards, v)) {
        if (next[w] !== -1 || this.isCause(w)) continue;
        next[w] = v;
        queue.push(w);
      }
    }
    return next;
  }

  of(source: SourceVertex): StuckReason {
    const missing = this.missing.get(source);
    const cycle = this.onCycle[source] === 1 ? this.cycleOf(source) : undefined;
    if (missing) return cycle === undefined ? missing : { ...missing, cycle };
    if (cycle !== undefined) return { kind: 'cycle', chain: cycle };
    if (this.onCycle[source] === 1) return { kind: 'behind', chain: this.words(this.nextSource(source)) };
    const path = [source];
    for (let v = this.toCause[source]!; v >= 0; v = this.toCause[v]!) path.push(v);
    return { kind: 'behind', chain: this.words(path) };
  }

  /** The shortest cycle through a source; undefined once too much has been told. */
  private cycleOf(source: SourceVertex): readonly ChainStep[] | undefined {
    if (this.stepsTold > workLimits.chainSteps.most || this.cycles.visits > workLimits.chainVisits.most)
      return undefined;
    const cycle = this.cycles.through(source);
    this.stepsTold += cycle.length;
    return this.words(cycle);
  }

  /** The shortest way from a source on a cycle to the next source, which is stuck as well. */
  private nextSource(source: SourceVertex): readonly number[] {
    const sources = this.onCycle.length;
    return (
      shortestPath(
        (v) => successors(this.blocked, v),
        source,
        (v) => v < sources,
      ) ?? [source]
    );
  }

  private words(path: readonly number[]): readonly ChainStep[] {
    const { sources, binaries } = this.index.graph;
    const name = (v: number) => (v < sources.length ? `src:${sources[v]}` : binaries[v - sources.length]!);
    return path.slice(1).map((to, i) => {
      const from = path[i]!;
      const how = to < sources.length ? 'built-by' : from < sources.length ? 'build-depends' : 'depends';
      return { from: name(from), to: name(to), how };
    });
  }
}

/** Sources whose full build asks for something that nobody makes. */
function missingReasons(index: BuildIndex, most: Readiness): Map<number, Missing> {
  const { graph, firstOf, candidates, below, binariesOf } = index;
  const found = new Map<number, Missing>();
  for (const { source, stage, group, why } of graph.unsatisfied) {
    if (stage === 0 && !found.has(source)) found.set(source, { kind: 'missing', group, why });
  }
  const why = (b: number): string | undefined =>
    whyNever(
      graph,
      b,
      (s) => most.built[firstOf[s]!] === 1,
      (binary) => most.there[binary] === 1,
    );
  /** Unit -> a binary in it, or below it, that nothing builds; -1 when there is none. */
  const orphan = new Int32Array(below.offsets.length - 1).fill(-1);
  // Units are numbered so that lower ones come first (tarjan.ts).
  for (let u = 0; u < orphan.length; u++) {
    const own = successors(binariesOf, u).find((b) => why(b) !== undefined);
    const lower = successors(below, u).find((v) => orphan[v]! >= 0);
    if (own !== undefined) orphan[u] = own;
    else if (lower !== undefined) orphan[u] = orphan[lower]!;
  }
  for (let s = 0; s < graph.sources.length; s++) {
    const full = firstOf[s]!;
    if (most.built[full] === 1 || found.has(s)) continue;
    const unit = candidates[full]!.needs.find((u) => orphan[u]! >= 0);
    if (unit === undefined) continue;
    const binary = orphan[unit]!;
    found.set(s, { kind: 'missing', group: graph.binaries[binary]!, why: why(binary)! });
  }
  return found;
}

/** The required sources whose full build no choice reaches, each with its reason; byte order. */
export function stuckSources(
  index: BuildIndex,
  most: Readiness,
  required: Uint8Array,
  sccs: readonly Scc[],
): readonly Stuck[] {
  const stuck = [...required.keys()].filter((s) => required[s] === 1 && most.built[index.firstOf[s]!] === 0);
  if (stuck.length === 0) return [];
  const sccOf = new Map(sccs.flatMap(({ id, members }) => members.map((s) => [s, id] as const)));
  const reasons = new Reasons(index, most);
  return stuck.map((s) => ({ source: index.graph.sources[s]!, scc: sccOf.get(s), reason: reasons.of(s) }));
}
