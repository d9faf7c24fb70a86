/**
 * Strongly connected components: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing
 * 1 (1972). Iterative, with its stacks in typed arrays, so that a ring of any length needs no call stack.
 */
import { rowOf } from '../../indices.ts';
import type { Csr } from '../../model.ts';

/** The components of a graph, by number and in rows. */
export interface Components {
  /**
   * Component of each vertex, or -1 when it was not reached. Components are numbered in reverse topological order:
   * an edge between two components always leads from the higher number to the lower.
   */
  readonly component: Int32Array;
  readonly count: number;
}

/** All components of what is reachable from `roots` (default: of everything). O(V + E) time, 24 bytes per vertex. */
export function tarjan(g: Csr, roots?: ArrayLike<number>): Components {
  const { offsets, targets } = g;
  const n = offsets.length - 1;
  const component = new Int32Array(n).fill(-1);
  /** Order of discovery, from 1; 0 means not yet seen. */
  const number = new Int32Array(n);
  /** The earliest vertex of an open component that is known to be reachable, by its number. */
  const low = new Int32Array(n);
  const cursor = new Int32Array(n);
  const path = new Int32Array(n);
  const open = new Int32Array(n);
  let [pathLength, openLength, discovered, count] = [0, 0, 0, 0];

  const enter = (v: number): void => {
    number[v] = low[v] = ++discovered;
    cursor[v] = offsets[v]!;
    path[pathLength++] = v;
    open[openLength++] = v;
  };
  /** The vertex on top of the path is finished: it closes a component, or hands its low value to its parent. */
  const leave = (v: number): void => {
    pathLength--;
    if (low[v] === number[v]) {
      let member: number;
      do {
        member = open[--openLength]!;
        component[member] = count;
      } while (member !== v);
      count++;
    } else {
      const parent = path[pathLength - 1]!;
      if (low[v]! < low[parent]!) low[parent] = low[v]!;
    }
  };

  const rootCount = roots ? roots.length : n;
  for (let r = 0; r < rootCount; r++) {
    const root = roots ? roots[r]! : r;
    if (number[root] !== 0) continue;
    enter(root);
    while (pathLength > 0) {
      const v = path[pathLength - 1]!;
      if (cursor[v]! === offsets[v + 1]!) {
        leave(v);
        continue;
      }
      const w = targets[cursor[v]!++]!;
      if (number[w] === 0) enter(w);
      else if (component[w] === -1 && number[w]! < low[v]!) low[v] = number[w]!;
    }
  }
  return { component, count };
}

/** Component -> its vertices, ascending. */
export function membersOf<Component extends number, Vertex extends number>({
  component,
  count,
}: {
  readonly component: Int32Array;
  readonly count: number;
}): Csr<Component, Vertex> {
  const offsets = new Int32Array(count + 1);
  for (let v = 0; v < component.length; v++) if (component[v]! >= 0) offsets[component[v]! + 1]!++;
  for (let c = 0; c < count; c++) offsets[c + 1]! += offsets[c]!;
  const next = offsets.slice(0, count);
  const targets = new Int32Array(offsets[count]!);
  for (let v = 0; v < component.length; v++) if (component[v]! >= 0) targets[next[component[v]!]!++] = v;
  return { offsets, targets: rowOf(targets) };
}
