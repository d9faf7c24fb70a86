/** Breadth-first search, for chains of any kind. */

/** Where a search has been, and from where. A Map is one; of many searches over the same vertices `Marks` is faster. */
interface Visited {
  has(vertex: number): boolean;
  get(vertex: number): number | undefined;
  set(vertex: number, from: number): unknown;
}

/** Marks that need no clearing between searches: each has its own number. */
export class Marks implements Visited {
  private readonly from: Int32Array;
  private readonly searched: Int32Array;
  private search = 0;
  constructor(vertices: number) {
    this.from = new Int32Array(vertices);
    this.searched = new Int32Array(vertices);
  }

  /** Forgets the search before. */
  anew(): this {
    this.search += 1;
    return this;
  }

  has(vertex: number): boolean {
    return this.searched[vertex] === this.search;
  }

  get(vertex: number): number | undefined {
    return this.has(vertex) ? this.from[vertex] : undefined;
  }

  set(vertex: number, from: number): void {
    this.searched[vertex] = this.search;
    this.from[vertex] = from;
  }
}

/**
 * The shortest path from `start` to a vertex that `isEnd` accepts, both included; undefined when there is none. The
 * start itself ends nothing. Successors in the order given, so the same graph gives the same path.
 */
export function shortestPath(
  next: (v: number) => ArrayLike<number>,
  start: number,
  isEnd: (v: number) => boolean,
  from: Visited = new Map<number, number>(),
): number[] | undefined {
  from.set(start, -1);
  const queue = [start];
  for (const v of queue) {
    const list = next(v);
    for (let i = 0; i < list.length; i++) {
      const t = list[i]!;
      if (from.has(t)) continue;
      from.set(t, v);
      if (isEnd(t)) {
        const path: number[] = [];
        for (let at = t; at !== -1; at = from.get(at)!) path.push(at);
        return path.reverse();
      }
      queue.push(t);
    }
  }
  return undefined;
}
