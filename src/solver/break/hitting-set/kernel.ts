/** A blocking problem taken apart for reduction: edges in sets, forwards and backwards, and what must stay as it is. */
import type { ElementIndex, NodeIndex, Row } from '../../../indices.ts';
import { type Blocking, type BlockNode, type Element, levelOf, noElement } from '../problem/blocking.ts';

/**
 * `all` keeps every cheapest solution. `lowest` keeps the alphabetically lowest of them, and so may put a lower
 * element in the place of a higher one of the same price.
 */
export type Keep = 'all' | 'lowest';

/** The graph that the reductions work on; it is the one value here that changes. */
export class Kernel {
  readonly elements: readonly Element[];
  /** Node -> its label; `noElement` where it has none. */
  readonly labels: Row<ElementIndex>;
  /** Needs of the rule that is always open; undefined once the node is gone. */
  readonly needs: (Set<NodeIndex> | undefined)[];
  /** 0 for nodes that have gated rules only. */
  private readonly always: Uint8Array;
  /** Nodes whose always open rule needs it. */
  readonly users: Set<NodeIndex>[];
  /**
   * Gated rules, and where several are always open all of these, as they were: neither their node nor what
   * they need is ever reduced away, but by being founded.
   */
  readonly gated: ReadonlyMap<NodeIndex, { readonly gate: ElementIndex | undefined; readonly needs: Set<NodeIndex> }[]>;
  /** 1 for nodes that reductions may touch: founded in every solution, one rule, and everything they need as well. */
  readonly safe: Uint8Array;
  /** 1 for nodes founded in every solution. */
  readonly sure: Uint8Array;
  /** Elements that every solution holds. */
  readonly forced = new Set<ElementIndex>();
  /** Element -> nodes it labels. */
  readonly labelled = new Map<ElementIndex, Set<NodeIndex>>();
  /** Elements that open a gated rule. */
  readonly gates: ReadonlySet<ElementIndex>;
  /** Elements that more is asked of than the problem shows: no other one takes their place. */
  private readonly kept: ReadonlySet<ElementIndex>;
  private readonly goal: Uint8Array;

  constructor({ elements, nodes, goal }: Blocking, kept: ReadonlySet<ElementIndex> = new Set()) {
    this.kept = kept;
    this.elements = elements;
    this.labels = Int32Array.from(nodes, (n) => n.label ?? noElement);
    this.goal = new Uint8Array(nodes.length);
    for (const n of goal) this.goal[n] = 1;
    // Of several rules that are always open none is *the* one: such a node is left alone, as gated ones are.
    const always = nodes.map(({ rules }) => {
      const open = rules.filter((r) => r.gate === undefined);
      return open.length === 1 ? open[0] : undefined;
    });
    // A node that nothing but its label founds is one that waits for itself.
    this.needs = nodes.map(({ rules }, n) => new Set(always[n]?.needs ?? (rules.length === 0 ? [n] : [])));
    this.always = Uint8Array.from(nodes, ({ rules }, n) => Number(rules.length === 0 || always[n] !== undefined));
    this.users = nodes.map(() => new Set());
    this.needs.forEach((list, n) => {
      for (const m of list!) this.users[m]!.add(n);
    });
    this.gated = new Map(
      [...nodes.entries()].flatMap(([n, { rules }]) => {
        const own = rules.filter((r) => r !== always[n]).map((r) => ({ gate: r.gate, needs: new Set(r.needs) }));
        return own.length > 0 ? [[n, own] as const] : [];
      }),
    );
    this.labels.forEach((e, n) => {
      if (e === noElement) return;
      const set = this.labelled.get(e);
      if (set) set.add(n);
      else this.labelled.set(e, new Set([n]));
    });
    this.sure = this.sureNodes(nodes);
    const rules = [...this.gated.values()].flat();
    const referenced = new Set(rules.flatMap((r) => [...r.needs]));
    this.gates = new Set(rules.flatMap((r) => r.gate ?? []));
    this.safe = Uint8Array.from(nodes, (_, n) =>
      Number(
        this.sure[n] === 1 &&
          !this.gated.has(n) &&
          !referenced.has(n) &&
          [...this.needs[n]!].every((m) => this.sure[m] === 1),
      ),
    );
  }

