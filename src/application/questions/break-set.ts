/** What `cycles --break` asks: of metadata, of a graph, or of a graph in which people know what may be dropped. */
import { InputError } from '../../errors.ts';
import { readAnnotationFiles } from '../../metadata/annotations/annotation-files.ts';
import type { Diagnostic } from '../../model.ts';
import { type BreakSet, minimumBreakSet } from '../../solver/break/solution/break-set.ts';
import { breakByDroppable } from '../../solver/break/solution/droppable-edges.ts';
import { sourceGraph } from '../../solver/graph/build-graph.ts';
import type { PackageGraph } from '../../solver/graph/package-graph.ts';
import { sccsOf } from '../../solver/graph/scc.ts';
import { tarjan } from '../../solver/graph/tarjan.ts';
import { secondsLeft } from '../output/phase.ts';

/** What may be dropped, and how long the search may take. */
export interface BreakRequest {
  /** Files. */
  readonly annotations: readonly string[];
  readonly timeLimitSeconds: number | undefined;
}

interface Broken {
  readonly set: BreakSet;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param given whether the graph was given, and with it `annotations` are about its nodes */
export async function breakSetOf(graph: PackageGraph, given: boolean, request: BreakRequest): Promise<Broken> {
  const options = { timeLimitSeconds: secondsLeft(request.timeLimitSeconds) };
  if (given && request.annotations.length > 0) return byDroppable(graph, request.annotations, options);
  const problem = given ? anyNode(graph) : anySource(graph);
  return { set: await minimumBreakSet(problem, options), diagnostics: [] };
}

async function byDroppable(
  graph: PackageGraph,
  files: readonly string[],
  options: { timeLimitSeconds?: number | undefined },
) {
  const annotations = await readAnnotationFiles(files);
  if (!annotations.ok) throw new InputError(annotations.diagnostics);
  const droppable = new Map(Array.from(annotations.value, ([source, a]) => [source, a.droppable]));
  return { set: await breakByDroppable(graph, droppable, options), diagnostics: annotations.diagnostics };
}

/** In a graph any node may be chosen; sources are told apart by `src:` where there are others. */
function anyNode({ labels, sources, edges }: PackageGraph) {
  const mixed = sources < labels.length;
  return { nodes: mixed ? labels.map((l, v) => (v < sources ? `src:${l}` : l)) : labels, succ: edges };
}

function anySource(graph: PackageGraph) {
  const components = tarjan(graph.edges, graph.roots);
  return sourceGraph(graph, sccsOf(graph, components), components.component);
}
