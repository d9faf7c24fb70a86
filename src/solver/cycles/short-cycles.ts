/**
 * All elementary cycles of up to a number of sources, exactly: how many there are, how many go through each build
 * dependency, and the first of them. Each cycle is found once, from the one of its sources that most others need; that
 * source is then taken out. A search only goes on where the way back is short enough.
 */

import type { BuildGraph } from '../graph/build-graph.ts';
import { reversed, successors, vertexCount } from '../graph/csr.ts';

/** Local sources, each needing the next and the last the first; the lowest comes first. */
export type Cycle = readonly number[];

/** Counts of cycles by their length, and by the build dependency that they go through. */
export interface ShortCycles {
  /** Cycles of up to this many sources are counted, all of them; 0 when not even that was affordable. */
  readonly upTo: number;
  /** Number of cycles with 1, 2, ... `upTo` sources. */
  readonly counts: readonly number[];
  /** Cycles through each edge of `BuildGraph.asks`, in its order. */
  readonly through: Float64Array;
  /**
   * The shortest ones, in order of length, then of their members, each set of sources in one order once; at most
   * `keep`.
   */
  readonly first: readonly Cycle[];
}

/**
 * Steps that all searches of one run may take together; what is spent does not come back. Deterministic, unlike time.
 */
export interface Budget {
  steps: number;
}

class OverBudget extends Error {}

/** The lowest source first. */
function turned(cycle: Cycle): Cycle {
  const at = cycle.indexOf(Math.min(...cycle));
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}

function byMembers(a: Cycle, b: Cycle): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** The first of all that are offered, kept in order; cycles through the same sources, by other ways, count once. */
class First {
  readonly list: Cycle[] = [];
  private readonly keep: number;
  constructor(keep: number) {
    this.keep = keep;
  }
  offer(cycle: Cycle): void {
    const isFull = this.list.length === this.keep;
    if (isFull && (this.keep === 0 || byMembers(cycle, this.list.at(-1)!) >= 0)) return;
    let i = this.list.length;
    while (i > 0 && byMembers(cycle, this.list[i - 1]!) < 0) i--;
    if (i > 0 && byMembers(cycle, this.list[i - 1]!) === 0) return;
    this.list.splice(i, 0, cycle);
    if (this.list.length > this.keep) this.list.pop();
  }
}

/** Told of each cycle: its local sources, and the edges of `asks`; both change when it returns. */
export type Found = (sources: readonly number[], edges: readonly number[]) => void;

class Search {
  private readonly g: BuildGraph;
  private readonly rank: Int32Array;
  private readonly askedBy: ReturnType<typeof reversed>;
  private readonly ledFrom: ReturnType<typeof reversed>;
  /** Steps back to the root of the present search, or a number beyond any limit. */
  private readonly back: Int32Array;
  private readonly rootWay: Int32Array;
  private readonly budget: Budget;
  private readonly onPath: Uint8Array;
  private readonly path: number[] = [];
  private readonly pathWays: number[] = [];
  private readonly pathEdges: number[] = [];

  constructor(g: BuildGraph, budget: Budget) {
    this.g = g;
    this.budget = budget;
    const n = g.members.length;
    this.askedBy = reversed(g.asks, g.ways.length);
    this.ledFrom = reversed(g.leads, n);
    const needed = Array.from({ length: n }, (_, s) =>
      successors(this.ledFrom, s).reduce((sum, x) => sum + successors(this.askedBy, x).length, 0),
    );
    const order = [...needed.keys()].sort((a, b) => needed[b]! - needed[a]! || a - b);
    this.rank = new Int32Array(n);
    order.forEach((s, r) => {
      this.rank[s] = r;
    });
    this.back = new Int32Array(n).fill(1 << 30);
    this.rootWay = new Int32Array(g.ways.length).fill(-1);
    this.onPath = new Uint8Array(n);
  }

  private spend(steps: number): void {
    this.budget.steps -= steps;
    if (this.budget.steps < 0) throw new OverBudget();
  }

