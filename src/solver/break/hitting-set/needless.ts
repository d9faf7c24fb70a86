/**
 * Members of a sufficient set that can be left out: one by one, the dear ones first, as far as a budget of steps goes.
 */

import type { ElementIndex, NodeIndex } from '../../../indices.ts';
import { workLimits } from '../../limits.ts';
import type { Blocking } from '../problem/blocking.ts';
import type { Foundation } from './founded.ts';

/** Nodes with one rule, always open: among these a cycle without anything chosen is never founded. */
const isPlain = ({ nodes }: Blocking, n: NodeIndex): boolean =>
  nodes[n]!.rules.length === 1 && nodes[n]!.rules[0]!.gate === undefined;

/** @param on 1 for the chosen elements, a sufficient set; members that are not needed are switched off */
export function leaveOut(foundation: Foundation, on: Uint8Array, members: readonly ElementIndex[]): void {
  const { problem } = foundation;
  const { nodes, goal } = problem;
  const isGoal = new Uint8Array(nodes.length);
  for (const n of goal) isGoal[n] = 1;
  const labelled = Map.groupBy(nodes.keys(), (n) => nodes[n]!.label);
  const size = nodes.reduce((sum, { rules }) => sum + rules.reduce((n, r) => n + r.needs.length, 1), 0);
  const seen = new Int32Array(nodes.length);
  let turn = 0;
  let spent = 0;
  /** Whether a node waits for itself, with nothing chosen on the way: found at once where cycles are short. */
  const waitsForItself = (start: NodeIndex): boolean => {
    turn++;
    const queue = [start];
    for (const n of queue) {
      const { needs } = nodes[n]!.rules[0]!;
      for (const m of needs) {
        spent++;
        if (m === start) return true;
        const { label } = nodes[m]!;
        if (seen[m] === turn || !isPlain(problem, m) || (label !== undefined && on[label] === 1)) continue;
        seen[m] = turn;
        queue.push(m);
      }
    }
    return false;
  };
  for (const e of members) {
    if (spent > workLimits.needlessSteps.most) return;
    on[e] = 0;
    const isNeeded = labelled.get(e)?.some((n) => isGoal[n] === 1 && isPlain(problem, n) && waitsForItself(n));
    if (isNeeded !== true) spent += size;
    if (isNeeded === true || !foundation.reaches(on)) on[e] = 1;
  }
}
