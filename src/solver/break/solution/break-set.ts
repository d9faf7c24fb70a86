/**
 * Break sets: the fewest vertices of any graph whose removal leaves no cycle (a minimum feedback vertex set), proved.
 * The blocking problem in which every vertex is its own label, component by component.
 */
import type { SourceVertex } from '../../../indices.ts';
import type { Csr } from '../../../model.ts';
import { byteOrder } from '../../../order.ts';
import type { Limits } from '../../clingo.ts';
import { sortedUnique, successors } from '../../graph/csr.ts';
import { tarjan } from '../../graph/tarjan.ts';
import { HittingSet } from '../hitting-set/hitting-set.ts';
import type { Blocking } from '../problem/blocking.ts';

/** Vertices whose removal leaves no cycle, and what is proved of their number. */
export interface BreakSet {
  /**
   * `bounded`: a limit ended the search; `sources` breaks the cycles, but may not be the smallest set. `none`: what may
   * be dropped does not break all; `sources` is the smallest set that breaks the others.
   */
  readonly status: 'optimal' | 'bounded' | 'none';
  readonly size: number;
  readonly lowerBound: number;
  /** Of the smallest sets the alphabetically lowest, in byte order. */
  readonly sources: readonly string[];
  /** Where only some dependencies may be dropped: the sources of the cycles that stay, in byte order. */
  readonly stuck?: readonly string[];
}

/** When the search is to end before it is done. */
export interface BreakOptions {
  readonly timeLimitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Vertices of one component, in byte order of their names. */
function problemOf(members: readonly SourceVertex[], succ: Csr): Blocking {
  const place = new Map(members.map((v, i) => [v, i]));
  return {
    elements: members.map((source) => ({ source, stage: 'wish' as const })),
    nodes: members.map((v, i) => {
      const needs: number[] = [];
      for (const w of successors(succ, v)) if (place.has(w)) needs.push(place.get(w)!);
      return { label: i, rules: [{ gate: undefined, needs: sortedUnique(needs) }] };
    }),
    goal: Int32Array.from(members.keys()),
  };
}

/** @param graph its vertices by name, and for each the vertices it needs; a vertex may need itself */
export async function minimumBreakSet(
  graph: { readonly nodes: readonly string[]; readonly succ: Csr },
  options: BreakOptions = {},
): Promise<BreakSet> {
  const { nodes, succ } = graph;
  const limits: Limits = {
    signal: options.signal,
    deadline: options.timeLimitSeconds === undefined ? undefined : Date.now() + options.timeLimitSeconds * 1000,
  };
  const { component } = tarjan(succ);
  const components = Map.groupBy(nodes.keys(), (v) => component[v]!);
  const sources: string[] = [];
  let lowerBound = 0;
  let status: BreakSet['status'] = 'optimal';
  for (const members of components.values()) {
    const [only] = members;
    if (members.length === 1 && !successors(succ, only!).includes(only!)) continue;
    members.sort((a, b) => byteOrder(nodes[a]!, nodes[b]!));
    const hit = await new HittingSet(problemOf(members, succ), limits, 'lowest').solve();
    if (hit.status === 'bounded') status = 'bounded';
    lowerBound += hit.lowerBound[0];
    for (const i of hit.set) sources.push(nodes[members[i]!]!);
  }
  return { status, size: sources.length, lowerBound, sources: sources.sort(byteOrder) };
}
