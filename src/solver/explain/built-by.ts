/** Which binaries of a universe a source builds, of whatever variant. */
import type { Universe } from '../../model.ts';

const known = new WeakMap<Universe, readonly (readonly number[])[]>();

/** Indices into `universe.binaries`, ascending. The first question costs a walk through all binaries. */
export function builtBy(universe: Universe, source: number): readonly number[] {
  let built = known.get(universe);
  if (built === undefined) {
    const rows: number[][] = universe.sources.map(() => []);
    universe.binaries.forEach((b, i) => {
      if (b.source !== undefined) rows[b.source]!.push(i);
    });
    built = rows;
    known.set(universe, built);
  }
  return built[source]!;
}
