/**
 * One group of sources as a blocking problem, the form in which it is solved. A *node* is a set of binaries of one
 * source that the same variants yield; it is *founded* when its label is chosen, or when all that one of its open rules
 * needs is founded. Choosing more never founds less, so the problem is a hitting set: see docs/solver.md.
 */
import {
  type BinaryVertex,
  type CandidateIndex,
  type ElementIndex,
  type NodeIndex,
  type NoVertex,
  noVertex,
  type Row,
  type SourceVertex,
} from '../../../indices.ts';
import { successors } from '../../graph/csr.ts';
import type { BuildIndex, Readiness } from '../../graph/readiness.ts';
import type { UnitWalk } from './schedule.ts';

/** Something to choose: the stage candidate, or the wish, of a source. */
export interface Element {
  readonly source: SourceVertex;
  readonly stage: number | 'wish';
}

/** A stage build that can be chosen. */
export interface StageElement extends Element {
  readonly stage: number;
}

/** Whether the element is a wish, and no stage build. */
export const isWish = (e: Element): boolean => e.stage === 'wish';

/** Whether the element is a stage build, and no wish. */
export const isStage = (e: Element): e is StageElement => e.stage !== 'wish';

/**
 * The level of the objective at which an element costs one; a higher level decides first. At 0 are rebuilds, below it
 * the alphabet (src/solver/programs/README.md).
 */
export const levelOf = (e: Element): 2 | 1 => (isWish(e) ? 2 : 1);

/** The order of the alphabetical rule: by source, a wish first, then by stage. */
export const byElement = (a: Element, b: Element): number =>
  a.source - b.source || (isStage(a) ? a.stage : 0) - (isStage(b) ? b.stage : 0);

/** The candidate that a stage element lets be built; `noVertex` for a wish. */
export function candidateOf(
  { candidates, firstOf }: BuildIndex,
  { source, stage }: Element,
): CandidateIndex | NoVertex {
  for (let c = firstOf[source]! + 1; c < firstOf[source + 1]!; c++) if (candidates[c]!.stage === stage) return c;
  return noVertex;
}

/** Fires when its gate is chosen, or at any time where it has none, and all its needs are founded. */
export interface Rule {
  readonly gate: ElementIndex | undefined;
  readonly needs: Row<NodeIndex>;
}

/** In typed arrays in the place of a label or a gate, where there is no room for `undefined`: there is none. */
export const noElement: ElementIndex = -1;

/** One node: what founds it at once, and the rules by which others found it. */
export interface BlockNode {
  /** The element that founds it outright, if there is one. */
  readonly label: ElementIndex | undefined;
  readonly rules: readonly Rule[];
}

/** The whole problem: choose the cheapest elements that let every goal be founded. */
export interface Blocking {
  /** In the order of the alphabetical rule: by source, a wish first, then by stage. */
  readonly elements: readonly Element[];
  readonly nodes: readonly BlockNode[];
  /** Nodes that must be founded, ascending. */
  readonly goal: Row<NodeIndex>;
}

/** What surrounds a group: what is there without any choice, and what is there with every choice. */
export interface Surroundings {
  readonly index: BuildIndex;
  readonly least: Readiness;
  readonly most: Readiness;
  /** 1 for sources whose full build must be done. */
  readonly required: Uint8Array;
  /** 1 for sources that a target needs through any variant: nothing else is looked at. */
  readonly inSight: Uint8Array;
  /** 1 for binaries that such a build needs, where it can be done. */
  readonly wanted: Uint8Array;
  /** Whether any source may be wished. */
  readonly wishes: boolean;
  /** Those that may be wished nevertheless: their binaries are declared to come from outside. */
  readonly supplied: ReadonlySet<SourceVertex>;
}

const subset = (a: Row<NodeIndex>, b: ReadonlySet<NodeIndex>): boolean => a.every((x) => b.has(x));

/** No gate has that number: of rules that need as much, the one of the full build is the last. */
const fullLast = Number.MAX_SAFE_INTEGER;

/**
 * Rules of a node from those of its variants. When each stage needs a subset of what the next one and the full build
 * need, the choice between them is a chain of nodes with one rule each: node -> the smallest needs and a soft node
 * labelled with that stage, which needs the rest. Otherwise the stages stay gated rules.
 *
 * @param gated one per variant, without a gate for the full one
 * @param nodes where soft nodes are added
 */
export function chainedRules(gated: readonly Rule[], nodes: BlockNode[]): readonly Rule[] {
  // Smallest needs first; the full build last among equals, lower stages first.
  const chain = gated.toSorted(
    (a, b) => a.needs.length - b.needs.length || (a.gate ?? fullLast) - (b.gate ?? fullLast),
  );
  const nested = chain.every(({ needs }, i) => {
    const next = chain[i + 1];
    return next === undefined || subset(needs, new Set(next.needs));
  });
  const full = chain.findIndex((r) => r.gate === undefined);
  if (!nested || gated.length < 2 || (full >= 0 && full !== chain.length - 1)) return gated;
  let rest: Row<NodeIndex> | undefined = full >= 0 ? chain.pop()!.needs : undefined;
  for (const { gate, needs } of chain.reverse()) {
    const own = new Set(needs);
    const soft = nodes.push({
      label: gate,
      rules: rest === undefined ? [] : [{ gate: undefined, needs: rest.filter((n) => !own.has(n)) }],
    });
    rest = Int32Array.from([...needs, soft - 1]);
  }
  return [{ gate: undefined, needs: rest! }];
}

