/**
 * Kernel reductions: what is left has the same solutions, apart from those that another one beats. A reduction
 * touches only nodes with one rule, where unfounded sets are cycles; docs/solver.md has the argument for each.
 * After H. Levy and D. Low, "A contraction algorithm for finding small cycle cutsets" (1988), and H.-M. Lin and J.-Y.
 * Jou, "On computing the minimum feedback vertex set of a directed graph by contraction operations" (2000), with labels
 * instead of vertices.
 */

import type { ElementIndex, NodeIndex } from '../../../indices.ts';
import { csrOf } from '../../graph/csr.ts';
import { tarjan } from '../../graph/tarjan.ts';
import { type Blocking, noElement } from '../problem/blocking.ts';
import { type Keep, Kernel } from './kernel.ts';

/** What is left to solve, and what belongs to every solution of it. */
export interface Reduced {
  readonly problem: Blocking;
  /** Elements of every solution, ascending. */
  readonly forced: readonly ElementIndex[];
}

/** Applies what concerns one node alone; returns the nodes to look at again when something changed. */
function settle(k: Kernel, n: NodeIndex, keep: Keep): readonly NodeIndex[] {
  const [needs, users, label] = [k.needs[n]!, k.users[n]!, k.labels[n]!];
  const around = () => [...users, ...needs];
  if (k.isFounded(n)) {
    const touched = around();
    k.remove(n);
    return touched;
  }
  if (needs.has(n)) {
    // It waits for itself: only its label helps.
    if (k.gated.has(n) || k.sure[n] === 0 || label === noElement) return [];
    const touched = around();
    return [...touched, ...k.force(label)];
  }
  if (k.safe[n] === 0) return [];
  const isUnneeded = users.size === 0;
  if (!isUnneeded && !(label === noElement ? growsLittle(needs.size, users.size) : isBeaten(k, n, keep))) return [];
  const touched = around();
  if (isUnneeded) k.remove(n);
  else k.inline(n);
  return touched;
}

const growsLittle = (needs: number, users: number): boolean => needs === 1 || users === 1 || needs * users <= 64;

/** Its only user, or its only need, can be chosen in its place. */
function isBeaten(k: Kernel, n: NodeIndex, keep: Keep): boolean {
  const [label, users, needs] = [k.labels[n]!, k.users[n]!, k.needs[n]!];
  if (k.labelled.get(label)!.size > 1 || k.gates.has(label)) return false;
  if (users.size === 1 && k.prefers(k.labels[[...users][0]!]!, label, keep)) return true;
  return needs.size === 1 && k.prefers(k.labels[[...needs][0]!]!, label, keep);
}

/** Both need each other, and nothing else could found either. */
const isPair = (k: Kernel, u: NodeIndex, v: NodeIndex): boolean =>
  k.needs[v]!.has(u) && !k.gated.has(u) && !k.gated.has(v) && (k.sure[u] === 1 || k.sure[v] === 1);

/**
 * PIE: an edge on no cycle besides those that hold a pair is on no smallest unfounded set, since the pair alone
 * is a smaller one.
 */
function dropEdgesBetween(k: Kernel): NodeIndex[] {
  const rows = k.needs.map((needs, n) => {
    if (needs === undefined) return [];
    const gated = (k.gated.get(n) ?? []).flatMap((r) => [...r.needs]);
    return [...[...needs].filter((m) => !isPair(k, n, m)), ...gated];
  });
  const { component } = tarjan(csrOf(rows));
  const touched: NodeIndex[] = [];
  k.needs.forEach((needs, n) => {
    if (needs === undefined || k.safe[n] === 0) return;
    for (const m of [...needs]) {
      if (component[n] === component[m] || isPair(k, n, m)) continue;
      k.removeEdge(n, m);
      touched.push(n, m);
    }
  });
  return touched;
}

/** DOME: n -> m is on no smallest unfounded set when all ways into n, or out of m, have a short cut past the edge. */
function dropDominatedEdges(k: Kernel): NodeIndex[] {
  const touched: NodeIndex[] = [];
  const past = (users: Set<NodeIndex>, n: NodeIndex, m: NodeIndex): boolean => {
    for (const u of users) if (!k.users[m]!.has(u) && !isPair(k, u, n)) return false;
    return true;
  };
  const ahead = (needs: Set<NodeIndex>, n: NodeIndex, m: NodeIndex): boolean => {
    for (const w of needs) if (!k.needs[n]!.has(w) && !isPair(k, m, w)) return false;
    return true;
  };
  for (const n of k.alive) {
    if (k.safe[n] === 0) continue;
    for (const m of [...k.needs[n]!]) {
      if (m === n || k.safe[m] === 0 || isPair(k, n, m)) continue;
      if (!past(k.users[n]!, n, m) && !ahead(k.needs[m]!, n, m)) continue;
      k.removeEdge(n, m);
      touched.push(n, m);
    }
  }
  return touched;
}

/**
 * Reduces until nothing changes. Each round is linear in the edges, but for DOME, which looks at neighbours of edges.
 *
 * @param kept elements that no other one takes the place of, since there is more to reach with them than the problem's
 * goal
 */
export function reduce(problem: Blocking, keep: Keep, kept?: ReadonlySet<ElementIndex>): Reduced {
  const k = new Kernel(problem, kept);
  let queue = [...k.alive];
  for (;;) {
    while (queue.length > 0) {
      const now = queue;
      queue = [];
      for (const n of now) {
        if (k.needs[n] === undefined) continue;
        for (const m of settle(k, n, keep)) queue.push(m);
      }
    }
    queue = dropEdgesBetween(k);
    if (queue.length === 0) queue = dropDominatedEdges(k);
    if (queue.length === 0) break;
  }
  return { problem: k.problem(), forced: [...k.forced].sort((a, b) => a - b) };
}
