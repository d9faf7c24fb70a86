/**
 * How many sources wait for a source, as an interval: at least those that come to it over dependencies that leave no
 * choice, at most those that come to it over any alternative. botch's ports metric, without a solver.
 */
import type { Csr } from '../model.ts';
import { CsrBuilder, sortedUnique, successors, vertexCount } from './csr.ts';
import type { EveryAlternative } from './every-alternative.ts';
import type { Resolved } from './resolve.ts';
import { tarjan } from './tarjan.ts';

/**
 * For each vertex of `asked`, how many of the first `counted` vertices reach it, itself not counted. Sets of asked
 * vertices are carried along the condensation as bits, so this is O(E x asked components / 32).
 */
export function reachedBy(g: Csr, asked: readonly number[], counted: number): Int32Array {
  const { component, count } = tarjan(g);
  const vertices = new Int32Array(count);
  for (let v = 0; v < counted; v++) vertices[component[v]!]!++;
  const bitOf = new Map<number, number>();
  for (const v of asked) if (!bitOf.has(component[v]!)) bitOf.set(component[v]!, bitOf.size);
  const members = new CsrBuilder();
  const byComponent: number[][] = Array.from({ length: count }, () => []);
  component.forEach((c, v) => {
    for (const t of successors(g, v)) if (component[t] !== c) byComponent[c]!.push(component[t]!);
  });
  for (const row of byComponent) members.row(sortedUnique(row));
  const condensed = members.finish();

  const total = new Int32Array(bitOf.size);
  const bits = [...bitOf.entries()];
  const words = 8;
  for (let from = 0; from < bits.length; from += words * 32) {
    const reach = new Int32Array(count * words);
    for (const [c, bit] of bits.slice(from, from + words * 32)) {
      reach[c * words + ((bit - from) >> 5)]! |= 1 << ((bit - from) & 31);
    }
    // Successors have lower numbers, so theirs is complete.
    for (let c = 0; c < count; c++) {
      for (let e = condensed.offsets[c]!; e < condensed.offsets[c + 1]!; e++) {
        const t = condensed.targets[e]! * words;
        for (let w = 0; w < words; w++) reach[c * words + w]! |= reach[t + w]!;
      }
      if (vertices[c] === 0) continue;
      for (let w = 0; w < words; w++) {
        for (let word = reach[c * words + w]!; word !== 0; word &= word - 1) {
          total[from + w * 32 + (31 - Math.clz32(word & -word))]! += vertices[c]!;
        }
      }
    }
  }
  return Int32Array.from(asked, (v) => total[bitOf.get(component[v]!)!]! - 1);
}

/** Sources first, then binaries, with the edges that `through` lets pass for each group. */
function spread(
  resolved: Resolved,
  every: EveryAlternative,
  through: (candidates: Int32Array) => ArrayLike<number>,
): Csr {
  const { universe } = resolved.choices;
  const passing: Int32Array[] = Array.from({ length: vertexCount(every.candidates) }, (_, group) =>
    Int32Array.from(through(successors(every.candidates, group))),
  );
  const g = new CsrBuilder();
  const row = (owner: number, maker: number): void => {
    const found: number[] = maker >= 0 ? [maker] : [];
    for (const group of successors(every.groupsOf, owner)) for (const v of passing[group]!) found.push(v);
    g.row(sortedUnique(found));
  };
  universe.sources.forEach((_, s) => {
    row(every.binaries + s, -1);
  });
  universe.binaries.forEach((b, i) => {
    row(i, resolved.given[i] === 1 ? -1 : b.source);
  });
  return g.finish();
}

export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** For each of these sources, how many others it blocks; counted over all sources of the universe. */
export function blocks(resolved: Resolved, every: EveryAlternative, sources: readonly number[]): readonly Interval[] {
  const { universe } = resolved.choices;
  const n = universe.sources.length;
  const makerOf = (b: number) => (resolved.given[b] === 1 ? -1 : universe.binaries[b]!.source);
  /** One candidate is needed; several of one source need that source. */
  const forced = (candidates: Int32Array): number[] => {
    if (candidates.length === 1) return [candidates[0]! + n];
    const maker = candidates.length === 0 ? -1 : makerOf(candidates[0]!);
    return maker >= 0 && candidates.every((b) => makerOf(b) === maker) ? [maker] : [];
  };
  const min = reachedBy(spread(resolved, every, forced), sources, n);
  const max = reachedBy(
    spread(resolved, every, (candidates) => candidates.map((b) => b + n)),
    sources,
    n,
  );
  return Array.from(sources, (_, i) => ({ min: min[i]!, max: max[i]! }));
}