  /** Goals, and nodes with one rule that needs nothing but what is sure: these follow from the rest. */
  private sureNodes(nodes: readonly BlockNode[]): Uint8Array {
    const sure = this.goal.slice();
    for (let changed = true; changed; ) {
      changed = false;
      for (let n = 0; n < nodes.length; n++) {
        const { rules } = nodes[n]!;
        if (sure[n] === 1 || !rules.some((r) => r.gate === undefined && r.needs.every((m) => sure[m] === 1))) continue;
        sure[n] = 1;
        changed = true;
      }
    }
    return sure;
  }

  get alive(): readonly NodeIndex[] {
    return [...this.needs.keys()].filter((n) => this.needs[n] !== undefined);
  }

  /** Its always open rule needs nothing any more. */
  isFounded(n: NodeIndex): boolean {
    if (this.always[n] === 1 && this.needs[n]!.size === 0) return true;
    return this.gated.get(n)?.some(({ gate, needs }) => gate === undefined && needs.size === 0) === true;
  }

  /** Whether a solution with `a` in the place of `b` is at least as good. */
  prefers(a: ElementIndex, b: ElementIndex, keep: Keep): boolean {
    if (a === noElement || this.kept.has(b)) return false;
    const difference = levelOf(this.elements[a]!) - levelOf(this.elements[b]!);
    return difference < 0 || (difference === 0 && keep === 'lowest' && a < b);
  }

  removeEdge(from: NodeIndex, to: NodeIndex): void {
    this.needs[from]!.delete(to);
    this.users[to]!.delete(from);
  }

  /** Takes a node out that is founded, or that nothing needs. */
  remove(n: NodeIndex): void {
    for (const m of this.needs[n]!) this.users[m]!.delete(n);
    for (const u of this.users[n]!) this.needs[u]?.delete(n);
    if (this.safe[n] === 0) for (const rules of this.gated.values()) for (const r of rules) r.needs.delete(n);
    this.users[n]!.clear();
    this.needs[n] = undefined;
    this.labelled.get(this.labels[n]!)?.delete(n);
  }

  /** Puts what a node needs in its place, which is what it means as long as its label is not chosen. */
  inline(n: NodeIndex): void {
    const [users, needs] = [[...this.users[n]!], [...this.needs[n]!]];
    this.remove(n);
    for (const u of users) {
      if (u === n) continue;
      for (const m of needs) {
        this.needs[u]!.add(m);
        this.users[m]!.add(u);
      }
    }
  }

  /** Every solution holds this element: what it labels is founded. Returns the nodes that needed some of that. */
  force(e: ElementIndex): readonly NodeIndex[] {
    this.forced.add(e);
    const founded = [...(this.labelled.get(e) ?? [])];
    const users = founded.flatMap((n) => [...this.users[n]!]);
    for (const n of founded) this.remove(n);
    return users;
  }

  /** What is left, with nodes numbered anew in the same order. */
  problem(): Blocking {
    const alive = this.alive;
    const place = new Map(alive.map((n, i) => [n, i]));
    const moved = (needs: Iterable<NodeIndex>): Row<NodeIndex> => Int32Array.from(needs, (m) => place.get(m)!).sort();
    const nodes = alive.map((n): BlockNode => {
      const gates = this.gated.get(n) ?? [];
      return {
        label: this.labels[n] === noElement ? undefined : this.labels[n]!,
        rules: [
          ...(this.always[n] === 1 ? [{ gate: undefined, needs: moved(this.needs[n]!) }] : []),
          ...gates.map((r) => ({ gate: r.gate, needs: moved(r.needs) })),
        ],
      };
    });
    const goal = alive.flatMap((n, i) => (this.sure[n] === 1 ? [i] : []));
    return { elements: this.elements, nodes, goal: Int32Array.from(goal) };
  }
}
