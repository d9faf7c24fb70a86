/**
 * A universe with every alternative open as a blocking problem: a group with several candidates is a node with a rule
 * for each of them.
 */
import type { ElementIndex, NodeIndex, SourceVertex } from '../../../indices.ts';
import { csrOf, successors } from '../../graph/csr.ts';
import { tarjan } from '../../graph/tarjan.ts';
import type { Prospects } from '../../install/prospects.ts';
import { workLimits } from '../../limits.ts';
import { type Blocking, type BlockNode, chainedRules, type Element, type Rule } from '../problem/blocking.ts';
import { type Conjunction, undominated } from './conjunction.ts';
import type { Built, OpenUniverse } from './open-universe.ts';

/** The candidates of a need, and the key of the group that they are. */
interface Open {
  readonly candidates: readonly number[];
  readonly key: string;
}

/** In the typed array of classes, which has no room for `undefined`: there is none. */
const noNode = -1;

/** Builds that blocking problem, node by node. Linear in the candidates of all groups. */
export class OpenProblem {
  private readonly u: OpenUniverse;
  private readonly least: Prospects;
  private readonly most: Built;
  readonly elements: Element[] = [];
  readonly nodes: BlockNode[] = [];
  /** Binary -> class node; `noNode` for binaries of none. */
  private readonly classOf: Int32Array;
  private readonly classBy: { source: SourceVertex; by: readonly number[] }[] = [];
  /** Group key -> its candidates, and what each of them needs. */
  private readonly groups = new Map<string, { readonly candidates: readonly number[]; rules: Conjunction[] }>();
  private readonly component = new Map<string, number>();
  private readonly groupNode = new Map<string, NodeIndex>();
  /** Need -> its candidates, once asked for. */
  private readonly opened: Open[] = [];
  whole = true;

  constructor(u: OpenUniverse, least: Prospects, most: Built) {
    this.u = u;
    this.least = least;
    this.most = most;
    this.classOf = new Int32Array(most.state.there.length).fill(noNode);
  }

  /** Candidates worth a thought: none when the need is fulfilled without any choice. */
  private open(need: number): Open {
    let open = this.opened[need];
    if (open === undefined) {
      const all = this.u.index.needs[need]!.candidates;
      const isFulfilled = all.some((b) => this.least.supported[b] === 1);
      const candidates = isFulfilled ? [] : Array.from(all.filter((b) => this.most.state.supported[b] === 1));
      open = { candidates, key: candidates.join() };
      this.opened[need] = open;
    }
    return open;
  }

  /** What some needs, and some binaries, come to: everything that has to be there with them. */
  private conjunction(needs: Iterable<number>, binaries: readonly number[]): Conjunction {
    const seen = new Set<number>();
    const queue: number[] = [];
    const choices = new Map<string, readonly number[]>();
    const enter = (b: number): void => {
      if (seen.has(b) || this.least.supported[b] === 1) return;
      seen.add(b);
      queue.push(b);
    };
    const ask = (need: number): void => {
      const { candidates, key } = this.open(need);
      if (candidates.length === 1) enter(candidates[0]!);
      else if (candidates.length > 1) choices.set(key, candidates);
    };
    for (const need of needs) ask(need);
    for (const b of binaries) enter(b);
    for (let b = queue.pop(); b !== undefined; b = queue.pop())
      for (const need of successors(this.u.index.ofBinary, b)) ask(need);
    const classes = new Set<NodeIndex>();
    for (const b of seen) if (this.classOf[b] !== noNode) classes.add(this.classOf[b]!);
    const groups: string[] = [];
    for (const [key, candidates] of choices) {
      if (candidates.some((b) => seen.has(b))) continue;
      groups.push(key);
      if (!this.groups.has(key)) this.groups.set(key, { candidates, rules: [] });
    }
    return { classes: [...classes].sort((a, b) => a - b), groups: groups.sort() };
  }

  /** Classes: binaries of one source that the same variants yield. */
  private partition(inSight: Uint8Array): void {
    this.u.makes.forEach((_, source) => {
      if (inSight[source] === 0) return;
      const by = new Map<number, number[]>();
      const { firstVariant } = this.u.index;
      for (const b of this.u.makes[source]!) by.set(b, []);
      for (let v = firstVariant[source]!; v < firstVariant[source + 1]!; v++)
        if (this.most.built[v] === 1)
          for (const b of this.u.yields[v]!) {
            const list = by.get(b);
            if (list === undefined) by.set(b, [v]);
            else list.push(v);
          }
      const numbers = new Map<string, number>();
      for (const [b, list] of by) {
        if (this.least.there[b] === 1 || this.most.state.there[b] === 0) continue;
        const key = list.join();
        let node = numbers.get(key);
        if (node === undefined) {
          node = this.classBy.push({ source, by: list }) - 1;
          numbers.set(key, node);
        }
        this.classOf[b] = node;
      }
    });
  }

