/** The shortest reason why a source needs something, as a chain of single facts: declared, chosen, built. */
import type { ChainStep } from '../model.ts';
import { successors } from './csr.ts';
import type { Resolved } from './resolve.ts';

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
  const { universe } = choices;
  const n = universe.sources.length;
  /** Sources are 0..n-1, binaries follow; the vertex from which each was found, or -1. */
  const from = new Int32Array(n + universe.binaries.length).fill(-1);
  const queue = [start];
  const visit = (vertex: number, by: number): void => {
    if (from[vertex] !== -1 || vertex === start) return;
    from[vertex] = by;
    queue.push(vertex);
  };
  for (const v of queue) {
    if (v < n) {
      for (const b of choices.needs[v]![0]!) visit(n + b, v);
      continue;
    }
    const maker = given[v - n] === 1 ? -1 : universe.binaries[v - n]!.source;
    if (maker >= 0 && until(maker)) return stepsBack(resolved, from, v, maker, start);
    for (const b of successors(choices.runtime, v - n)) visit(n + b, v);
    if (maker >= 0 && through(maker)) visit(maker, v);
  }
  return [];
}

function stepsBack(resolved: Resolved, from: Int32Array, last: number, end: number, start: number): ChainStep[] {
  const { sources, binaries } = resolved.choices.universe;
  const name = (v: number) => (v < sources.length ? `src:${sources[v]!.name}` : binaries[v - sources.length]!.name);
  const steps: ChainStep[] = [{ from: name(last), to: name(end), how: 'built-by' }];
  for (let v = last; v !== start; ) {
    const by = from[v]!;
    const how = v < sources.length ? 'built-by' : by < sources.length ? 'build-depends' : 'depends';
    steps.push({ from: name(by), to: name(v), how });
    v = by;
  }
  return steps.reverse();
}

/** The shortest cycle through a source, within the given sources (it among them). */
export const shortestCycle = (resolved: Resolved, source: number, within: ReadonlySet<number>): readonly ChainStep[] =>
  shortestChain(resolved, source, { through: (s) => within.has(s), until: (s) => s === source });
