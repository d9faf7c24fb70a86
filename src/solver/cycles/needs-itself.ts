/** Which sources need a binary of their own: those that come back to themselves without passing another source. */
import type { Scc } from '../../model.ts';
import { CsrBuilder, successors } from '../graph/csr.ts';
import type { PackageGraph } from '../graph/package-graph.ts';
import { type Components, membersOf, tarjan } from '../graph/tarjan.ts';

/** 32-bit words carried along at once. */
const words = 8;

/** The members of these SCCs that do, ascending. */
export function needThemselves(graph: PackageGraph, sccs: readonly Scc[], components: Components): readonly number[] {
  const vertices = membersOf(components);
  // One array for all SCCs, of which there may be as many as sources.
  const place = new Int32Array(components.component.length).fill(-1);
  const found: number[] = [];
  for (const scc of sccs) {
    const own = successors(vertices, components.component[scc.members[0]!]!);
    for (const s of ownNeeds(graph, scc, own, place)) found.push(s);
    for (const v of own) place[v] = -1;
  }
  return found.sort((a, b) => a - b);
}

/**
 * For one SCC. Sets of sources are carried along the binaries between them as bits, so this is O(E x members / 32),
 * however much is installed for a build.
 *
 * @param own its vertices, sources and binaries
 * @param place -1 for all vertices; left for the caller to clear
 */
function ownNeeds(graph: PackageGraph, scc: Scc, own: Int32Array, place: Int32Array): readonly number[] {
  const { edges, sources } = graph;
  const between: number[] = [];
  for (const v of own) if (v >= sources) place[v] = between.push(v) - 1;
  scc.members.forEach((s, i) => {
    place[s] = i;
  });
  const inner = new CsrBuilder();
  for (const v of between) {
    inner.row(
      Array.from(
        successors(edges, v).filter((t) => t >= sources && place[t] !== -1),
        (t) => place[t]!,
      ),
    );
  }
  const condensed = tarjan(inner.finish());
  const members = membersOf(condensed);
  const found: number[] = [];
  for (let from = 0; from < scc.members.length; from += words * 32) {
    const reach = new Int32Array(condensed.count * words);
    const bitOf = (source: number): number => {
      const bit = place[source]! - from;
      return place[source]! >= 0 && bit >= 0 && bit < words * 32 ? bit : -1;
    };
    for (let c = 0; c < condensed.count; c++) {
      for (let i = members.offsets[c]!; i < members.offsets[c + 1]!; i++) {
        const v = between[members.targets[i]!]!;
        for (let e = edges.offsets[v]!; e < edges.offsets[v + 1]!; e++) {
          const t = edges.targets[e]!;
          if (place[t] === -1) continue;
          if (t < sources) {
            const bit = bitOf(t);
            if (bit >= 0) reach[c * words + (bit >> 5)]! |= 1 << (bit & 31);
            continue;
          }
          const below = condensed.component[place[t]!]! * words;
          if (below !== c * words) for (let w = 0; w < words; w++) reach[c * words + w]! |= reach[below + w]!;
        }
      }
    }
    for (const s of scc.members.slice(from, from + words * 32)) {
      const bit = bitOf(s);
      const returns = (x: number) =>
        x === s ||
        (x >= sources &&
          place[x] !== -1 &&
          (reach[condensed.component[place[x]!]! * words + (bit >> 5)]! & (1 << (bit & 31))) !== 0);
      if (successors(edges, s).some(returns)) found.push(s);
    }
  }
  return found;
}