class Builder {
  private readonly at: Surroundings;
  readonly elements: Element[] = [];
  readonly nodes: BlockNode[] = [];
  private readonly members: readonly SourceVertex[];
  /** Binary -> node; none for a binary that waits for no choice. */
  private readonly nodeOf = new Map<BinaryVertex, NodeIndex>();
  /** Candidate -> nodes it needs, ascending. */
  private readonly needs = new Map<CandidateIndex, Row<NodeIndex>>();
  private readonly units: UnitWalk;

  constructor(at: Surroundings, members: readonly SourceVertex[], units: UnitWalk) {
    this.at = at;
    this.members = members;
    this.units = units;
  }

  /** Candidates of a source that can be built at all. */
  private candidates(source: SourceVertex): CandidateIndex[] {
    const { firstOf } = this.at.index;
    const found: CandidateIndex[] = [];
    for (let c = firstOf[source]!; c < firstOf[source + 1]!; c++) if (this.at.most.built[c] === 1) found.push(c);
    return found;
  }

  /** Node numbers for all binaries that wait for a choice; returns, per node, its source and who yields it. */
  private partition(): { source: SourceVertex; by: readonly CandidateIndex[] }[] {
    const classes: { source: SourceVertex; by: readonly CandidateIndex[] }[] = [];
    const { index, least, most } = this.at;
    for (const source of this.members) {
      const by = new Map<BinaryVertex, CandidateIndex[]>();
      for (const c of this.candidates(source)) {
        for (const b of index.candidates[c]!.yields) {
          const list = by.get(b);
          if (list) list.push(c);
          else by.set(b, [c]);
        }
      }
      const numbers = new Map<string, NodeIndex>();
      for (const b of successors(index.makes, source)) {
        if (least.there[b] === 1 || most.there[b] === 0) continue;
        const key = (by.get(b) ?? []).join();
        let node = numbers.get(key);
        if (node === undefined) {
          node = classes.push({ source, by: by.get(b) ?? [] }) - 1;
          numbers.set(key, node);
        }
        this.nodeOf.set(b, node);
      }
    }
    return classes;
  }

  private needsOf(candidate: CandidateIndex): Row<NodeIndex> {
    const known = this.needs.get(candidate);
    if (known) return known;
    const { index } = this.at;
    const found = new Set<NodeIndex>();
    this.units.restart();
    this.units.from(index.candidates[candidate]!.needs, (unit) => {
      for (const b of successors(index.binariesOf, unit)) {
        const node = this.nodeOf.get(b);
        if (node !== undefined) found.add(node);
      }
    });
    const needs: Row<NodeIndex> = Int32Array.from(found).sort();
    this.needs.set(candidate, needs);
    return needs;
  }

  private rules(by: readonly CandidateIndex[], elementOf: ReadonlyMap<CandidateIndex, ElementIndex>): readonly Rule[] {
    const { candidates } = this.at.index;
    const gated = by.map((c) => ({
      gate: candidates[c]!.stage === 0 ? undefined : elementOf.get(c)!,
      needs: this.needsOf(c),
    }));
    return chainedRules(gated, this.nodes);
  }

  build(): Blocking {
    const { index, wishes, supplied, wanted } = this.at;
    const classes = this.partition();
    const elementOf = new Map<CandidateIndex, ElementIndex>();
    const wishOf = new Map<SourceVertex, ElementIndex>();
    for (const source of this.members) {
      if (wishes || supplied.has(source)) wishOf.set(source, this.elements.push({ source, stage: 'wish' }) - 1);
      for (const c of this.candidates(source)) {
        const { stage } = index.candidates[c]!;
        if (stage > 0) elementOf.set(c, this.elements.push({ source, stage }) - 1);
      }
    }
    // The soft nodes of a chain are numbered after the classes.
    for (const { source } of classes) this.nodes.push({ label: wishOf.get(source), rules: [] });
    classes.forEach(({ by }, n) => {
      this.nodes[n] = { label: this.nodes[n]!.label, rules: this.rules(by, elementOf) };
    });
    const goal = new Set<NodeIndex>();
    for (const [b, n] of this.nodeOf) if (wanted[b] === 1) goal.add(n);
    return { elements: this.elements, nodes: this.nodes, goal: Int32Array.from(goal).sort() };
  }
}

/** The blocking problem of a group; everything outside it counts as there. All groups may share one walk. */
export const blockingOf = (at: Surroundings, members: readonly SourceVertex[], units: UnitWalk): Blocking =>
  new Builder(at, members, units).build();
