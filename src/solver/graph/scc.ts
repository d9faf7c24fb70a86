/** The strongly connected components that matter: several sources that need each other, or one that needs itself. */
import type { SourceVertex } from '../../indices.ts';
import type { DependencyGraph, Scc } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { successors } from './csr.ts';
import { type PackageGraph, packageGraph } from './package-graph.ts';
import { type Components, tarjan } from './tarjan.ts';

/** The id that stays the same from day to day as long as the first member does: `glib2.0+811`. */
const sccId = (labels: readonly string[], members: readonly SourceVertex[]): string =>
  members.length === 1 ? labels[members[0]!]! : `${labels[members[0]!]!}+${members.length - 1}`;

/** Largest first, then byte order of id. Components of binaries alone (they need each other at run time) are none. */
export function sccsOf(graph: PackageGraph, components?: Components): readonly Scc[] {
  const { edges, sources, labels } = graph;
  const { component, count } = components ?? tarjan(edges, graph.roots);
  const size = new Int32Array(count);
  for (const c of component) if (c >= 0) size[c]!++;
  const members = new Map<number, number[]>();
  for (let s = 0; s < sources; s++) {
    const c = component[s]!;
    if (c < 0) continue;
    if (size[c] === 1 && !successors(edges, s).includes(s)) continue;
    const list = members.get(c);
    if (list) list.push(s);
    else members.set(c, [s]);
  }
  return [...members.values()]
    .map((list) => ({ id: sccId(labels, list), members: list }))
    .sort((a, b) => b.members.length - a.members.length || byteOrder(a.id, b.id));
}

/** All of them among what the targets need. Linear. */
export const stronglyConnected = (graph: DependencyGraph, variants: 'full' | 'all'): readonly Scc[] =>
  sccsOf(packageGraph(graph, variants));
