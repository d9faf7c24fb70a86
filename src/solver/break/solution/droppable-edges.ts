/**
 * Break sets of a graph in which people know what may be dropped, the question that botch's find-fvs asks: a problem
 * for `solve`, where every source gets one stage, which needs what its full build needs but for what is droppable of
 * it.
 */

import type { BinaryVertex, Row } from '../../../indices.ts';
import type { DependencyGraph, GraphVariant } from '../../../model.ts';
import { binaryName, sourceName } from '../../../names.ts';
import { buildGraph, Marks } from '../../graph/build-graph.ts';
import { csrOf, sortedUnique, successors } from '../../graph/csr.ts';
import type { PackageGraph } from '../../graph/package-graph.ts';
import { sccsOf } from '../../graph/scc.ts';
import { tarjan } from '../../graph/tarjan.ts';
import type { BreakOptions, BreakSet } from './break-set.ts';
import { solve } from './solve.ts';

/** By name of source: the names of nodes that a reduced build of it goes without. */
export type Droppable = ReadonlyMap<string, ReadonlySet<string>>;

/** botch has several installation sets for some binaries; they are told apart by what follows a blank. */
const nameIn = (label: string): string => label.split(' ', 1)[0]!;

/**
 * Only the components are in it, each source with one binary of its own name: what leads from one component to another
 * closes no cycle. A source of which no node in its component is droppable has no stage.
 */
function reducibleGraph(graph: PackageGraph, droppable: Droppable): DependencyGraph {
  const { component } = tarjan(graph.edges, graph.roots);
  const sccs = sccsOf(graph);
  const members = sccs.flatMap((scc) => [...scc.members]).sort((a, b) => a - b);
  const place = new Map(members.map((v, i) => [v, i]));
  const variants: (readonly GraphVariant[])[] = members.map(() => []);
  const marks = new Marks(component.length);
  for (const scc of sccs) {
    const { ways, asks, leads } = buildGraph(graph, scc, component, marks)!;
    const needsOf = (asked: readonly number[]): Row<BinaryVertex> =>
      sortedUnique(asked.flatMap((w) => Array.from(successors(leads, w), (t) => place.get(scc.members[t]!)!)));
    scc.members.forEach((v, i) => {
      const names = droppable.get(nameIn(graph.labels[v]!));
      const asked = [...successors(asks, i)];
      const kept = asked.filter((w) => !names?.has(nameIn(graph.labels[ways[w]!]!)));
      const at = place.get(v)!;
      const yields = Int32Array.of(at);
      const full = { stage: 0, needs: needsOf(asked), yields };
      variants[at] = kept.length === asked.length ? [full] : [full, { stage: 1, needs: needsOf(kept), yields }];
    });
  }
  const names = members.map((v) => graph.labels[v]!);
  const each = Int32Array.from(members.keys());
  return {
    sources: names.map(sourceName),
    binaries: names.map(binaryName),
    madeBy: each,
    runtime: csrOf(members.map(() => [])),
    variants,
    targets: each,
    unsatisfied: [],
  };
}

/** The fewest sources to reduce by what is droppable; the sources of cycles that this does not break are `stuck`. */
export async function breakByDroppable(
  graph: PackageGraph,
  droppable: Droppable,
  options: BreakOptions = {},
): Promise<BreakSet> {
  const solution = await solve(reducibleGraph(graph, droppable), { ...options, wishes: 'none', rebuilds: false });
  const { value: size, lowerBound } = solution.costs.find((c) => c.criterion === 'stageBuilds')!;
  const stuck = solution.stuck.map((s) => s.source);
  const proved = stuck.length > 0 ? 'none' : 'optimal';
  return {
    status: size === lowerBound ? proved : 'bounded',
    size,
    lowerBound,
    sources: solution.choices.map((c) => c.source),
    stuck,
  };
}
