/** A cycle of sources in words: every step is a line that stands in the metadata, or in the graph that was given. */
import type { SourceVertex } from '../../indices.ts';
import type { ChainStep } from '../../model.ts';
import { successors } from '../graph/csr.ts';
import type { PackageGraph } from '../graph/package-graph.ts';
import type { Resolved } from '../graph/resolve.ts';
import { shortestChain } from '../graph/shortest-chain.ts';
import { shortestPath } from '../graph/shortest-path.ts';

/** Stands for the vertex a search began at, met again. */
const again = -2;

/** From a source to another, or back to itself, through the vertices that `inner` accepts. */
function shortestWay(
  graph: PackageGraph,
  source: SourceVertex,
  to: number,
  inner: (v: number) => boolean,
): readonly number[] {
  const { edges } = graph;
  const next = (v: number) => {
    const list = v === again ? [] : Array.from(successors(edges, v)).filter((t) => t === to || inner(t));
    return to === source ? list.map((t) => (t === source ? again : t)) : list;
  };
  const path = shortestPath(next, source, (v) => v === (to === source ? again : to)) ?? [];
  return path.map((v) => (v === again ? source : v));
}

function stepsOf(graph: PackageGraph, path: readonly number[]): ChainStep[] {
  const named = (v: number) => (v < graph.sources ? `src:${graph.labels[v]}` : graph.labels[v]!);
  return path.slice(1).map((to, i) => {
    const from = path[i]!;
    const how = from < graph.sources ? 'build-depends' : to < graph.sources ? 'built-by' : 'depends';
    return { from: named(from), to: named(to), how };
  });
}

/** @param resolved absent for a graph that was given directly */
export function cycleChain(
  graph: PackageGraph,
  resolved: Resolved | undefined,
  sources: readonly number[],
): readonly ChainStep[] {
  return sources.flatMap((source, i) => {
    const to = sources[(i + 1) % sources.length]!;
    if (!resolved)
      return stepsOf(
        graph,
        shortestWay(graph, source, to, (v) => v >= graph.sources),
      );
    return shortestChain(resolved, source, { through: () => false, until: (s) => s === to });
  });
}

/** The sources of a shortest cycle through one of them, that one first. */
export const cycleThrough = (graph: PackageGraph, source: SourceVertex, component: Int32Array): readonly number[] =>
  shortestWay(graph, source, source, (v) => component[v] === component[source])
    .slice(0, -1)
    .filter((v) => v < graph.sources);
