/** What `cycles --break` asks: of metadata, of a graph, or of a graph in which people know what may be dropped. */
import { InputError } from '../errors.ts';
import type { Diagnostic } from '../model.ts';
import type { BreakSet } from '../solver/break/break-set.ts';
import type { PackageGraph } from '../solver/graph/package-graph.ts';

export interface BreakFlags {
  readonly annotations: readonly string[];
  readonly 'time-limit'?: number | undefined;
}

interface Broken {
  readonly set: BreakSet;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param given whether the graph was given, and with it `annotations` are about its nodes */
export async function breakSetOf(graph: PackageGraph, given: boolean, flags: BreakFlags): Promise<Broken> {
  const options = { timeLimitSeconds: flags['time-limit'] };
  if (given && flags.annotations.length > 0) return byDroppable(graph, flags.annotations, options);
  const { minimumBreakSet } = await import('../solver/break/break-set.ts');
  const problem = given ? anyNode(graph) : await anySource(graph);
  return { set: await minimumBreakSet(problem, options), diagnostics: [] };
}

async function byDroppable(
  graph: PackageGraph,
  files: readonly string[],
  options: { timeLimitSeconds?: number | undefined },
) {
  const [{ readAnnotationFiles }, { breakByDroppable }] = await Promise.all([
    import('../metadata/annotations/annotation-files.ts'),
    import('../solver/break/droppable-edges.ts'),
  ]);
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

async function anySource(graph: PackageGraph) {
  const [{ sourceGraph }, { sccsOf }, { tarjan }] = await Promise.all([
    import('../solver/graph/build-graph.ts'),
    import('../solver/graph/scc.ts'),
    import('../solver/graph/tarjan.ts'),
  ]);
  const components = tarjan(graph.edges, graph.roots);
  return sourceGraph(graph, sccsOf(graph, components), components.component);
}
