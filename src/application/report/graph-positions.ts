/**
 * Where each source stands in the picture of the whole graph: computed once, here, so that the page has only to draw.
 */
import { DirectedGraph } from 'graphology';
import forceAtlas2Module from 'graphology-layout-forceatlas2';

// What Node imports of this CommonJS module is the function itself; its types say otherwise.
const forceAtlas2 = forceAtlas2Module as unknown as typeof forceAtlas2Module.default;

/** Rounds of the layout: enough for the parts to come apart; more move little. */
const rounds = 60;

/**
 * ForceAtlas2 (M. Jacomy et al., 2014) from a sunflower's spiral, so that the same graph gives the same picture.
 *
 * @param graph successors of each vertex
 * @returns x and y from 0 to 1000, rounded
 */
export function graphPositions(graph: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  const drawn = new DirectedGraph();
  graph.forEach((_, i) => {
    const [angle, radius] = [i * 2.399963, Math.sqrt(i + 1) * 10];
    drawn.addNode(String(i), { x: radius * Math.cos(angle), y: radius * Math.sin(angle), size: 1 });
  });
  graph.forEach((row, from) => {
    for (const to of row) if (from !== to) drawn.mergeEdge(String(from), String(to));
  });
  if (graph.length === 0) return [];
  const settings = {
    ...forceAtlas2.inferSettings(drawn),
    barnesHutOptimize: graph.length > 300,
    // What hangs on nothing stays near: a few far away would make the rest small.
    strongGravityMode: true,
    gravity: 0.02,
    scalingRatio: 4,
    adjustSizes: false,
  };
  const at = forceAtlas2(drawn, { iterations: rounds, settings });
  const points = graph.map((_, i) => at[String(i)]!);
  const [left, top] = [Math.min(...points.map((p) => p.x!)), Math.min(...points.map((p) => p.y!))];
  const span = Math.max(1e-9, ...points.map((p) => Math.max(p.x! - left, p.y! - top)));
  return points.map((p) => [Math.round((1000 * (p.x! - left)) / span), Math.round((1000 * (p.y! - top)) / span)]);
}
