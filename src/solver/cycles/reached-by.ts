/**
 * How many vertices reach each of some vertices. To count that exactly takes a product in the worst case; what keeps it
 * near-linear on archives: the condensation is contracted first, sets are bits, and only what reaches a set is looked at.
 */
import type { Csr } from '../../model.ts';
import { CsrBuilder, reversed, sortedUnique, successors } from '../graph/csr.ts';
import { membersOf, tarjan } from '../graph/tarjan.ts';
import { BitColumns } from './bit-columns.ts';

/** 32-bit words carried along at once. */
const words = 16;

interface Contracted {
  /** Vertex of the contraction -> those that point at it; an edge always leads to a lower number. */
  readonly above: Csr;
  /** Vertex of the contraction -> how many counted vertices it stands for. */
  readonly weight: Int32Array;
  /** Vertex of the graph -> vertex of the contraction. */
  readonly place: Int32Array;
}

/**
 * The condensation without what reaches nothing asked, and without edges that a way of two edges stands in for. What is
 * not asked about and leads to a single vertex reaches what that one reaches, so it counts with it.
 */
function contract(g: Csr, asked: readonly number[], counted: number): Contracted {
  const components = tarjan(g);
  const { component, count } = components;
  const members = membersOf(components);
  const isAsked = new Uint8Array(count);
  for (const v of asked) isAsked[component[v]!] = 1;
  const weight = new Int32Array(count);
  for (let v = 0; v < counted; v++) weight[component[v]!]!++;
  /** Component -> itself, or the one it counts with, or -1. */
  const standIn = new Int32Array(count);
  const rows: (readonly number[])[] = new Array(count);
  const nothing: readonly number[] = [];
  /** The last component that was found to lead there: directly, and over another one. */
  const straight = new Int32Array(count).fill(-1);
  const around = new Int32Array(count).fill(-1);
  for (let c = 0; c < count; c++) {
    const direct: number[] = [];
    for (let i = members.offsets[c]!; i < members.offsets[c + 1]!; i++) {
      const v = members.targets[i]!;
      for (let e = g.offsets[v]!; e < g.offsets[v + 1]!; e++) {
        const below = component[g.targets[e]!]!;
        const to = below === c ? -1 : standIn[below]!;
        if (to === -1 || straight[to] === c) continue;
        straight[to] = c;
        direct.push(to);
      }
    }
    for (const below of direct) for (const d of rows[below]!) around[d] = c;
    const row = direct.length < 2 ? direct : direct.filter((below) => around[below] !== c);
    const isNeeded = isAsked[c] === 1 || row.length > 1;
    standIn[c] = isNeeded ? c : (row[0] ?? -1);
    rows[c] = isNeeded ? row : nothing;
    if (!isNeeded && row.length === 1) weight[row[0]!]! += weight[c]!;
  }
  const kept = new CsrBuilder();
  for (const row of rows) kept.row(row);
  return { above: reversed(kept.finish()), weight, place: component };
}

/** For each vertex of `asked`, how many of the first `counted` vertices reach it, itself not counted. */
export function reachedBy(g: Csr, asked: readonly number[], counted: number): Int32Array {
  const { above, weight, place } = contract(g, asked, counted);
  const targets = sortedUnique(asked.map((v) => place[v]!));
  const total = new Map<number, number>();
  /** Vertex -> its position among those that reach a target of this turn, plus one. */
  const position = new Int32Array(weight.length);
  let reach = new Int32Array(0);
  for (let from = 0; from < targets.length; from += words * 32) {
    const now = targets.subarray(from, from + words * 32);
    const seen = Array.from(now);
    for (const c of seen) position[c] = 1;
    for (let i = 0; i < seen.length; i++) {
      for (const c of successors(above, seen[i]!)) {
        if (position[c] !== 0) continue;
        position[c] = 1;
        seen.push(c);
      }
    }
    const cone = Int32Array.from(seen).sort();
    if (reach.length < cone.length * words) reach = new Int32Array(cone.length * words);
    else reach.fill(0, 0, cone.length * words);
    cone.forEach((c, i) => {
      position[c] = i + 1;
    });
    now.forEach((c, bit) => {
      reach[(position[c]! - 1) * words + (bit >> 5)]! |= 1 << (bit & 31);
    });
    const columns = new BitColumns(words);
    // What a vertex leads to comes before it, so its set is complete when it is handed on.
    for (let i = 0; i < cone.length; i++) {
      const c = cone[i]!;
      if (weight[c]! > 0) columns.add(reach, i * words, weight[c]!);
      for (let e = above.offsets[c]!; e < above.offsets[c + 1]!; e++) {
        const to = (position[above.targets[e]!]! - 1) * words;
        for (let w = 0; w < words; w++) reach[to + w]! |= reach[i * words + w]!;
      }
    }
    now.forEach((c, bit) => {
      total.set(c, columns.total(bit));
    });
    for (const c of cone) position[c] = 0;
  }
  return Int32Array.from(asked, (v) => total.get(place[v]!)! - 1);
}
