/**
 * What can be solved apart: the strongly connected components, through every variant, of the sources that some choice
 * must free. Outside its component a source may count on everything, since the components below get all they need. A
 * binary that only a stage build needs, and no required full build, ties the components that need it together: whether
 * it is wanted at all depends on their choices.
 */

import { type BinaryVertex, isVertex, type SourceVertex } from '../../../indices.ts';
import { CsrBuilder, successors } from '../../graph/csr.ts';
import { tarjan } from '../../graph/tarjan.ts';
import type { Surroundings } from './blocking.ts';
import { UnitWalk } from './schedule.ts';

/** Disjoint sets, the lowest member standing for each (R. Tarjan 1975, path halving). */
export class Partition {
  private readonly parent: Int32Array;
  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(x: number): number {
    const { parent } = this;
    let at = x;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x !== y) this.parent[Math.max(x, y)] = Math.min(x, y);
  }
}

/** Binaries that are there with every choice, but not without any. */
const waits = (at: Surroundings, b: BinaryVertex): boolean => at.least.there[b] === 0 && at.most.there[b] === 1;

/** 1 for sources in sight that make something that waits, or whose full build does. */
export function waitingSources(at: Surroundings): Uint8Array {
  const { index, least, most, inSight } = at;
  const waiting = new Uint8Array(index.graph.sources.length);
  index.graph.madeBy.forEach((s, b) => {
    if (isVertex(s) && inSight[s] === 1 && waits(at, b)) waiting[s] = 1;
  });
  for (let s = 0; s < waiting.length; s++) {
    if (inSight[s] === 0) continue;
    const full = index.firstOf[s]!;
    if (least.built[full] === 0 && most.built[full] === 1) waiting[s] = 1;
  }
  return waiting;
}

/** Visits, for each waiting source, the waiting binaries it needs through any variant, each once. */
export function eachNeed(
  at: Surroundings,
  waiting: Uint8Array,
  visit: (from: SourceVertex, binary: BinaryVertex) => void,
): void {
  const { index, most } = at;
  const units = new UnitWalk(index);
  for (let s = 0; s < waiting.length; s++) {
    if (waiting[s] === 0) continue;
    units.restart();
    for (let c = index.firstOf[s]!; c < index.firstOf[s + 1]!; c++) {
      if (most.built[c] === 0) continue;
      units.from(index.candidates[c]!.needs, (unit) => {
        for (const b of successors(index.binariesOf, unit)) if (waits(at, b)) visit(s, b);
      });
    }
  }
}

/** Source -> binary -> (run time) binary -> its source, where something waits; sources first, then units. */
function waitingGraph(at: Surroundings, waiting: Uint8Array) {
  const { index, most } = at;
  const rows = new CsrBuilder();
  const shift = waiting.length;
  waiting.forEach((flag, s) => {
    const row: number[] = [];
    for (let c = index.firstOf[s]!; flag === 1 && c < index.firstOf[s + 1]!; c++) {
      if (most.built[c] === 1) for (const unit of index.candidates[c]!.needs) row.push(shift + unit);
    }
    rows.row(row);
  });
  for (let unit = 0; unit < index.below.offsets.length - 1; unit++) {
    const row = Array.from(successors(index.below, unit), (lower) => shift + lower);
    for (const b of successors(index.binariesOf, unit)) if (waits(at, b)) row.push(index.graph.madeBy[b]!);
    rows.row(row);
  }
  return rows.finish();
}

/** A source alone needs no choice when its full build waits for others only, and yields all there is to wait for. */
function needsNoChoice(at: Surroundings, s: SourceVertex, selfNeeding: Uint8Array): boolean {
  const { index, most } = at;
  const full = index.firstOf[s]!;
  if (selfNeeding[s] === 1 || most.built[full] === 0) return false;
  const yields = new Set(index.candidates[full]!.yields);
  return successors(index.makes, s).every((b) => !waits(at, b) || yields.has(b));
}

function selfNeeding(at: Surroundings, alone: readonly SourceVertex[]): Uint8Array {
  const { index } = at;
  const needs = new Uint8Array(index.graph.sources.length);
  const units = new UnitWalk(index);
  for (const s of alone) {
    units.restart();
    for (let c = index.firstOf[s]!; c < index.firstOf[s + 1]!; c++) {
      units.from(index.candidates[c]!.needs, (unit) => {
        if (successors(index.binariesOf, unit).some((b) => index.graph.madeBy[b] === s && waits(at, b))) needs[s] = 1;
      });
    }
  }
  return needs;
}

/** The groups to solve, in the order of their lowest members; members ascending. */
export function solvableGroups(at: Surroundings): readonly (readonly SourceVertex[])[] {
  const { index, required, wanted } = at;
  const waiting = waitingSources(at);
  const { component } = tarjan(waitingGraph(at, waiting));
  const sources = [...waiting.keys()].filter((s) => waiting[s] === 1);
  const sets = new Partition(waiting.length);
  const lowest = new Map<number, number>();
  for (const s of sources) {
    const first = lowest.get(component[s]!);
    if (first === undefined) lowest.set(component[s]!, s);
    else sets.join(first, s);
  }
  eachNeed(at, waiting, (from, binary) => {
    if (wanted[binary] === 0) sets.join(from, index.graph.madeBy[binary]!);
  });
  const groups = Map.groupBy(sources, (s) => sets.find(s));
  const alone = [...groups.values()].flatMap((g) => (g.length === 1 ? g : []));
  const self = selfNeeding(at, alone);
  return [...groups.values()].filter(
    (g) => g.some((s) => required[s] === 1) && (g.length > 1 || !needsNoChoice(at, g[0]!, self)),
  );
}
