/**
 * One SCC as a build graph, botch's shape: sources, and between them the *ways* they need each other: one way for
 * everything that is directly asked for, leading to every source of what is then installed.
 */
import type { SourceVertex } from '../../indices.ts';
import type { Csr, Scc } from '../../model.ts';
import { CsrBuilder, sortedUnique, successors } from './csr.ts';
import type { PackageGraph } from './package-graph.ts';

/** The graph of one SCC in rows; vertices and ways have local numbers. */
export interface BuildGraph {
  /** Local source -> vertex of the package graph, ascending. */
  readonly members: readonly SourceVertex[];
  /** Way -> vertex of the package graph that is directly asked for, ascending. */
  readonly ways: readonly number[];
  /** Local source -> the ways it asks for. */
  readonly asks: Csr;
  /** Way -> local sources that it leads to. */
  readonly leads: Csr;
}

/** What a search has seen; forgotten at once, so that many small searches share one array. */
export class Marks {
  private readonly seen: Int32Array;
  private turn = 0;

  constructor(vertices: number) {
    this.seen = new Int32Array(vertices);
  }

  forget(): void {
    this.turn++;
  }

  /** Whether it is new. */
  add(v: number): boolean {
    if (this.seen[v] === this.turn) return false;
    this.seen[v] = this.turn;
    return true;
  }
}

/**
 * Only what stays inside the SCC. O(ways x what each of them installs), which is quadratic where everything installs
 * everything: undefined when that takes more than `limit` visits.
 */
export function buildGraph(
  graph: PackageGraph,
  scc: Scc,
  component: Int32Array,
  marks = new Marks(component.length),
  limit = Number.POSITIVE_INFINITY,
): BuildGraph | undefined {
  const { edges, sources } = graph;
  const own = component[scc.members[0]!]!;
  const inside = (v: number): boolean => component[v] === own;
  const local = new Map(scc.members.map((s, i) => [s, i]));
  const ways = [...sortedUnique(scc.members.flatMap((s) => [...successors(edges, s).filter(inside)]))];
  const wayOf = new Map(ways.map((x, i) => [x, i]));

  const asks = new CsrBuilder();
  for (const s of scc.members)
    asks.row(
      successors(edges, s)
        .filter(inside)
        .map((x) => wayOf.get(x)!),
    );

  const leads = new CsrBuilder();
  const queue: number[] = [];
  let visits = 0;
  for (const x of ways) {
    marks.forget();
    const found: number[] = [];
    const visit = (v: number): void => {
      if (!inside(v) || !marks.add(v)) return;
      visits++;
      if (v < sources) found.push(local.get(v)!);
      else queue.push(v);
    };
    visit(x);
    for (let v = queue.pop(); v !== undefined; v = queue.pop()) {
      for (let e = edges.offsets[v]!; e < edges.offsets[v + 1]!; e++) visit(edges.targets[e]!);
    }
    leads.row(sortedUnique(found));
    if (visits > limit) return undefined;
  }
  return { members: scc.members, ways, asks: asks.finish(), leads: leads.finish() };
}

/** The sources of all SCCs, each with the sources of its SCC that it needs: the source graph, where it is cyclic. */
export function sourceGraph(
  graph: PackageGraph,
  sccs: readonly Scc[],
  component: Int32Array,
): { readonly nodes: readonly string[]; readonly succ: Csr } {
  const succ = new CsrBuilder();
  const marks = new Marks(component.length);
  let first = 0;
  for (const scc of sccs) {
    const { asks, leads } = buildGraph(graph, scc, component, marks)!;
    for (let s = 0; s < scc.members.length; s++) {
      const needed = Array.from(successors(asks, s)).flatMap((x) => [...successors(leads, x)]);
      succ.row(sortedUnique(needed).map((t) => t + first));
    }
    first += scc.members.length;
  }
  return { nodes: sccs.flatMap((c) => c.members.map((s) => graph.labels[s]!)), succ: succ.finish() };
}
