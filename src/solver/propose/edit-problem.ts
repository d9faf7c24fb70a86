/**
 * The question of the proposals as a blocking problem: what has to be there, which dropped line or supply lets it be
 * there. A node is a set of binaries of one source that the same stages yield and the same lines cost. Every declared
 * stage is a rule that is always open, since it costs nothing; every line that may be dropped is a soft node, which
 * dropping it founds.
 */
import type { SourceVertex } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Blocking, BlockNode, Element, Rule } from '../break/problem/blocking.ts';
import { UnitWalk } from '../break/problem/schedule.ts';
import { chosenFor } from '../explain/chosen-for.ts';
import type { EditClass } from '../explain/edit-class.ts';
import { successors } from '../graph/csr.ts';
import type { EditGround } from './edit-ground.ts';
import { allowedLines, type EditLine, type Knowledge } from './edit-lines.ts';
import { Lost } from './lost-binaries.ts';

/** What an element of the problem stands for. */
export type EditElement =
  | { readonly kind: 'supply'; readonly source: SourceVertex }
  | { readonly kind: 'line'; readonly line: EditLine }
  /** A declared stage: open from the start. */
  | { readonly kind: 'stage'; readonly source: SourceVertex; readonly variant: number };

/** The blocking problem, and what its elements and nodes stand for. */
export interface EditProblem {
  readonly blocking: Blocking;
  /** Parallel to `blocking.elements`. */
  readonly meaning: readonly EditElement[];
  /** Node -> source. */
  readonly sourceOf: readonly number[];
  /** Sources that no edit and no supply lets be built. */
  readonly hopeless: readonly number[];
}

interface NodeClass {
  readonly source: SourceVertex;
  readonly binaries: readonly number[];
  /** Variants that yield it, by place in the source's list. */
  readonly variants: readonly number[];
  /** Lines, by place in the source's list, that it cannot do without. */
  readonly costs: readonly number[];
}

class Builder {
  private readonly ground: EditGround;
  private readonly elements: Element[] = [];
  private readonly meaning: EditElement[] = [];
  private readonly nodes: BlockNode[] = [];
  private readonly nodeOf = new Map<number, number>();
  private readonly sourceOf: number[] = [];
  private readonly walk: UnitWalk;

  constructor(ground: EditGround) {
    this.ground = ground;
    this.walk = new UnitWalk(ground.index);
  }

  private element(element: Element, meaning: EditElement): number {
    this.meaning.push(meaning);
    return this.elements.push(element) - 1;
  }

  /** Nodes in the run-time closure of units, beyond those given. */
  private closure(units: Iterable<number>, without: ReadonlySet<number>): Set<number> {
    const { index } = this.ground;
    const found = new Set<number>();
    this.walk.restart();
    this.walk.from([...units], (unit) => {
      for (const b of successors(index.binariesOf, unit)) {
        const node = this.nodeOf.get(b);
        if (node !== undefined && !without.has(node)) found.add(node);
      }
    });
    return found;
  }

  private classesOf(source: SourceVertex, lines: readonly EditLine[]): readonly NodeClass[] {
    const { ground } = this;
    const { index, resolved } = ground;
    const waiting = successors(index.makes, source).filter((b) => ground.waits(b));
    if (waiting.length === 0) return [];
    const variants = resolved.graph.variants[source]!;
    const first = index.firstOf[source]!;
    const possible = variants.map((_, k) => ground.most.built[first + k] === 1);
    const yields = variants.map((v) => new Set(v.yields));
    const lost = new Lost(resolved, source, lines);
    const classes = new Map<string, { binaries: number[]; variants: readonly number[]; costs: readonly number[] }>();
    for (const b of waiting) {
      const by = [...variants.keys()].filter((k) => possible[k] && yields[k]!.has(b));
      const costs = lost.linesOf(b);
      const key = `${by.join()}|${costs.join()}`;
      const known = classes.get(key);
      if (known) known.binaries.push(b);
      else classes.set(key, { binaries: [b], variants: by, costs });
    }
    return [...classes.values()].map((c) => ({ source, ...c }));
  }

