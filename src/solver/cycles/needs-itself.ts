/** Which sources need a binary of their own: those that come back to themselves without passing another source. */
import type { Scc } from '../../model.ts';
import { CsrBuilder, reversed, sortedUnique, successors } from '../graph/csr.ts';
import type { PackageGraph } from '../graph/package-graph.ts';
import { type Components, membersOf, tarjan } from '../graph/tarjan.ts';
import { Cones } from './reachable-roots.ts';

/** The members of these SCCs that do, ascending. */
export function needThemselves(graph: PackageGraph, sccs: readonly Scc[], components: Components): readonly number[] {
  const vertices = membersOf(components);
  // One array for all SCCs: there can be as many SCCs as sources.
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
 * For one SCC. Sets of sources are handed up along the binaries between them: O(E x members / 32) at worst, however
 * much is installed for a build.
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
  const inside = (v: number): Int32Array => successors(edges, v).filter((t) => place[t] !== -1);
  const inner = new CsrBuilder();
  for (const v of between) {
    inner.row(
      inside(v)
        .filter((t) => t >= sources)
        .map((t) => place[t]!),
    );
  }
  const condensed = tarjan(inner.finish());
  const members = membersOf(condensed);
  /** Bundle of binaries -> the bundles it needs; -> the members that build one of it, by place. */
  const [lower, built] = [new CsrBuilder(), new CsrBuilder()];
  for (let c = 0; c < condensed.count; c++) {
    const needed = Array.from(successors(members, c), (v) => inside(between[v]!));
    const [bundles, makers]: [number[], number[]] = [[], []];
    for (const list of needed) {
      for (const t of list) {
        if (t < sources) makers.push(place[t]!);
        else if (condensed.component[place[t]!] !== c) bundles.push(condensed.component[place[t]!]!);
      }
    }
    lower.row(sortedUnique(bundles));
    built.row(makers);
  }
  const cones = new Cones(reversed(lower.finish()));
  const bundlesOf = reversed(built.finish(), scc.members.length);
  const found: number[] = [];
  for (let from = 0; from < scc.members.length; from += Cones.breadth) {
    const now = scc.members.slice(from, from + Cones.breadth);
    cones.raise(now.map((_, bit) => successors(bundlesOf, from + bit)));
    now.forEach((s, bit) => {
      const returns = (t: number): boolean =>
        t < sources ? t === s : cones.leads(condensed.component[place[t]!]!, bit);
      if (inside(s).some(returns)) found.push(s);
    });
  }
  return found;
}
