/** The shortest reason why a source needs something, as a chain of single facts: declared, chosen, built. */
import type { ChainStep } from '../../model.ts';
import { successors } from './csr.ts';
import type { Resolved } from './resolve.ts';
import { shortestPath } from './shortest-path.ts';

/** Where a search may go, and where it ends. Sources are indices into `universe.sources`. */
export interface Search {
  /** Sources it may pass; others are as if they were built. */
  readonly through: (source: number) => boolean;
  /** A source that ends the search, the start included when it is reached again. */
  readonly until: (source: number) => boolean;
}

/**
 * The shortest chain from a source's full build: source -> binary -> its run-time needs -> the source that builds one
 * of them, and on from there. Breadth first, each row in its own order, so the same universe gives the same chain. A
 * binary that is given passes its run-time needs on, but nobody has to build it. O(V + E).
 *
 * @returns [] when the search ends nowhere
 */
export function shortestChain(resolved: Resolved, start: number, { through, until }: Search): readonly ChainStep[] {
  const { choices, given } = resolved;
  const { sources, binaries } = choices.universe;
  // Vertices: sources, then binaries, then sources again as ends, so that a cycle can end where it began.
  const [firstBinary, firstEnd] = [sources.length, sources.length + binaries.length];
  const next = (v: number): readonly number[] => {
    if (v < firstBinary) return [...choices.needs[v]![0]!].map((b) => firstBinary + b);
    const binary = v - firstBinary;
    const maker = given[binary] === 1 ? -1 : binaries[binary]!.source;
    const ends = maker >= 0 && until(maker) ? [firstEnd + maker] : [];
    const makers = maker >= 0 && through(maker) ? [maker] : [];
    return [...ends, ...Array.from(successors(choices.runtime, binary), (b) => firstBinary + b), ...makers];
  };
  const path = shortestPath(next, start, (v) => v >= firstEnd) ?? [];
  const name = (v: number) =>
    v < firstBinary
      ? `src:${sources[v]!.name}`
      : v < firstEnd
        ? binaries[v - firstBinary]!.name
        : `src:${sources[v - firstEnd]!.name}`;
  const how = (a: number, b: number) =>
    a < firstBinary ? 'build-depends' : firstBinary <= b && b < firstEnd ? 'depends' : 'built-by';
  return path.slice(1).map((to, i) => ({ from: name(path[i]!), to: name(to), how: how(path[i]!, to) }));
}

/** The shortest cycle through a source, within the given sources (it among them). */
export const shortestCycle = (resolved: Resolved, source: number, within: ReadonlySet<number>): readonly ChainStep[] =>
  shortestChain(resolved, source, { through: (s) => within.has(s), until: (s) => s === source });
