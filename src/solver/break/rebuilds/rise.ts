/** What waits for what, upwards: from candidates to all that cannot be built before them. */
import type { BinaryVertex, CandidateIndex, SourceVertex, Unit } from '../../../indices.ts';
import { successors } from '../../graph/csr.ts';
import type { BuildIndex } from '../../graph/readiness.ts';

/** What is sure when a full build starts. */
export interface Known {
  /** Sources whose full build has been done. */
  readonly done: ReadonlySet<SourceVertex>;
  /** Units that can be installed. */
  readonly units: readonly Unit[];
}

/** What waits: candidates reached from candidates through what they yield, upwards, never twice. */
export class Rise {
  /** 1 for candidates reached. */
  readonly reached: Uint8Array;
  private readonly seen: Uint8Array;
  private readonly index: BuildIndex;
  private readonly possible: Uint8Array;
  /** Whether something that a candidate yields is passed on. */
  private readonly passes: (candidate: CandidateIndex, binary: BinaryVertex) => boolean;
  private readonly known: Known | undefined;

  /**
   * @param possible 1 for candidates that may be reached
   * @param known what is never reached
   */
  constructor(
    index: BuildIndex,
    possible: Uint8Array,
    passes: (candidate: CandidateIndex, binary: BinaryVertex) => boolean,
    known?: Known,
  ) {
    this.index = index;
    this.possible = possible;
    this.passes = passes;
    this.known = known;
    this.reached = new Uint8Array(index.candidates.length);
    this.seen = new Uint8Array(index.below.offsets.length - 1);
    for (const u of known?.units ?? []) this.seen[u] = 1;
  }

  /** Adds candidates, and with `whole` what waits for those that wait, on and on. Returns what is reached anew. */
  from(candidates: readonly CandidateIndex[], whole: boolean): readonly CandidateIndex[] {
    const { index, possible, reached, seen, known } = this;
    const found: CandidateIndex[] = [];
    const enter = (c: CandidateIndex): void => {
      if (reached[c] === 1 || possible[c] === 0 || known?.done.has(index.candidates[c]!.source)) return;
      reached[c] = 1;
      found.push(c);
    };
    const units: Unit[] = [];
    const lift = (u: Unit): void => {
      if (seen[u] === 1) return;
      seen[u] = 1;
      units.push(u);
    };
    const up = (c: CandidateIndex): void => {
      for (const b of index.candidates[c]!.yields) if (this.passes(c, b)) lift(index.unitOf[b]!);
      for (let u = units.pop(); u !== undefined; u = units.pop()) {
        for (const above of successors(index.above, u)) lift(above);
        for (const user of successors(index.neededBy, u)) enter(user);
      }
    };
    if (whole) for (const c of candidates) enter(c);
    else for (const c of candidates) up(c);
    if (whole) for (const c of found) up(c);
    return found;
  }
}
