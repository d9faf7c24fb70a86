/**
 * How long a plan takes on so many machines: list scheduling, the head of the longest chain first, one build on a
 * machine at a time. Graham (1966) bounds its end by (2 - 1/m) times the best; the bound told beside it holds for every
 * schedule, since no schedule is shorter than the longest chain, or than all work shared out evenly.
 */

import type { Plan } from '../model.ts';
import type { SourceName } from '../names.ts';
import { waits } from './waits.ts';

/** The estimate for one number of machines. */
export interface NodeEstimate {
  readonly nodes: number;
  /** Seconds from the first start to the last end. */
  readonly seconds: number;
  /** Seconds below which no order of builds gets. */
  readonly bound: number;
  /** Of all the time of all machines, the part in which they build. */
  readonly used: number;
}

/** Numbers in order of a key, smallest first. */
class Queue {
  private readonly heap: number[] = [];
  private readonly before: (a: number, b: number) => boolean;

  constructor(before: (a: number, b: number) => boolean) {
    this.before = before;
  }

  get size(): number {
    return this.heap.length;
  }

  push(value: number): void {
    const { heap, before } = this;
    let at = heap.push(value) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(value, heap[up]!); up = (at - 1) >> 1) {
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = value;
  }

  pop(): number {
    const { heap, before } = this;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return top;
  }
}

/**
 * @param secondsOf what one build takes on one machine
 * @returns one row for each number of machines; O((builds + needs) log builds) each
 */
export function nodeEstimates(
  plan: Plan,
  secondsOf: (source: SourceName, stage: number) => number,
  nodes: readonly number[],
): readonly NodeEstimate[] {
  const awaited = waits(plan);
  const seconds = Float64Array.from(plan.builds, ({ source, stage }) => secondsOf(source, stage));
  const chain = Float64Array.from(seconds);
  for (let i = awaited.length - 1; i >= 0; i--)
    for (const before of awaited[i]!) chain[before] = Math.max(chain[before]!, seconds[before]! + chain[i]!);
  const work = seconds.reduce((sum, value) => sum + value, 0);
  const longest = chain.reduce((most, value) => Math.max(most, value), 0);
  return nodes.map((count) => {
    const end = makespan(awaited, seconds, chain, count);
    return {
      nodes: count,
      seconds: end,
      bound: Math.max(longest, work / count),
      used: end === 0 ? 1 : work / (end * count),
    };
  });
}

function makespan(
  awaited: readonly (readonly number[])[],
  seconds: Float64Array,
  chain: Float64Array,
  nodes: number,
): number {
  const left = Int32Array.from(awaited, (before) => before.length);
  const dependents: number[][] = awaited.map(() => []);
  awaited.forEach((before, i) => {
    for (const b of before) dependents[b]!.push(i);
  });
  const ends = new Float64Array(awaited.length);
  const ready = new Queue((a, b) => chain[a]! > chain[b]! || (chain[a] === chain[b] && a < b));
  const running = new Queue((a, b) => ends[a]! < ends[b]! || (ends[a] === ends[b] && a < b));
  left.forEach((count, i) => {
    if (count === 0) ready.push(i);
  });
  let now = 0;
  while (ready.size > 0 || running.size > 0) {
    while (ready.size > 0 && running.size < nodes) {
      const build = ready.pop();
      ends[build] = now + seconds[build]!;
      running.push(build);
    }
    const done = running.pop();
    now = ends[done]!;
    for (const next of dependents[done]!) if (--left[next]! === 0) ready.push(next);
  }
  return now;
}
