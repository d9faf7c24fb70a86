/** What an edit or a supply is worth: numbers that move with each of them, and the cycle that stays without it. */
import type { SourceVertex } from '../../indices.ts';
import type { ChainStep, Scc } from '../../model.ts';
import { Foundation } from '../break/hitting-set/founded.ts';
import { cyclesOfUniverse } from '../cycles/cycles.ts';
import type { CyclesAnswer } from '../cycles/cycles-answer.ts';
import { type PackageGraph, packageGraph } from '../graph/package-graph.ts';
import { sccsOf } from '../graph/scc.ts';
import { shortestCycle } from '../graph/shortest-chain.ts';
import { tarjan } from '../graph/tarjan.ts';
import type { EditGround } from './edit-ground.ts';
import type { EditLine } from './edit-lines.ts';
import type { EditProblem } from './edit-problem.ts';

/** Short cycles have at most so many sources. */
export const shortUpTo = 4;

/** Asked for one element of a found set after the other; the set does not change. */
export class EditEffects {
  private readonly ground: EditGround;
  private readonly problem: EditProblem;
  private readonly on: Uint8Array;
  private readonly foundation: Foundation;
  private readonly answer: CyclesAnswer;
  private readonly graph: PackageGraph;
  private readonly largest: Scc | undefined;
  /** `SOURCE BINARY` -> short cycles. */
  private readonly through: ReadonlyMap<string, number>;

  constructor(ground: EditGround, problem: EditProblem, set: readonly number[]) {
    this.ground = ground;
    this.problem = problem;
    this.on = new Uint8Array(problem.meaning.length);
    for (const e of set) this.on[e] = 1;
    problem.meaning.forEach((m, e) => {
      if (m.kind === 'stage') this.on[e] = 1;
    });
    this.foundation = new Foundation(problem.blocking);
    this.graph = packageGraph(ground.resolved.graph, 'full');
    this.largest = sccsOf(this.graph)[0];
    this.answer = cyclesOfUniverse(ground.resolved, { upTo: shortUpTo }, this.graph);
    this.through = new Map(
      this.answer.sccs.flatMap((c) =>
        c.shortCycles.through.map((t) => [`${t.source} ${t.dependency}`, t.cycles] as const),
      ),
    );
  }

  cyclesThrough({ source, binary }: EditLine): number {
    const { universe } = this.ground.resolved.choices;
    return this.through.get(`${universe.sources[source]!.name} ${universe.binaries[binary]!.name}`) ?? 0;
  }

  /** Sources that leave the largest component when these needs of one source are gone. */
  leaving(lines: readonly EditLine[]): number {
    const { graph, largest } = this;
    if (largest === undefined) return 0;
    const { offsets, targets } = graph.edges;
    const source = lines[0]!.source;
    const vertexOf = this.ground.resolved.vertexOf;
    const gone = new Set(lines.map((l) => vertexOf[l.binary]!).map((v) => (v < 0 ? v : graph.sources + v)));
    const [first, end] = [offsets[source]!, offsets[source + 1]!];
    const kept = targets.subarray(first, end).filter((target) => !gone.has(target));
    const dropped = end - first - kept.length;
    if (dropped === 0) return 0;
    const edges = { offsets: offsets.slice(), targets: new Int32Array(targets.length - dropped) };
    for (let v = source + 1; v < offsets.length; v++) edges.offsets[v]! -= dropped;
    edges.targets.set(targets.subarray(0, first));
    edges.targets.set(kept, first);
    edges.targets.set(targets.subarray(end), first + kept.length);
    const { component, count } = tarjan(edges, largest.members);
    const [vertices, sources] = [new Int32Array(count), new Int32Array(count)];
    for (const c of component) if (c >= 0) vertices[c]!++;
    for (const s of largest.members) sources[component[s]!]!++;
    // A source that is still in a cycle shares its component with a binary at least.
    const rest = sources.reduce((most, n, c) => (vertices[c]! > 1 ? Math.max(most, n) : most), 0);
    return largest.members.length - rest;
  }

  /** Sources whose nodes are not founded any more once these elements are off. */
  private lostWithout(off: (e: number) => boolean): ReadonlySet<number> {
    const on = this.on.map((is, e) => (is === 1 && !off(e) ? 1 : 0));
    const founded = this.foundation.founded(Uint8Array.from(on));
    const lost = new Set<number>();
    for (const n of this.problem.blocking.goal) {
      if (founded[n] === 0) lost.add(this.problem.sourceOf[n]!);
    }
    return lost;
  }

  withoutSupply(source: SourceVertex): number {
    return this.lostWithout((e) => {
      const m = this.problem.meaning[e]!;
      return m.kind === 'supply' && m.source === source;
    }).size;
  }

  /**
   * What the lines of a source are worth, all else done: how many sources need them, and the shortest cycle of these
   * through a line.
   */
  withoutLinesOf(
    source: SourceVertex,
    lines: readonly EditLine[],
  ): { readonly together: number; readonly chain: readonly ChainStep[] } {
    const lost = this.lostWithout((e) => {
      const m = this.problem.meaning[e]!;
      return m.kind === 'line' && m.line.source === source;
    });
    const first = lines.map((l) => l.binary);
    return { together: lost.size, chain: shortestCycle(this.ground.resolved, source, lost, first) };
  }

  /** A cycle through a source that nothing else of the proposal breaks. */
  cycleWithout(source: SourceVertex): { readonly chain: readonly ChainStep[]; readonly itself: boolean } {
    const within = this.lostWithout((e) => {
      const m = this.problem.meaning[e]!;
      return m.kind === 'supply' && m.source === source;
    });
    const chain = shortestCycle(this.ground.resolved, source, within);
    const sources = new Set(chain.flatMap((s) => [s.from, s.to]).filter((n) => n.startsWith('src:')));
    return { chain, itself: sources.size === 1 };
  }
}
