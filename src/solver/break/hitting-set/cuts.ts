/**
 * Separation: from a choice that does not reach the goal, sets of elements of which every sufficient choice holds one.
 *
 * A set Y of nodes is *unfounded* under a choice when every open rule of every node in Y needs another node of Y. Then
 * no node of Y is founded unless one of these is chosen: a label of Y, or the gate of a closed rule of a node of Y
 * that needs nothing of Y. When Y holds a goal, that is a cut. Where nodes have one open rule each, a cycle is
 * such a set, and short cycles make small cuts.
 */

import type { ElementIndex, NodeIndex, Row } from '../../../indices.ts';
import { workLimits } from '../../limits.ts';
import type { Blocking, BlockNode } from '../problem/blocking.ts';
import { Foundation } from './founded.ts';

/** Element numbers, ascending, of which every sufficient choice holds one. */
export type Cut = readonly ElementIndex[];

/** Finds cuts of one blocking problem. Each question is linear in its rules. */
export class Separator {
  readonly foundation: Foundation;
  private readonly problem: Blocking;
  private readonly isGoal: Uint8Array;

  constructor(problem: Blocking) {
    this.problem = problem;
    this.foundation = new Foundation(problem);
    this.isGoal = new Uint8Array(problem.nodes.length);
    for (const n of problem.goal) this.isGoal[n] = 1;
  }

  /** No cut when the choice reaches the goal; else at least one, in a fixed order, none hit by the choice. */
  cuts(on: Uint8Array): readonly Cut[] {
    const founded = this.foundation.founded(on);
    const open = this.problem.nodes.map((node, n) => (founded[n] === 1 ? [] : openNeeds(node, on, founded)));
    const roots = this.problem.goal.filter((n) => founded[n] === 0);
    if (roots.length === 0) return [];
    const found = new Map<string, Cut>();
    const keep = (y: ReadonlySet<NodeIndex>): void => {
      const cut = this.cutOf(y, on);
      found.set(cut.join(), cut);
    };
    const used = new Uint8Array(open.length);
    const search = new CycleSearch(open);
    for (const n of reachable(open, roots)) {
      if (this.isGoal[n] === 0 || used[n]! >= workLimits.cutsPerNode.most) continue;
      if (search.steps > workLimits.cutSteps.most && found.size > 0) break;
      const cycle = search.shortest(n);
      if (cycle === undefined) continue;
      for (const m of cycle) used[m]!++;
      keep(new Set(cycle));
    }
    if (found.size === 0) for (const n of roots.slice(0, 20)) keep(this.smallestClosed(open, n));
    return [...found.values()];
  }

  private cutOf(y: ReadonlySet<NodeIndex>, on: Uint8Array): Cut {
    const cut = new Set<ElementIndex>();
    for (const n of y) {
      const { label, rules } = this.problem.nodes[n]!;
      if (label !== undefined) cut.add(label);
      for (const { gate, needs } of rules) {
        if (gate !== undefined && on[gate] === 0 && !needs.some((m) => y.has(m))) cut.add(gate);
      }
    }
    return [...cut].sort((a, b) => a - b);
  }

  /** An unfounded set around a goal: for each open rule of each member one need, preferably a member already. */
  private smallestClosed(open: readonly (readonly Row<NodeIndex>[])[], root: NodeIndex): ReadonlySet<NodeIndex> {
    const y = new Set([root]);
    const chosen = new Map<NodeIndex, NodeIndex[]>();
    for (const n of y) {
      const picks: NodeIndex[] = [];
      for (const needs of open[n]!) {
        const pick = needs.find((m) => y.has(m)) ?? needs[0]!;
        picks.push(pick);
        y.add(pick);
      }
      chosen.set(n, picks);
    }
    // What a member needs is closed in itself: the smallest such part that holds a goal will do.
    let best: ReadonlySet<NodeIndex> = y;
    for (const n of y) {
      if (this.isGoal[n] === 0) continue;
      const part = new Set([n]);
      for (const m of part) for (const k of chosen.get(m)!) part.add(k);
      if (part.size < best.size) best = part;
    }
    return best;
  }
}

/** Per open rule of a node, its needs that are not founded. */
function openNeeds({ rules }: BlockNode, on: Uint8Array, founded: Uint8Array): Row<NodeIndex>[] {
  return rules.flatMap(({ gate, needs }) =>
    gate === undefined || on[gate] === 1 ? [needs.filter((m) => founded[m] === 0)] : [],
  );
}

/** Nodes reachable from the roots, ascending. */
function reachable(open: readonly (readonly Row<NodeIndex>[])[], roots: Row<NodeIndex>): NodeIndex[] {
  const seen = new Set<NodeIndex>(roots);
  for (const n of seen) for (const needs of open[n]!) for (const m of needs) seen.add(m);
  return [...seen].sort((a, b) => a - b);
}

/** Breadth-first search, again and again over the same nodes, without clearing anything in between. */
class CycleSearch {
  private readonly open: readonly (readonly Row<NodeIndex>[])[];
  private readonly seen: Int32Array;
  private readonly from: Int32Array;
  private readonly queue: Int32Array;
  private turn = 0;
  /** Edges looked at by all searches. */
  steps = 0;

  constructor(open: readonly (readonly Row<NodeIndex>[])[]) {
    this.open = open;
    this.seen = new Int32Array(open.length);
    this.from = new Int32Array(open.length);
    this.queue = new Int32Array(open.length + 1);
  }

  /** The shortest cycle through a node that stays among nodes with one open rule or none. */
  shortest(start: NodeIndex): readonly NodeIndex[] | undefined {
    const { open, seen, from, queue } = this;
    if (open[start]!.length > 1) return undefined;
    if (open[start]!.length === 0) return [start];
    const turn = ++this.turn;
    let length = 0;
    queue[length++] = start;
    for (let i = 0; i < length; i++) {
      const n = queue[i]!;
      const needs = open[n]![0];
      if (needs === undefined) continue;
      this.steps += needs.length;
      // Of equally short cycles not all nodes take the one through the same neighbour.
      for (
        let at = start % needs.length, left = needs.length;
        left > 0;
        left--, at = at + 1 === needs.length ? 0 : at + 1
      ) {
        const m = needs[at]!;
        if (m === start) {
          const cycle = [start];
          for (let k = n; k !== start; k = from[k]!) cycle.push(k);
          return cycle;
        }
        if (seen[m] === turn || open[m]!.length > 1) continue;
        seen[m] = turn;
        from[m] = n;
        queue[length++] = m;
      }
    }
    return undefined;
  }
}
