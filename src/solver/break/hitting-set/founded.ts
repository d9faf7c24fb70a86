/** Which nodes of a blocking problem are founded by a choice: the least fixpoint, linear in the size of the problem. */
import type { Blocking } from '../problem/blocking.ts';

/** A blocking problem with its reverse index, ready for many closures. */
export class Foundation {
  readonly problem: Blocking;
  private readonly ruleNode: Int32Array;
  private readonly ruleGate: Int32Array;
  private readonly ruleSize: Int32Array;
  /** Node -> rules that need it. */
  private readonly neededBy: readonly (readonly number[])[];

  constructor(problem: Blocking) {
    this.problem = problem;
    const node: number[] = [];
    const gate: number[] = [];
    const size: number[] = [];
    const neededBy: number[][] = problem.nodes.map(() => []);
    problem.nodes.forEach(({ rules }, n) => {
      for (const rule of rules) {
        const id = node.push(n) - 1;
        gate.push(rule.gate);
        size.push(rule.needs.length);
        for (const m of rule.needs) neededBy[m]!.push(id);
      }
    });
    this.ruleNode = Int32Array.from(node);
    this.ruleGate = Int32Array.from(gate);
    this.ruleSize = Int32Array.from(size);
    this.neededBy = neededBy;
  }

  /** 1 for every node founded by the elements that are on. */
  founded(on: Uint8Array): Uint8Array {
    const { nodes } = this.problem;
    const founded = new Uint8Array(nodes.length);
    const missing = this.ruleSize.slice();
    const queue: number[] = [];
    const found = (n: number): void => {
      if (founded[n] === 1) return;
      founded[n] = 1;
      queue.push(n);
    };
    const fires = (rule: number): boolean =>
      missing[rule] === 0 && (this.ruleGate[rule]! < 0 || on[this.ruleGate[rule]!] === 1);
    nodes.forEach(({ label }, n) => {
      if (label >= 0 && on[label] === 1) found(n);
    });
    for (let rule = 0; rule < missing.length; rule++) if (fires(rule)) found(this.ruleNode[rule]!);
    for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
      for (const rule of this.neededBy[n]!) {
        missing[rule]!--;
        if (fires(rule)) found(this.ruleNode[rule]!);
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
