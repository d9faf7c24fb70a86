/** The shortest reason why a source needs something, as a chain of single facts: declared, chosen, built. */
import type { SourceVertex } from '../../indices.ts';
import type { ChainStep } from '../../model.ts';
import { successors } from './csr.ts';
import type { Resolved } from './resolve.ts';
import { Marks, shortestPath } from './shortest-path.ts';

/** Where a search may go, and where it ends. Sources are indices into `universe.sources`. */
export interface Search {
  /** Sources it may pass; others are as if they were built. */
  readonly through: (source: SourceVertex) => boolean;
  /** A source that ends the search, the start included when it is reached again. */
  readonly until: (source: SourceVertex) => boolean;
  /** Binaries with one of which the chain begins; by default any that the start asks for. */
  readonly first?: readonly number[];
}

/** One for all chains of a universe: a report asks for one of each source. */
const marksOf = new WeakMap<Resolved, Marks>();

/**
 * The shortest chain from a source's full build: source -> binary -> its run-time needs -> the source that builds one
 * of them, and on from there. Breadth first, each row in its own order, so the same universe gives the same chain. A
 * binary that is given passes its run-time needs on, but nobody has to build it. O(V + E).
 *
 * @returns [] when the search ends nowhere
 */
export function shortestChain(resolved: Resolved, start: number, search: Search): readonly ChainStep[] {
  const { through, until, first } = search;
  const { choices, given } = resolved;
  const { sources, binaries } = choices.universe;
  // Vertices: binaries, then sources, then sources again as ends, so that a cycle can end where it began.
  const [firstSource, firstEnd] = [binaries.length, binaries.length + sources.length];
  const marks = marksOf.get(resolved) ?? new Marks(firstEnd + sources.length);
  marksOf.set(resolved, marks);
  const next = (v: number): ArrayLike<number> => {
    if (v >= firstSource) return (v === firstSource + start && first) || choices.needs[v - firstSource]![0]!;
    const needs = successors(choices.runtime, v);
    const maker = given[v] === 1 ? undefined : binaries[v]!.source;
    if (maker === undefined) return needs;
    const isEnd = until(maker);
    const isPassed = through(maker) && !marks.has(firstSource + maker);
    return isEnd || isPassed
      ? [...(isEnd ? [firstEnd + maker] : []), ...needs, ...(isPassed ? [firstSource + maker] : [])]
      : needs;
  };
  const path = shortestPath(next, firstSource + start, (v) => v >= firstEnd, marks.anew()) ?? [];
  const isBinary = (v: number) => v < firstSource;
  const name = (v: number) =>
    isBinary(v) ? binaries[v]!.name : `src:${sources[v < firstEnd ? v - firstSource : v - firstEnd]!.name}`;
  const how = (a: number, b: number) => (isBinary(a) ? (isBinary(b) ? 'depends' : 'built-by') : 'build-depends');
  return path.slice(1).map((to, i) => ({ from: name(path[i]!), to: name(to), how: how(path[i]!, to) }));
}

/** The shortest cycle through a source, within the given sources (it among them). @param first as in `Search` */
export const shortestCycle = (
  resolved: Resolved,
  source: SourceVertex,
  within: ReadonlySet<number>,
  first?: readonly number[],
): readonly ChainStep[] =>
  shortestChain(resolved, source, {
    through: (s) => within.has(s),
    until: (s) => s === source,
    ...(first !== undefined && { first }),
  });
