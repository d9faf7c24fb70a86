/**
 * The package-level graph as one Csr: source -> binary -> (run time) binary -> the source that builds it. It has the
 * same components of sources as the source graph, with a sixth of its edges on a real archive; so the source graph,
 * where every source points at every source of its installation set, is never made for a whole archive.
 */
import type { Csr, DependencyGraph } from '../../model.ts';
import { CsrBuilder, sortedUnique } from './csr.ts';

/** Vertices 0 .. sources-1 are sources, the rest stands for what is between them. Labels in byte order in each part. */
export interface PackageGraph {
  readonly labels: readonly string[];
  readonly sources: number;
  readonly edges: Csr;
  /** Where to start: what is not reachable from here is not looked at. Source vertices, ascending. */
  readonly roots: Int32Array;
}

/**
 * @param variants `full`: what full builds need. `all`: what any variant needs, so that a component holds every source
 *   that a choice among its variants can matter to.
 */
export function packageGraph(graph: DependencyGraph, variants: 'full' | 'all'): PackageGraph {
  const n = graph.sources.length;
  const builder = new CsrBuilder();
  for (const list of graph.variants) {
    const needs =
      variants === 'full' || list.length === 1 ? list[0]!.needs : sortedUnique(list.flatMap((v) => [...v.needs]));
    for (let i = 0; i < needs.length; i++) builder.add(needs[i]! + n);
    builder.end();
  }
  const { offsets, targets } = graph.runtime;
  for (let b = 0; b < graph.binaries.length; b++) {
    for (let e = offsets[b]!; e < offsets[b + 1]!; e++) builder.add(targets[e]! + n);
    const maker = graph.madeBy[b]!;
    if (maker >= 0) builder.add(maker);
    builder.end();
  }
  const labels = [...graph.sources, ...graph.binaries];
  return { labels, sources: n, edges: builder.finish(), roots: graph.targets };
}
