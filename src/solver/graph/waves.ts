/** What can be built before any cycle stands in the way, wave by wave: the longest paths of the condensation. */
import type { SourceVertex } from '../../indices.ts';
import { successors } from './csr.ts';
import type { PackageGraph } from './package-graph.ts';
import { type Components, membersOf } from './tarjan.ts';

/**
 * Source -> its wave from 0, one more than the latest of what it needs; -1 when it is in a cycle of sources, waits for
 * one, or was not reached. `dead`: vertices that can never be there. Linear.
 */
export function wavesOf(
  graph: PackageGraph,
  components: Components,
  inScc: (source: SourceVertex) => boolean,
  dead: (vertex: number) => boolean,
): Int32Array {
  const { edges, sources } = graph;
  const members = membersOf(components);
  const { component, count } = components;
  const never = 0x7fffffff;
  /** Component -> the latest wave among its sources and all below it; -1 when none of that has to be built. */
  const latest = new Int32Array(count).fill(-1);
  const wave = new Int32Array(sources).fill(-1);
  for (let c = 0; c < count; c++) {
    let source = -1;
    for (const v of successors(members, c)) {
      if (v < sources) source = v;
      if (dead(v) || (v < sources && inScc(v))) latest[c] = never;
      for (const t of successors(edges, v)) latest[c] = Math.max(latest[c]!, latest[component[t]!]!);
    }
    if (source < 0 || latest[c] === never) continue;
    wave[source] = ++latest[c]!;
  }
  return wave;
}
