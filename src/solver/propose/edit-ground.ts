/** What all problems of edits over one universe share: what is there without any edit, and with every supply. */
import { type BinaryIndex, isVertex, type Unit } from '../../indices.ts';
import { neededSources, wantedBinaries } from '../break/problem/schedule.ts';
import { successors } from '../graph/csr.ts';
import { type BuildIndex, buildIndex, closureOf, type Readiness } from '../graph/readiness.ts';
import type { Resolved } from '../graph/resolve.ts';
import { type EditLine, everyLineOf, type Knowledge } from './edit-lines.ts';

/** What all problems over one universe share: the classes allowed change nothing of it. */
export class EditGround {
  readonly resolved: Resolved;
  readonly index: BuildIndex;
  /** With every declared stage, and no more. */
  readonly least: Readiness;
  /** With every source supplied. */
  readonly most: Readiness;
  readonly required: Uint8Array;
  readonly wanted: Uint8Array;
  /** 1 for sources that a target needs through any variant. */
  readonly inSight: Uint8Array;
  private readonly behind = new Map<BinaryIndex, readonly Unit[]>();
  private readonly lines = new Map<Knowledge, readonly (readonly EditLine[])[]>();

  constructor(resolved: Resolved) {
    const { graph } = resolved;
    this.resolved = resolved;
    this.index = buildIndex(graph);
    this.least = closureOf(this.index, () => true);
    this.most = closureOf(this.index, () => true, graph.sources.keys());
    this.required = neededSources(this.index, 'full');
    this.inSight = neededSources(this.index, 'all');
    this.wanted = wantedBinaries(this.index, this.required, this.most);
  }

  /**
   * The lines of every source in sight, of all classes: what may be dropped changes from problem to problem, not these.
   */
  linesWith(knowledge: Knowledge): readonly (readonly EditLine[])[] {
    let lines = this.lines.get(knowledge);
    if (lines !== undefined) return lines;
    const { resolved, inSight } = this;
    const made: number[][] = resolved.graph.sources.map(() => []);
    resolved.choices.universe.binaries.forEach(({ source }, b) => {
      if (source !== undefined) made[source]!.push(b);
    });
    lines = made.map((built, s) => (inSight[s] === 1 ? everyLineOf(resolved, s, built, knowledge) : []));
    this.lines.set(knowledge, lines);
    return lines;
  }

  /** The units that stand for a binary of the universe: its own, or of what is given those it waits for. */
  unitsOf(binary: BinaryIndex): readonly Unit[] {
    let units = this.behind.get(binary);
    if (units !== undefined) return units;
    const { vertexOf, choices } = this.resolved;
    const found = new Set<Unit>();
    const seen = new Set([binary]);
    for (const b of seen) {
      const vertex = vertexOf[b]!;
      if (isVertex(vertex)) found.add(this.index.unitOf[vertex]!);
      else for (const next of successors(choices.runtime, b)) seen.add(next);
    }
    units = [...found];
    this.behind.set(binary, units);
    return units;
  }

  /** Members of a group that the rest of the world waits for. */
  waits(binary: number): boolean {
    return this.least.there[binary] === 0 && this.most.there[binary] === 1;
  }
}
