/** Bounds without a search: a set that hits all cuts (from above), and disjoint cuts (from below). */

import type { ElementIndex } from '../../../indices.ts';
import { IntHeap } from '../problem/heap.ts';
import type { Cut } from './cuts.ts';

/**
 * Adds elements until every cut is hit: the cheapest kind first, of these the one in most cuts, the lowest of equals.
 */
export function cover(cuts: readonly Cut[], set: Set<ElementIndex>, dear: (e: ElementIndex) => number): void {
  const open = cuts.filter((cut) => !cut.some((e) => set.has(e)));
  const cheapest = open.map((cut) => {
    const least = cut.reduce((low, e) => Math.min(low, dear(e)), Number.POSITIVE_INFINITY);
    return cut.filter((e) => dear(e) === least);
  });
  /** Element -> cuts that it hits, and how many of these, not hit yet, have nothing cheaper. */
  const hits = new Map<ElementIndex, number[]>();
  const count = new Map<ElementIndex, number>();
  open.forEach((cut, i) => {
    for (const e of cut) {
      const list = hits.get(e);
      if (list) list.push(i);
      else hits.set(e, [i]);
    }
    for (const e of cheapest[i]!) count.set(e, (count.get(e) ?? 0) + 1);
  });
  const width = [...count.keys()].reduce((high, e) => Math.max(high, e), 0) + 1;
  const heap = new IntHeap();
  const offer = (e: ElementIndex): void => heap.push((open.length - count.get(e)!) * width + e);
  for (const e of count.keys()) offer(e);
  const isHit = new Uint8Array(open.length);
  for (let key = heap.pop(); key !== undefined; key = heap.pop()) {
    const e = key % width;
    if (count.get(e) === 0) continue;
    // Counts only fall: one that fell since it was offered waits for its new turn.
    if (open.length - count.get(e)! !== (key - e) / width) {
      offer(e);
      continue;
    }
    set.add(e);
    for (const i of hits.get(e)!) {
      if (isHit[i] === 1) continue;
      isHit[i] = 1;
      for (const other of cheapest[i]!) count.set(other, count.get(other)! - 1);
    }
  }
}

/** Cuts that share nothing, the small ones first: every solution takes a member of each. */
export function apart(cuts: readonly Cut[]): readonly Cut[] {
  const taken = new Set<ElementIndex>();
  return cuts
    .toSorted((a, b) => a.length - b.length)
    .filter((cut) => {
      if (cut.some((e) => taken.has(e))) return false;
      for (const e of cut) taken.add(e);
      return true;
    });
}
