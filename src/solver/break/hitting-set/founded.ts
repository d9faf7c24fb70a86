/** Which nodes of a blocking problem are founded by a choice: the least fixpoint, linear in the size of the problem. */
import type { ElementIndex, NodeIndex, Row } from '../../../indices.ts';
import { type Blocking, noElement } from '../problem/blocking.ts';

/** A blocking problem with its reverse index, ready for many closures. */
export class Foundation {
  readonly problem: Blocking;
  private readonly ruleNode: Row<NodeIndex>;
  /** `noElement` for rules that are always open. */
  private readonly ruleGate: Row<ElementIndex>;
  private readonly ruleSize: Int32Array;
  /** Node -> rules that need it, in compressed rows. */
  private readonly neededFrom: Int32Array;
  private readonly neededBy: Int32Array;
  /** Rules that need nothing. */
  private readonly needless: Int32Array;
  /** Node -> its label; `noElement` where it has none. */
  private readonly labels: Row<ElementIndex>;

  constructor(problem: Blocking) {
    this.problem = problem;
    const node: NodeIndex[] = [];
    const gate: ElementIndex[] = [];
    const size: number[] = [];
    const count = new Int32Array(problem.nodes.length + 1);
    problem.nodes.forEach(({ rules }, n) => {
      for (const rule of rules) {
        node.push(n);
        gate.push(rule.gate ?? noElement);
        size.push(rule.needs.length);
        for (const m of rule.needs) count[m + 1]!++;
      }
    });
    for (let n = 0; n < problem.nodes.length; n++) count[n + 1]! += count[n]!;
    this.neededFrom = count;
    this.neededBy = new Int32Array(count.at(-1)!);
    const next = count.slice();
    let id = 0;
    for (const { rules } of problem.nodes) {
      for (const { needs } of rules) {
        for (const m of needs) this.neededBy[next[m]!++] = id;
        id++;
      }
    }
    this.ruleNode = Int32Array.from(node);
    this.ruleGate = Int32Array.from(gate);
    this.ruleSize = Int32Array.from(size);
    this.needless = Int32Array.from([...size.keys()].filter((rule) => size[rule] === 0));
    this.labels = Int32Array.from(problem.nodes, ({ label }) => label ?? noElement);
  }

  /** 1 for every node founded by the elements that are on. */
  founded(on: Uint8Array): Uint8Array {
    const { labels, needless, neededFrom, neededBy, ruleNode, ruleGate } = this;
    const founded = new Uint8Array(labels.length);
    const missing = this.ruleSize.slice();
    const queue = new Int32Array(labels.length);
    let length = 0;
    for (let n = 0; n < labels.length; n++) {
      const label = labels[n]!;
      if (label === noElement || on[label] !== 1) continue;
      founded[n] = 1;
      queue[length++] = n;
    }
    const fire = (rule: number): void => {
      const [node, gate] = [ruleNode[rule]!, ruleGate[rule]!];
      if (founded[node] === 1 || (gate !== noElement && on[gate] !== 1)) return;
      founded[node] = 1;
      queue[length++] = node;
    };
    for (const rule of needless) fire(rule);
    for (let i = 0; i < length; i++) {
      const n = queue[i]!;
      for (let at = neededFrom[n]!; at < neededFrom[n + 1]!; at++) {
        const rule = neededBy[at]!;
        if (--missing[rule]! === 0) fire(rule);
      }
    }
    return founded;
  }

  /** True when every goal is founded. */
  reaches(on: Uint8Array): boolean {
    const founded = this.founded(on);
    return this.problem.goal.every((n) => founded[n] === 1);
  }
}
