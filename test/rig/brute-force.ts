/**
 * The objective by trying everything, on graphs small enough for that: at most 30 binaries. Shares nothing with the
 * solver: sets of binaries are bit masks, closures are loops until nothing changes.
 */
import { isVertex } from '../../src/indices.ts';
import type { DependencyGraph } from '../../src/model.ts';

export interface Best {
  /** Wishes, stage builds, rebuilds. */
  readonly costs: readonly [number, number, number];
  /** `source stage`, a wish being stage 0; sorted by source, then stage. */
  readonly set: readonly string[];
  readonly stuck: readonly string[];
}

interface Build {
  readonly source: number;
  readonly stage: number;
  /** Everything installed for it. */
  readonly installs: number;
  readonly yields: number;
}

interface Piece {
  readonly source: number;
  readonly stage: number;
}

const mask = (bits: Iterable<number>): number => [...bits].reduce((m, b) => m | (1 << b), 0);

function* subsets<T>(items: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i <= items.length - size; i++)
      for (const rest of subsets(items, size - 1, i + 1)) yield [items[i]!, ...rest];
}

class World {
  readonly graph: DependencyGraph;
  readonly builds: readonly Build[];
  readonly required: ReadonlySet<number>;

  constructor(graph: DependencyGraph) {
    this.graph = graph;
    const { runtime } = graph;
    const below = graph.binaries.map((_, b) => {
      let m = 1 << b;
      for (let before = 0; before !== m; ) {
        before = m;
        for (let c = 0; c < graph.binaries.length; c++) {
          if (m & (1 << c)) m |= mask(runtime.targets.subarray(runtime.offsets[c]!, runtime.offsets[c + 1]!));
        }
      }
      return m;
    });
    this.builds = graph.variants.flatMap((list, source) =>
      list
        .filter((v) => !graph.unsatisfied.some((u) => u.source === source && u.stage === v.stage))
        .map((v) => ({
          source,
          stage: v.stage,
          installs: [...v.needs].reduce((m, b) => m | below[b]!, 0),
          yields: mask(v.yields),
        })),
    );
    const required = new Set(graph.targets);
    for (const s of required) {
      // A full build that asks for something that does not exist still asks for the rest.
      const installs = [...graph.variants[s]![0]!.needs].reduce((m, b) => m | below[b]!, 0);
      graph.madeBy.forEach((maker, b) => {
        if (isVertex(maker) && installs & (1 << b)) required.add(maker);
      });
    }
    this.required = required;
  }

  private granted(set: readonly Piece[]): number {
    return mask(
      [...this.graph.madeBy.keys()].filter((b) => set.some((p) => p.stage === 0 && p.source === this.graph.madeBy[b])),
    );
  }

  private allowed(set: readonly Piece[]): readonly Build[] {
    return this.builds.filter((b) => b.stage === 0 || set.some((p) => p.source === b.source && p.stage === b.stage));
  }

  /** Sources whose full build can be done. */
  reached(set: readonly Piece[]): Set<number> {
    let there = this.granted(set);
    const full = new Set<number>();
    const builds = this.allowed(set);
    for (let before = -1; before !== there + full.size * 2 ** 32; ) {
      before = there + full.size * 2 ** 32;
      for (const b of builds) {
        if (b.installs & ~there) continue;
        there |= b.yields;
        if (b.stage === 0) full.add(b.source);
      }
    }
    return full;
  }

  /**
   * Rebuilds of the plan by the letter of the rules: lowest ready source first, full before stages, taint on what is
   * installed.
   */
  rebuilds(set: readonly Piece[]): number {
    const planned = new Set(this.required);
    const makers = (installs: number) =>
      [...this.graph.madeBy.keys()].flatMap((b) => (installs & (1 << b) ? [this.graph.madeBy[b]!] : []));
    const used = this.allowed(set).filter((b) => b.stage > 0);
    for (const b of used) for (const s of makers(b.installs)) planned.add(s);
    for (const s of planned)
      for (const b of this.builds)
        if (b.stage === 0 && b.source === s) for (const m of makers(b.installs)) planned.add(m);
    let there = this.granted(set);
    let residue = there;
    const wished = (s: number) => set.some((p) => p.source === s && p.stage === 0);
    const done = new Set<Build>();
    const tainted: Build[] = [];
    const fulls: Build[] = [];
    for (;;) {
      const next = this.allowed(set)
        .filter((b) => !done.has(b) && (b.stage > 0 || planned.has(b.source)) && (b.installs & ~there) === 0)
        .filter((b) => b.stage === 0 || ![...done].some((d) => d.stage === 0 && d.source === b.source))
        .sort((a, b) => a.source - b.source || a.stage - b.stage)[0];
      if (next === undefined) break;
      done.add(next);
      if (next.stage === 0 && next.installs & residue) tainted.push(next);
      if (next.stage === 0) fulls.push(next);
      there |= next.yields;
      residue = next.stage === 0 ? residue & ~next.yields : residue | next.yields;
    }
    // Copies in the seed of what is started here, and built in full later; of the own ones what a wish stands for.
    const isTaintedBySeed = ({ source }: Build, at: number) =>
      [...(this.graph.environment ?? []), ...(this.graph.copies?.[source] ?? [])].some(
        (s) =>
          set.some((p) => p.source === s) && (s === source ? wished(s) : fulls.findIndex((b) => b.source === s) > at),
      );
    return fulls
      .filter((b, i) => tainted.includes(b) || isTaintedBySeed(b, i))
      .filter((b) => (b.installs & residue) === 0).length;
  }
}

/** The best choice of all; the exponent is the number of declared stages, and with wishes of sources too. */
export function bruteForce(graph: DependencyGraph, wishesAllowed: boolean): Best {
  const world = new World(graph);
  const stages: Piece[] = graph.variants.flatMap((list, source) =>
    list.filter((v) => v.stage > 0).map((v) => ({ source, stage: v.stage })),
  );
  const wishes: Piece[] = wishesAllowed ? [...graph.sources.keys()].map((source) => ({ source, stage: 0 })) : [];
  const most = world.reached([...wishes, ...stages]);
  const goal = [...world.required].filter((s) => most.has(s));
  const reaches = (set: readonly Piece[]): boolean => {
    const full = world.reached(set);
    return goal.every((s) => full.has(s));
  };
  let best: { rebuilds: number; set: Piece[]; costs: readonly [number, number] } | undefined;
  for (let w = 0; best === undefined; w++) {
    const open = [...subsets(wishes, w)].filter((set) => reaches([...set, ...stages]));
    if (open.length === 0) continue;
    for (let k = 0; best === undefined; k++) {
      for (const wished of open) {
        for (const staged of subsets(stages, k)) {
          const set = [...wished, ...staged].sort((a, b) => a.source - b.source || a.stage - b.stage);
          if (!reaches(set)) continue;
          const rebuilds = world.rebuilds(set);
          if (
            best === undefined ||
            rebuilds < best.rebuilds ||
            (rebuilds === best.rebuilds && isBefore(set, best.set))
          ) {
            best = { rebuilds, set, costs: [w, k] };
          }
        }
      }
    }
  }
  return {
    costs: [...best.costs, best.rebuilds],
    set: best.set.map((p) => `${graph.sources[p.source]} ${p.stage}`),
    stuck: [...world.required]
      .filter((s) => !most.has(s))
      .map((s) => graph.sources[s]!)
      .sort(),
  };
}

function isBefore(a: readonly Piece[], b: readonly Piece[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x.source !== y.source) return x.source < y.source;
    if (x.stage !== y.stage) return x.stage < y.stage;
  }
  return false;
}
