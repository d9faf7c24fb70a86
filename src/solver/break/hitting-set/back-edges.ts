/**
 * A sufficient choice in one walk, for when there is no time for a better one: depth first along what nodes need; where
 * the walk comes back to a node that it has not left yet, that node is chosen, or the one it came from.
 */
import type { ElementIndex, NodeIndex } from '../../../indices.ts';
import type { Blocking } from '../problem/blocking.ts';

const [open, done] = [1, 2];

/**
 * Linear.
 * @param founded 1 for nodes that what is chosen already founds
 * @returns elements, or undefined where nodes without a label wait for each other
 */
export function backEdges({ nodes, goal }: Blocking, founded: Uint8Array): readonly ElementIndex[] | undefined {
  const state = founded.map((f) => (f === 1 ? done : 0));
  const cursor = new Int32Array(nodes.length);
  const chosen = new Set<ElementIndex>();
  const path: NodeIndex[] = [];
  const enter = (n: NodeIndex): boolean => {
    if (nodes[n]!.rules.some((r) => r.gate === undefined)) {
      state[n] = open;
      path.push(n);
      return true;
    }
    state[n] = done;
    return choose(n);
  };
  const choose = (n: NodeIndex): boolean => {
    const { label } = nodes[n]!;
    if (label !== undefined) chosen.add(label);
    return label !== undefined;
  };
  for (const root of goal) {
    if (state[root] === 0 && !enter(root)) return undefined;
    while (path.length > 0) {
      const n = path.at(-1)!;
      const { needs } = nodes[n]!.rules.find((r) => r.gate === undefined)!;
      if (cursor[n] === needs.length) {
        state[n] = done;
        path.pop();
        continue;
      }
      const m = needs[cursor[n]!++]!;
      if (state[m] === open && !choose(m) && !choose(n)) return undefined;
      if (state[m] === 0 && !enter(m)) return undefined;
    }
  }
  return [...chosen];
}
