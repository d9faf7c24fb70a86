/** Breadth-first search, for chains of any kind. */

/**
 * The shortest path from `start` to a vertex that `isEnd` accepts, both included; undefined when there is none. The
 * start itself ends nothing. Successors in the order given, so the same graph gives the same path.
 */
export function shortestPath(
  next: (v: number) => ArrayLike<number>,
  start: number,
  isEnd: (v: number) => boolean,
): number[] | undefined {
  const from = new Map<number, number>([[start, -1]]);
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