  /** Groups, until no new ones come up; then which of them wait for each other at run time. */
  private closeGroups(): void {
    const done = new Set<string>();
    for (const [key, group] of this.groups) {
      if (done.has(key)) continue;
      done.add(key);
      if (group.candidates.length > workLimits.groupCandidates.most || this.groups.size > workLimits.groupNodes.most)
        this.whole = false;
      const taken =
        this.groups.size > workLimits.groupNodes.most
          ? group.candidates.slice(0, 1)
          : group.candidates.slice(0, workLimits.groupCandidates.most);
      const rules = taken.map((b) => this.conjunction([], [b]));
      group.rules = undominated(rules);
    }
    const keys = [...this.groups.keys()];
    const number = new Map(keys.map((key, i) => [key, i]));
    const { component } = tarjan(
      csrOf(keys.map((key) => this.groups.get(key)!.rules.flatMap((r) => r.groups.map((g) => number.get(g)!)))),
    );
    for (const [i, key] of keys.entries()) this.component.set(key, component[i]!);
  }

  /**
   * The node of a group. Candidates that need each other at run time come at once, so a group on the way to itself
   * counts as fulfilled there: `assumed` are the groups on the way.
   */
  private nodeOf(key: string, assumed: readonly string[] = []): NodeIndex {
    const id = `${key}|${assumed.join('|')}`;
    const known = this.groupNode.get(id);
    if (known !== undefined) return known;
    const node = this.nodes.push({ label: undefined, rules: [] }) - 1;
    this.groupNode.set(id, node);
    const own = this.component.get(key);
    const way = [...assumed, key].sort();
    const rules = this.groups.get(key)!.rules.map(({ classes, groups }): Rule => {
      const needs = new Set(classes);
      for (const g of groups) {
        if (way.includes(g)) continue;
        const isNear = this.component.get(g) === own;
        if (isNear && this.groupNode.size > workLimits.groupNodes.most) {
          this.whole = false;
          continue;
        }
        needs.add(this.nodeOf(g, isNear ? way : []));
      }
      return { gate: undefined, needs: Int32Array.from(needs).sort() };
    });
    this.nodes[node] = { label: undefined, rules };
    return node;
  }

  private ruleOf(variant: number, gate: ElementIndex | undefined): Rule {
    const { classes, groups } = this.conjunction(successors(this.u.index.ofVariant, variant), []);
    return { gate, needs: Int32Array.from([...classes, ...groups.map((g) => this.nodeOf(g))]).sort() };
  }

  build(inSight: Uint8Array, required: Uint8Array, wished: ReadonlySet<number>): Blocking {
    const { index, candidates } = this.u;
    const gateOf = new Map<number, ElementIndex>();
    const wishOf = new Map<SourceVertex, ElementIndex>();
    inSight.forEach((is, source) => {
      if (is === 0) return;
      if (wished.has(source)) wishOf.set(source, this.elements.push({ source, stage: 'wish' }) - 1);
      for (let v = index.firstVariant[source]! + 1; v < index.firstVariant[source + 1]!; v++)
        if (this.most.built[v] === 1) gateOf.set(v, this.elements.push({ source, stage: candidates[v]!.stage }) - 1);
    });
    this.partition(inSight);
    // Once for the groups that there are, and again for the rules: then every group is known.
    const isAsked = (v: number): boolean => this.most.built[v] === 1 && inSight[candidates[v]!.source] === 1;
    for (let v = 0; v < candidates.length; v++) if (isAsked(v)) this.conjunction(successors(index.ofVariant, v), []);
    this.closeGroups();
    for (const { source } of this.classBy) this.nodes.push({ label: wishOf.get(source), rules: [] });
    const rules = new Map<number, Rule>();
    const rule = (v: number): Rule => {
      let known = rules.get(v);
      if (known === undefined) {
        known = this.ruleOf(v, candidates[v]!.stage === 0 ? undefined : gateOf.get(v)!);
        rules.set(v, known);
      }
      return known;
    };
    this.classBy.forEach(({ by }, n) => {
      this.nodes[n] = { label: this.nodes[n]!.label, rules: chainedRules(by.map(rule), this.nodes) };
    });
    const goal = new Set<NodeIndex>();
    required.forEach((is, s) => {
      if (is === 1) for (const n of rule(index.firstVariant[s]!).needs) goal.add(n);
    });
    return { elements: this.elements, nodes: this.nodes, goal: Int32Array.from(goal).sort() };
  }

  /** Sources that a target needs through any variant and any candidate. */
  inSight(targets: readonly number[]): Uint8Array {
    const { index, candidates } = this.u;
    const seen = new Uint8Array(this.u.makes.length);
    const binaries = new Uint8Array(this.classOf.length);
    const makers = new Map<number, number[]>();
    this.u.makes.forEach((list, s) => {
      for (const b of list) makers.set(b, [s]);
    });
    this.u.yields.forEach((list, v) => {
      for (const b of list) if (!makers.has(b)) makers.set(b, [candidates[v]!.source]);
    });
    const queue: number[] = [];
    const enter = (b: number): void => {
      if (binaries[b] === 1) return;
      binaries[b] = 1;
      queue.push(b);
    };
    const need = (n: number): void => {
      for (const b of this.open(n).candidates) enter(b);
    };
    const source = (s: SourceVertex): void => {
      if (seen[s] === 1) return;
      seen[s] = 1;
      for (let v = index.firstVariant[s]!; v < index.firstVariant[s + 1]!; v++)
        if (this.most.built[v] === 1) for (const n of successors(index.ofVariant, v)) need(n);
    };
    for (const s of targets) source(s);
    for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
      for (const n of successors(index.ofBinary, b)) need(n);
      for (const s of makers.get(b) ?? []) source(s);
    }
    return seen;
  }
}