  /** Sources from which the root is reached in fewer than `length` steps, through sources of higher rank only. */
  private measure(root: number, length: number): number[] {
    const { ledFrom, askedBy } = this;
    const reached = [root];
    this.back[root] = 0;
    for (const s of reached) {
      const next = this.back[s]! + 1;
      if (next >= length) break;
      for (let f = ledFrom.offsets[s]!; f < ledFrom.offsets[s + 1]!; f++) {
        const x = ledFrom.targets[f]!;
        this.spend(askedBy.offsets[x + 1]! - askedBy.offsets[x]!);
        for (let e = askedBy.offsets[x]!; e < askedBy.offsets[x + 1]!; e++) {
          const t = askedBy.targets[e]!;
          if (this.rank[t]! <= this.rank[root]! || this.back[t]! <= next) continue;
          this.back[t] = next;
          reached.push(t);
        }
      }
    }
    return reached;
  }

  /** Every cycle of exactly `length` sources. */
  run(length: number, found: Found): void {
    for (let root = 0; root < this.g.members.length; root++) {
      const reached = this.measure(root, length);
      for (const x of successors(this.ledFrom, root)) this.rootWay[x] = root;
      this.path.push(root);
      this.onPath[root] = 1;
      try {
        this.extend(root, root, length - 1, found);
      } finally {
        for (const s of this.path) this.onPath[s] = 0;
        this.path.length = this.pathWays.length = this.pathEdges.length = 0;
        for (const s of reached) this.back[s] = 1 << 30;
      }
    }
  }

  private extend(root: number, s: number, left: number, found: Found): void {
    const { asks, leads } = this.g;
    for (let e = asks.offsets[s]!; e < asks.offsets[s + 1]!; e++) {
      const x = asks.targets[e]!;
      if (this.pathWays.includes(x)) continue;
      this.pathWays.push(x);
      this.pathEdges.push(e);
      if (left === 0) {
        this.spend(1);
        if (this.rootWay[x] === root) found(this.path, this.pathEdges);
      } else {
        this.spend(leads.offsets[x + 1]! - leads.offsets[x]!);
        for (let f = leads.offsets[x]!; f < leads.offsets[x + 1]!; f++) {
          const t = leads.targets[f]!;
          if (this.back[t]! > left || this.onPath[t] === 1 || t === root) continue;
          this.onPath[t] = 1;
          this.path.push(t);
          this.extend(root, t, left - 1, found);
          this.path.pop();
          this.onPath[t] = 0;
        }
      }
      this.pathWays.pop();
      this.pathEdges.pop();
    }
  }
}

/**
 * Lengths are tried from 1 to `limit`; the first that the budget does not pay for, and all longer ones, are left out.
 *
 * @param each hears of every cycle that is come upon, those of a length that is then not paid for too
 */
export function shortCycles(
  g: BuildGraph,
  limit: number,
  keep: number,
  budget: Budget,
  each: Found = () => {},
): ShortCycles {
  const search = new Search(g, budget);
  const through = new Float64Array(g.asks.targets.length);
  const counts: number[] = [];
  const first: Cycle[] = [];
  let spent = 0;
  for (let length = 1; length <= Math.min(limit, vertexCount(g.asks)); length++) {
    // A length costs several times what the one before did: not begun when twice that is not there.
    if (2 * spent > budget.steps) break;
    const before = budget.steps;
    const now = new Float64Array(through.length);
    const list = new First(keep - first.length);
    let count = 0;
    try {
      search.run(length, (sources, edges) => {
        count++;
        for (const e of edges) now[e]!++;
        list.offer(turned(sources));
        each(sources, edges);
      });
    } catch (error) {
      if (error instanceof OverBudget) break;
      throw error;
    }
    spent = before - budget.steps;
    counts.push(count);
    for (const cycle of list.list) first.push(cycle);
    for (let e = 0; e < now.length; e++) through[e]! += now[e]!;
  }
  const complete = counts.length === Math.min(limit, vertexCount(g.asks));
  return { upTo: complete ? limit : counts.length, counts, through, first };
}
