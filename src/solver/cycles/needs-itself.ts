/** Which sources need a binary of their own: those that come back to themselves without passing another source. */
import type { Scc } from '../../model.ts';
import { CsrBuilder, reversed, sortedUnique, successors } from '../graph/csr.ts';
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
 * For one SCC. Sets of sources are carried up along the binaries between them as bits, and only what comes back to one
 * of a set is looked at: O(E x members / 32) at worst, however much is installed for a build.
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
  const above = reversed(lower.finish());
  const bundlesOf = reversed(built.finish(), scc.members.length);
  /** Bundle -> its position among those of this turn, plus one. */
  const position = new Int32Array(condensed.count);
  const found: number[] = [];
  let reach = new Int32Array(0);
  for (let from = 0; from < scc.members.length; from += words * 32) {
    const now = scc.members.slice(from, from + words * 32);
    const seen: number[] = [];
    const enter = (c: number): void => {
      if (position[c] !== 0) return;
      position[c] = 1;
      seen.push(c);
    };
    now.forEach((_, bit) => {
      for (const c of successors(bundlesOf, from + bit)) enter(c);
    });
    for (let i = 0; i < seen.length; i++) for (const c of successors(above, seen[i]!)) enter(c);
    const cone = Int32Array.from(seen).sort();
    if (reach.length < cone.length * words) reach = new Int32Array(cone.length * words);
    else reach.fill(0, 0, cone.length * words);
    cone.forEach((c, i) => {
      position[c] = i + 1;
    });
    now.forEach((_, bit) => {
      for (const c of successors(bundlesOf, from + bit))
        reach[(position[c]! - 1) * words + (bit >> 5)]! |= 1 << (bit & 31);
    });
    // What a bundle needs comes before it, so its set is complete when it is handed on.
    for (let i = 0; i < cone.length; i++) {
      for (const user of successors(above, cone[i]!)) {
        const to = (position[user]! - 1) * words;
        for (let w = 0; w < words; w++) reach[to + w]! |= reach[i * words + w]!;
      }
    }
    now.forEach((s, bit) => {
      const returns = (t: number): boolean => {
        if (t < sources) return t === s;
        const at = position[condensed.component[place[t]!]!]! - 1;
        return at >= 0 && (reach[at * words + (bit >> 5)]! & (1 << (bit & 31))) !== 0;
      };
      if (inside(s).some(returns)) found.push(s);
    });
    for (const c of cone) position[c] = 0;
  }
  return found;
}
