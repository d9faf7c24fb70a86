/**
 * Numbers that move with each change, however far the goal is: the size of the knot, and the short cycles through the
 * sources that a change touches. A source that is touched needs what every variant of it needs: what a stage does
 * without, no cycle goes through.
 */
import type { DependencyGraph } from '../../model.ts';
import { shortCycles } from '../cycles/short-cycles.ts';
import { buildGraph } from '../graph/build-graph.ts';
import { type PackageGraph, packageGraph } from '../graph/package-graph.ts';
import { sccsOf } from '../graph/scc.ts';
import { tarjan } from '../graph/tarjan.ts';
import { workLimits } from '../limits.ts';
import { shortUpTo } from './edit-effects.ts';

/** Of one graph. */
export interface Knot {
  /** Sources of its largest component. */
  readonly size: number;
  /** Cycles of 1, 2, ... sources through a touched source; as long as they could be counted. */
  readonly counts: readonly number[];
}

/** The numbers before and after a change. */
export interface Gradient {
  readonly knot: { readonly before: number; readonly after: number };
  /** Cycles have at most so many sources; 0 when not even these could be counted, or no source is touched. */
  readonly upTo: number;
  readonly cycles: { readonly before: number; readonly after: number };
}

/** What is still needed so that everything can be built. */
export interface EditNumbers {
  readonly supplies: number;
  /** Sources that get a line, and those lines. */
  readonly edited: number;
  readonly lines: number;
  /** Sources that a target needs, and that can be built with what stages and build profiles declare. */
  readonly buildable: number;
  readonly proved: boolean;
}

/** How far it still is until everything can be built. */
export interface Distance extends Gradient {
  /** The sources through which the cycles are counted. */
  readonly touched: readonly string[];
  /** With the stages that build profiles declare; left out for a directory of YAML files and for a whole archive. */
  readonly edits?: { readonly before: EditNumbers; readonly after: EditNumbers };
}

function leastGraph(graph: DependencyGraph, touched: ReadonlySet<string>): PackageGraph {
  const variants = graph.variants.map((list, s) => {
    if (list.length === 1 || !touched.has(graph.sources[s]!)) return list;
    const needs = list[0]!.needs.filter((b) => list.every((v) => v.needs.includes(b)));
    return [{ ...list[0]!, needs }];
  });
  return packageGraph({ ...graph, variants }, 'full');
}

/** @param touched names of sources */
export function knotOf(graph: DependencyGraph, touched: ReadonlySet<string>): Knot {
  const least = leastGraph(graph, touched);
  const components = tarjan(least.edges, least.roots);
  const sccs = sccsOf(least, components);
  const counts: number[] = new Array(shortUpTo).fill(0);
  let upTo = shortUpTo;
  const budget = { steps: workLimits.countedCycles.most as number };
  for (const scc of sccs) {
    const own = new Set([...scc.members.keys()].filter((i) => touched.has(graph.sources[scc.members[i]!]!)));
    if (own.size === 0) continue;
    const local = buildGraph(least, scc, components.component, undefined, budget.steps);
    const found =
      local &&
      shortCycles(local, shortUpTo, 0, budget, (sources) => {
        if (sources.some((s) => own.has(s))) counts[sources.length - 1]!++;
      });
    upTo = Math.min(upTo, found?.upTo ?? 0);
  }
  return { size: sccs[0]?.members.length ?? 0, counts: counts.slice(0, upTo) };
}

/** Both counted as far as both could be. */
export function gradient(before: Knot, after: Knot): Gradient {
  const upTo = Math.min(before.counts.length, after.counts.length);
  const sum = ({ counts }: Knot): number => counts.slice(0, upTo).reduce((a, b) => a + b, 0);
  return {
    knot: { before: before.size, after: after.size },
    upTo,
    cycles: { before: sum(before), after: sum(after) },
  };
}
