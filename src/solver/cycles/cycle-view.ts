/** The cycles as a graph to look at: the sources and binaries of all SCCs with the edges between them. */
import type { Scc } from '../../model.ts';
import { successors } from '../graph/csr.ts';
import type { PackageGraph } from '../graph/package-graph.ts';
import { tarjan } from '../graph/tarjan.ts';

/** Edges say their ends by place in `nodes`. */
export interface CycleView {
  readonly nodes: readonly { readonly label: string; readonly kind: 'source' | 'binary'; readonly scc: string }[];
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly kind: 'build-depends' | 'depends' | 'built-by';
  }[];
}

/** Sources first; each SCC keeps exactly its members when the view is read back as a graph. */
export function cycleView(graph: PackageGraph, sccs: readonly Scc[]): CycleView {
  const { component } = tarjan(graph.edges, graph.roots);
  const idOf = new Map(sccs.map((c) => [component[c.members[0]!]!, c.id]));
  const vertices = [...component.keys()].filter((v) => idOf.has(component[v]!));
  const place = new Map(vertices.map((v, i) => [v, i]));
  const edges = vertices.flatMap((v, from) =>
    [...successors(graph.edges, v)]
      .filter((t) => component[t] === component[v])
      .map((t) => {
        const kind = v < graph.sources ? 'build-depends' : t < graph.sources ? 'built-by' : 'depends';
        return { from, to: place.get(t)!, kind } as const;
      }),
  );
  const nodes = vertices.map((v) => {
    const kind = v < graph.sources ? 'source' : 'binary';
    return { label: graph.labels[v]!, kind, scc: idOf.get(component[v]!)! } as const;
  });
  return { nodes, edges };
}
