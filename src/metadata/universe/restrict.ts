/** A part of a universe as a universe of its own: everything re-indexed, every order kept. */
import type { Binary, Source, Universe } from '../../model.ts';

/** New index of every kept element, undefined for the others. */
function renumbered(length: number, kept: (index: number) => boolean): readonly (number | undefined)[] {
  let next = 0;
  return Array.from({ length }, (_, i) => (kept(i) ? next++ : undefined));
}

/** A kept binary whose source is left out has no source; targets that are left out are none. */
export function restrictUniverse(
  universe: Universe,
  keptSource: (index: number) => boolean,
  keptBinary: (index: number) => boolean,
): Universe {
  const newSource = renumbered(universe.sources.length, keptSource);
  const newBinary = renumbered(universe.binaries.length, keptBinary);
  const moved = (indices: readonly number[], to: ReturnType<typeof renumbered>) => indices.flatMap((i) => to[i] ?? []);
  const binaries = universe.binaries.filter((_, b) => newBinary[b] !== undefined);
  const names = new Set(binaries.map((b) => b.name));
  return {
    ...universe,
    sources: universe.sources
      .filter((_, s) => newSource[s] !== undefined)
      .map(
        (s): Source => ({ ...s, variants: s.variants.map((v) => ({ ...v, produces: moved(v.produces, newBinary) })) }),
      ),
    binaries: binaries.map((b): Binary => ({ ...b, source: b.source === undefined ? undefined : newSource[b.source] })),
    targets: moved(universe.targets, newSource),
    seed: universe.seed.filter((name) => names.has(name)),
  };
}
