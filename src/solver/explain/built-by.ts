/** Which binaries of a universe a source builds, of whatever variant. */
import type { Universe } from '../../model.ts';
import { onceFor } from '../../once.ts';

const bySource = onceFor(({ sources, binaries }: Universe): readonly (readonly number[])[] => {
  const rows: number[][] = sources.map(() => []);
  binaries.forEach((b, i) => {
    if (b.source !== undefined) rows[b.source]!.push(i);
  });
  return rows;
});

/** Indices into `universe.binaries`, ascending. The first question costs a walk through all binaries. */
export const builtBy = (universe: Universe, source: number): readonly number[] => bySource(universe)[source]!;