  /** The rules of a source's nodes, and the soft nodes of its lines. */
  private rulesOf(
    source: SourceVertex,
    lines: readonly EditLine[],
    classes: readonly (NodeClass & { node: number })[],
  ): void {
    const { resolved } = this.ground;
    const { needs, universe } = resolved.choices;
    const { variants } = universe.sources[source]!;
    const place = new Map(lines.map((line, i) => [line.text, i]));
    const element = new Map<number, number>();
    const lineElement = (i: number): number => {
      let e = element.get(i);
      if (e === undefined) {
        e = this.element({ source, stage: i + 1 }, { kind: 'line', line: lines[i]! });
        element.set(i, e);
      }
      return e;
    };
    const used = new Set(classes.flatMap((c) => c.variants));
    const parts = new Map<number, { hard: Set<number>; lines: Map<number, Set<number>> }>();
    for (const k of used) {
      const chosen = needs[source]![k]!;
      const ofLines = new Map<number, number[]>();
      const byLine = new Set<number>();
      const byOthers = new Set<number>();
      for (const group of variants[k]!.buildDepends) {
        const binary = chosenFor(resolved, chosen, group);
        if (binary < 0) continue;
        const i = place.get(formatGroup(group));
        if (i === undefined) byOthers.add(binary);
        else {
          byLine.add(binary);
          ofLines.set(i, [...this.ground.unitsOf(binary)]);
        }
      }
      // What no group is known to have chosen stays.
      const hard = new Set<number>();
      for (const b of chosen)
        if (!byLine.has(b) || byOthers.has(b)) for (const u of this.ground.unitsOf(b)) hard.add(u);
      const hardNodes = this.closure(hard, nothing);
      const soft = new Map([...ofLines].map(([i, units]) => [i, this.closure(units, hardNodes)] as const));
      parts.set(k, { hard: hardNodes, lines: new Map([...soft].filter(([, nodes]) => nodes.size > 0)) });
    }
    const softNode = new Map<string, number>();
    const soft = (k: number, i: number): number => {
      const key = `${k} ${i}`;
      let n = softNode.get(key);
      if (n === undefined) {
        const rules: readonly Rule[] = [
          { gate: undefined, needs: Int32Array.from(parts.get(k)!.lines.get(i)!).sort() },
        ];
        n = this.nodes.push({ label: lineElement(i), rules }) - 1;
        this.sourceOf[n] = source;
        softNode.set(key, n);
      }
      return n;
    };
    for (const { node, variants: by, costs } of classes) {
      const rules = by.map((k) => {
        const part = parts.get(k)!;
        const own = new Set(part.hard);
        for (const i of costs) for (const m of part.lines.get(i) ?? []) own.add(m);
        for (const i of part.lines.keys()) if (!costs.includes(i)) own.add(soft(k, i));
        return { k, needs: own };
      });
      const least = rules.find((r) => rules.every((o) => o === r || [...r.needs].every((n) => o.needs.has(n))));
      const kept = least ? [least] : rules;
      this.nodes[node] = {
        label: this.nodes[node]!.label,
        rules: kept.map(({ k, needs: own }) => ({
          gate: kept.length === 1 ? undefined : this.gateOf(source, k),
          needs: Int32Array.from(own).sort(),
        })),
      };
    }
  }

  private readonly gates = new Map<string, number>();
  private gateOf(source: SourceVertex, variant: number): number {
    const key = `${source} ${variant}`;
    let e = this.gates.get(key);
    if (e === undefined) {
      e = this.element({ source, stage: 1_000_000 + variant }, { kind: 'stage', source, variant });
      this.gates.set(key, e);
    }
    return e;
  }

  build(allowed: ReadonlySet<EditClass>, knowledge: Knowledge): EditProblem {
    const { index, inSight, wanted, required, most } = this.ground;
    const all = this.ground.linesWith(knowledge);
    const perSource: { source: SourceVertex; lines: readonly EditLine[]; classes: (NodeClass & { node: number })[] }[] =
      [];
    for (let source = 0; source < inSight.length; source++) {
      if (inSight[source] === 0) continue;
      const lines = allowedLines(all[source]!, allowed);
      const classes = this.classesOf(source, lines);
      if (classes.length === 0) continue;
      const label = this.element({ source, stage: 'wish' }, { kind: 'supply', source });
      const numbered = classes.map((c) => {
        const node = this.nodes.push({ label, rules: [] }) - 1;
        this.sourceOf[node] = source;
        for (const b of c.binaries) this.nodeOf.set(b, node);
        return { ...c, node };
      });
      perSource.push({ source, lines, classes: numbered });
    }
    for (const { source, lines, classes } of perSource) this.rulesOf(source, lines, classes);
    const goal = new Set<number>();
    for (const [b, n] of this.nodeOf) if (wanted[b] === 1) goal.add(n);
    const hopeless = [...required.keys()].filter((s) => required[s] === 1 && most.built[index.firstOf[s]!] === 0);
    const blocking = { elements: this.elements, nodes: this.nodes, goal: Int32Array.from(goal).sort() };
    return { blocking, meaning: this.meaning, sourceOf: this.sourceOf, hopeless };
  }
}

const nothing: ReadonlySet<number> = new Set();

/** The problem with the lines of the classes allowed. Linear in the closures of all lines. */
export const editProblem = (ground: EditGround, allowed: ReadonlySet<EditClass>, knowledge: Knowledge): EditProblem =>
  new Builder(ground).build(allowed, knowledge);
