/** Compressed sparse rows: how every large graph is held. Vertices are 0 .. n-1; no objects per vertex or edge. */
import { type Row, rowOf } from '../../indices.ts';
import type { Csr } from '../../model.ts';

/** Number of vertices. */
export const vertexCount = (g: Csr): number => g.offsets.length - 1;

/** The successors of a vertex: a view, not a copy. */
export const successors = <From extends number, To extends number>(g: Csr<From, To>, v: NoInfer<From>): Row<To> =>
  g.targets.subarray(g.offsets[v]!, g.offsets[v + 1]!);

/** From one list of successors per vertex, kept in the order given. */
export function csrOf<From extends number, To extends number>(lists: readonly ArrayLike<To>[]): Csr<From, To> {
  const offsets = new Int32Array(lists.length + 1);
  for (let v = 0; v < lists.length; v++) offsets[v + 1] = offsets[v]! + lists[v]!.length;
  const targets = new Int32Array(offsets[lists.length]!);
  let at = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) targets[at++] = list[i]!;
  return { offsets, targets: rowOf(targets) };
}

/** The same edges backwards, predecessors ascending; `width`: how many vertices the edges lead to. O(V + E). */
export function reversed<From extends number, To extends number>(
  g: Csr<From, To>,
  width = vertexCount(g),
): Csr<To, From> {
  const offsets = new Int32Array(width + 1);
  for (let e = 0; e < g.targets.length; e++) offsets[g.targets[e]! + 1]!++;
  for (let v = 0; v < width; v++) offsets[v + 1]! += offsets[v]!;
  const next = offsets.slice(0, width);
  const targets = new Int32Array(g.targets.length);
  for (let v = 0; v < vertexCount(g); v++) {
    for (let e = g.offsets[v]!; e < g.offsets[v + 1]!; e++) targets[next[g.targets[e]!]!++] = v;
  }
  return { offsets, targets: rowOf(targets) };
}

/** Grows as rows are added one after the other: for graphs whose size is known only at the end. */
export class CsrBuilder<From extends number = number, To extends number = number> {
  private offsets = new Int32Array(1024);
  private rows = 0;
  private targets = new Int32Array(1024);
  private used = 0;

  /** Ends the current row with these successors; the next row begins. */
  row(list: ArrayLike<To>): void {
    this.reserve(list.length);
    for (let i = 0; i < list.length; i++) this.targets[this.used++] = list[i]!;
    this.end();
  }

  /** The same, with the successors in ascending order, each once. */
  sortedRow(list: ArrayLike<To>): void {
    this.reserve(list.length);
    this.used += sortInto(list, this.targets, this.used);
    this.end();
  }

  /** Adds a successor to the current row. */
  add(target: To): void {
    if (this.used === this.targets.length) this.reserve(1);
    this.targets[this.used++] = target;
  }

  /** Ends the current row with what was added. */
  end(): void {
    if (this.rows + 2 > this.offsets.length) {
      const larger = new Int32Array(2 * this.offsets.length);
      larger.set(this.offsets);
      this.offsets = larger;
    }
    this.offsets[++this.rows] = this.used;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.targets.length) return;
    const larger = new Int32Array(Math.max(this.targets.length * 2, this.used + more));
    larger.set(this.targets.subarray(0, this.used));
    this.targets = larger;
  }

  finish(): Csr<From, To> {
    return { offsets: this.offsets.slice(0, this.rows + 1), targets: rowOf(this.targets.slice(0, this.used)) };
  }
}

const nothing = new Int32Array(0);

/** Ascending without duplicates. */
export function sortedUnique<Value extends number>(values: ArrayLike<Value>): Row<Value> {
  if (values.length === 0) return rowOf(nothing);
  const sorted = new Int32Array(values.length);
  const kept = sortInto(values, sorted, 0);
  return rowOf(kept === sorted.length ? sorted : sorted.slice(0, kept));
}

/**
 * Writes the values to `out` from `start` on, ascending, each once, and returns how many that are. Rows are short: for
 * those, insertion beats a call of the engine's sort many times.
 */
function sortInto(values: ArrayLike<number>, out: Int32Array, start: number): number {
  let end = start;
  if (values.length > 40) {
    out.set(values, start);
    const sorted = out.subarray(start, start + values.length).sort();
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) out[end++] = sorted[i]!;
    return end - start;
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let at = end;
    while (at > start && out[at - 1]! > value) at--;
    if (at > start && out[at - 1] === value) continue;
    for (let k = end; k > at; k--) out[k] = out[k - 1]!;
    out[at] = value;
    end++;
  }
  return end - start;
}
