/**
 * How many vertices reach each of some vertices. To count that exactly takes a product in the worst case; what keeps it
 * near-linear on archives: the condensation is contracted first, sets are bits, and only what reaches a set is looked
 * at.
 */
import type { Csr } from '../../model.ts';
import { CsrBuilder, reversed, sortedUnique } from '../graph/csr.ts';
import { membersOf, tarjan } from '../graph/tarjan.ts';
import { BitColumns } from './bit-matrix.ts';
import { Cones } from './reachable-roots.ts';

interface Contracted {
  /** Vertex of the contraction -> those that point at it; an edge always leads to a lower number. */
  readonly above: Csr;
  /** Vertex of the contraction -> how many counted vertices it stands for. */
  readonly weight: Int32Array;
  /** Vertex of the graph -> vertex of the contraction. */
  readonly place: Int32Array;
}

/**
 * The condensation without components that reach none of those asked about, and without edges that a path of two edges
 * makes redundant. A component that is not asked about and has a single successor reaches what its successor reaches,
 * so the two count as one vertex.
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
  /** What a component leads to directly; filled anew for each. */
  const found: number[] = [];
  for (let c = 0; c < count; c++) {
    let direct = 0;
    for (let i = members.offsets[c]!; i < members.offsets[c + 1]!; i++) {
      const v = members.targets[i]!;
      for (let e = g.offsets[v]!; e < g.offsets[v + 1]!; e++) {
        const below = component[g.targets[e]!]!;
        const to = below === c ? -1 : standIn[below]!;
        if (to === -1 || straight[to] === c) continue;
        straight[to] = c;
        found[direct++] = to;
      }
    }
    for (let i = 0; i < direct; i++) for (const d of rows[found[i]!]!) around[d] = c;
    let left = 0;
    for (let i = 0; i < direct; i++) if (around[found[i]!] !== c) found[left++] = found[i]!;
    const isNeeded = isAsked[c] === 1 || left > 1;
    standIn[c] = isNeeded ? c : left === 1 ? found[0]! : -1;
    rows[c] = isNeeded ? found.slice(0, left) : nothing;
    if (!isNeeded && left === 1) weight[found[0]!]! += weight[c]!;
  }
  const kept = new CsrBuilder();
  for (const row of rows) kept.row(row);
  return { above: reversed(kept.finish()), weight, place: component };
}

/**
 * Where only one vertex points at another, what reaches that one is what reaches the first, and itself. So a whole
 * chain is counted at its top.
 */
function tops({ above, weight }: Contracted): { readonly top: Int32Array; readonly between: Float64Array } {
  const top = new Int32Array(weight.length);
  /** Counted vertices from a vertex up to its top, which is left out. */
  const between = new Float64Array(weight.length);
  for (let c = weight.length - 1; c >= 0; c--) {
    const first = above.offsets[c]!;
    const isAlone = above.offsets[c + 1]! - first === 1;
    const user = isAlone ? above.targets[first]! : c;
    top[c] = isAlone ? top[user]! : c;
    between[c] = isAlone ? between[user]! + weight[c]! : 0;
  }
  return { top, between };
}

/** For each vertex of `asked`, how many of the first `counted` vertices reach it, itself not counted. */
export function reachedBy(g: Csr, asked: readonly number[], counted: number): Int32Array {
  const contracted = contract(g, asked, counted);
  const { above, weight, place } = contracted;
  const { top, between } = tops(contracted);
  const targets = sortedUnique(asked.map((v) => top[place[v]!]!));
  const total = new Map<number, number>();
  const cones = new Cones(above);
  for (let from = 0; from < targets.length; from += Cones.breadth) {
    const now = targets.subarray(from, from + Cones.breadth);
    cones.raise(Array.from(now, (c) => [c]));
    const columns = new BitColumns(Cones.words);
    cones.vertices.forEach((c, i) => {
      if (weight[c]! > 0) columns.add(cones.sets, i * Cones.words, weight[c]!);
    });
    now.forEach((c, bit) => {
      total.set(c, columns.total(bit));
    });
  }
  return Int32Array.from(asked, (v) => total.get(top[place[v]!]!)! + between[place[v]!]! - 1);
}
