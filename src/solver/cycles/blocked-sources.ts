/**
 * How many sources wait for a source, as an interval: at least those that come to it over dependencies that leave no
 * choice, at most those that come to it over any alternative. botch's ports metric, without a solver.
 */
import { isVertex, noVertex, type SourceVertex } from '../../indices.ts';
import type { Csr } from '../../model.ts';
import { CsrBuilder, successors, vertexCount } from '../graph/csr.ts';
import type { EveryAlternative } from '../graph/every-alternative.ts';
import type { Resolved } from '../graph/resolve.ts';
import { reachedBy } from './reached-by.ts';

/**
 * Sources, then binaries, then the groups that let several candidates pass; what a group with one lets pass is reached
 * without a vertex for it. A candidate that is the only one always passes.
 */
function spread(
  resolved: Resolved,
  every: EveryAlternative,
  through: (candidates: Int32Array) => readonly number[],
): Csr {
  const { sources, binaries } = resolved.choices.universe;
  const several: (readonly number[])[] = [];
  /** Group -> the vertex it leads to, or -1. */
  const leads = new Int32Array(vertexCount(every.candidates));
  for (let group = 0; group < leads.length; group++) {
    const first = every.candidates.offsets[group]!;
    const count = every.candidates.offsets[group + 1]! - first;
    const passing =
      count === 1 ? [every.candidates.targets[first]! + sources.length] : through(successors(every.candidates, group));
    if (passing.length > 1) leads[group] = sources.length + binaries.length + several.push(passing) - 1;
    else leads[group] = passing[0] ?? noVertex;
  }
  const g = new CsrBuilder();
  const row = (owner: number, maker?: SourceVertex): void => {
    if (maker !== undefined) g.add(maker);
    for (let e = every.groupsOf.offsets[owner]!; e < every.groupsOf.offsets[owner + 1]!; e++) {
      const to = leads[every.groupsOf.targets[e]!]!;
      if (isVertex(to)) g.add(to);
    }
    g.end();
  };
  for (let s = 0; s < sources.length; s++) row(binaries.length + s);
  for (let b = 0; b < binaries.length; b++) row(b, resolved.given[b] === 1 ? undefined : binaries[b]!.source);
  for (const passing of several) g.row(passing);
  return g.finish();
}

/** A number that depends on which alternatives are taken: it lies between these, both included. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** For each of these sources, how many others it blocks; counted over all sources of the universe. */
export function blocks(resolved: Resolved, every: EveryAlternative, sources: readonly number[]): readonly Interval[] {
  const { universe } = resolved.choices;
  const n = universe.sources.length;
  const makerOf = (b: number) => (resolved.given[b] === 1 ? undefined : universe.binaries[b]!.source);
  /** Several candidates of one source need that source. */
  const forced = (candidates: Int32Array): number[] => {
    const maker = candidates.length === 0 ? undefined : makerOf(candidates[0]!);
    return maker !== undefined && candidates.every((b) => makerOf(b) === maker) ? [maker] : [];
  };
  const min = reachedBy(spread(resolved, every, forced), sources, n);
  const max = reachedBy(
    spread(resolved, every, (candidates) => Array.from(candidates, (b) => b + n)),
    sources,
    n,
  );
  return Array.from(sources, (_, i) => ({ min: min[i]!, max: max[i]! }));
}
