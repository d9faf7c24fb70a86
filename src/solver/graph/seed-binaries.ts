/** What is there before the first build. */
import type { Choices } from './choices.ts';
import { successors } from './csr.ts';

/**
 * 1 for binaries that are there from the start: what is available, and, since a seed that works has its run-time
 * dependencies installed, what the seed needs at run time. Indices are those of `universe.binaries`.
 */
export function givenBinaries({ universe, runtime }: Pick<Choices, 'universe' | 'runtime'>): Uint8Array {
  const { binaries, seed } = universe;
  const given = Uint8Array.from(binaries, (b) => Number(b.available || b.withSeed === true));
  const seeds = new Set(seed);
  const queue = binaries.flatMap((b, i) => (b.available && seeds.has(b.name) ? [i] : []));
  // What is given need not have been walked: an available binary may be met before what it needs is marked.
  const walked = new Set(queue);
  for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
    for (const c of successors(runtime, b)) {
      if (walked.has(c)) continue;
      walked.add(c);
      given[c] = 1;
      queue.push(c);
    }
  }
  return given;
}
