/**
 * Small universes with alternatives, providers, seeds, stages that leave binaries out and rings at run time; and what
 * the fewest breaks of one are, by trying all of them. It knows nothing of graphs and cuts.
 */
import type { Group, Universe } from '../../src/model.ts';
import { byteOrder } from '../../src/order.ts';

type Draw = (n: number) => number;

/** The lines of a universe of up to `most` sources. */
export function drawnUniverse(draw: Draw, most: number, alternatives: 'first' | 'any'): string {
  const n = 2 + draw(most - 1);
  const letters = [...'abcdefg'].slice(0, n);
  const binaries = letters.flatMap((l) => (draw(3) === 0 ? [l, `${l}-x`] : [l]));
  const pick = (): string => (draw(14) === 0 ? 'v' : binaries[draw(binaries.length)]!);
  const group = (): string => (draw(3) === 0 ? `${pick()} | ${pick()}` : pick());
  const groups = (upTo: number): string => Array.from({ length: draw(upTo + 1) }, group).join(', ');
  const lines: string[] = [];
  for (const l of letters) {
    const own = binaries.filter((b) => b[0] === l);
    const yields = own.length > 1 ? ` -> ${own.join(', ')}` : '';
    lines.push(`${l}${yields}: ${groups(3)}`);
    if (draw(2) === 0)
      lines.push(`${l} stage1${own.length > 1 && draw(2) === 0 ? ` -> ${own[0]}` : yields}: ${groups(2)}`);
    if (draw(7) === 0) lines.push(`${l} stage2${yields}: ${groups(2)}`);
    for (const b of own) {
      const needs = draw(2) === 0 ? groups(2) : '';
      if (needs !== '') lines.push(`${b} => ${needs}`);
      if (draw(4) === 0) lines.push(`${b} provides: v`);
    }
  }
  if (draw(3) === 0) lines.push(`seed: ${binaries[draw(binaries.length)]}`);
  if (alternatives === 'any') lines.push('alternatives: any');
  return lines.join('\n');
}

export interface Break {
  readonly source: string;
  /** 0 for a wish. */
  readonly stage: number;
}

export interface LeastBreaks {
  readonly breaks: readonly Break[];
  /** Sources that nothing lets end clean. */
  readonly stuck: readonly string[];
}

/** What there is to choose, as `SOURCE STAGE` (a wish is stage 0), and what it does. */
export interface Trial {
  readonly stages: readonly string[];
  readonly wished: readonly string[];
  /** Sources that end clean when everything is chosen. */
  readonly goal: ReadonlySet<number>;
  /** Whether all of these end clean with a set. */
  reaches(set: readonly string[]): boolean;
}

/** One universe, each set of breaks played through by the letter of the rules. */
export function trialOf(u: Universe, given: ReadonlySet<number>, wishes: boolean): Trial {
  const fits = (b: number, g: Group): boolean =>
    g.some((r) => u.binaries[b]!.name === r.name || u.binaries[b]!.provides.some((p) => p.name === r.name));
  const asked = (g: Group): Group => (u.alternatives === 'first' ? g.filter((r) => r.name === g[0]!.name) : g);
  /** The largest part that has all it needs. */
  const installable = (there: ReadonlySet<number>): ReadonlySet<number> => {
    let kept = [...there];
    for (;;) {
      const now = kept;
      const next = now.filter((b) => u.binaries[b]!.depends.every((g) => now.some((c) => fits(c, g))));
      if (next.length === now.length) return new Set(now);
      kept = next;
    }
  };
  const canBuild = (source: number, stage: number, have: ReadonlySet<number>): boolean =>
    u.sources[source]!.variants.find((v) => v.stage === stage)!.buildDepends.every((g) =>
      [...have].some((b) => fits(b, asked(g))),
    );
  const ownBinaries = (s: number): number[] =>
    [...u.binaries.keys()].filter((b) => u.binaries[b]!.source === s && !given.has(b));
  const yieldsOf = (s: number, stage: number): readonly number[] =>
    u.sources[s]!.variants.find((v) => v.stage === stage)!.produces;
  type Chosen = ReadonlySet<string>;
  /** Sources that never are clean: they are stuck, so their full builds are not done. */
  const never = new Set<number>();
  /** The full builds that are done with these stages and wishes. */
  const builtWith = (set: Chosen): ReadonlySet<number> => {
    const there = new Set(given);
    u.sources.forEach((source, s) => {
      if (set.has(`${source.name} 0`)) for (const b of ownBinaries(s)) there.add(b);
    });
    const full = new Set<number>();
    for (let before = -1; before !== there.size + full.size; ) {
      before = there.size + full.size;
      const have = installable(there);
      u.sources.forEach((source, s) => {
        for (const { stage } of source.variants) {
          if (stage === 0 && never.has(s)) continue;
          if (stage > 0 && !set.has(`${source.name} ${stage}`)) continue;
          if (!canBuild(s, stage, have)) continue;
          if (stage === 0) full.add(s);
          for (const b of yieldsOf(s, stage)) there.add(b);
        }
      });
    }
    return full;
  };
  /** Sources whose full build nothing makes possible: their copies from outside are never replaced. */
  let unbuilt = new Set<number>();
  /** What is there in the end: what was given, what nothing replaces, and what these full builds yield. */
  const inTheEnd = (set: Chosen, full: Iterable<number>): ReadonlySet<number> => {
    const forGood = [...unbuilt].filter((s) => set.has(`${u.sources[s]!.name} 0`)).flatMap(ownBinaries);
    return installable(new Set([...given, ...forGood, ...[...full].flatMap((s) => yieldsOf(s, 0))]));
  };
  const clean = (set: Chosen): ReadonlySet<number> => {
    let kept = builtWith(set);
    for (;;) {
      const have = inTheEnd(set, kept);
      const next = new Set([...kept].filter((s) => canBuild(s, 0, have)));
      if (next.size === kept.size) return next;
      kept = next;
    }
  };
  const stages = u.sources.flatMap((s) => s.variants.filter((v) => v.stage > 0).map((v) => `${s.name} ${v.stage}`));
  // What somebody has declared to come from outside may, whether wishes are allowed or not.
  const wished = u.sources.filter((s) => wishes || s.supply !== undefined).map((s) => `${s.name} 0`);
  const everything: Chosen = new Set([...stages, ...wished]);
  // Who is not clean although everything that can be built has its full build never is. Then nothing replaces the
  // copies of it that come from outside, and others may count on those for good.
  for (let before = -1; before !== never.size; ) {
    before = never.size;
    const full = builtWith(everything);
    unbuilt = new Set([...u.sources.keys()].filter((s) => !full.has(s)));
    const have = inTheEnd(everything, full);
    for (const s of full) if (!canBuild(s, 0, have)) never.add(s);
  }
  const goal = clean(everything);
  const reaches = (set: readonly string[]): boolean => {
    const done = clean(new Set(set));
    return [...goal].every((s) => done.has(s));
  };
  return { stages, wished, goal, reaches };
}

/** By trying every set, the cheapest first; of equals the lowest. Exponential. */
export function leastBreaks(u: Universe, given: ReadonlySet<number>, wishes: boolean): LeastBreaks {
  const { stages, wished, goal, reaches } = trialOf(u, given, wishes);
  const parsed = (e: string): Break => ({ source: e.split(' ')[0]!, stage: Number(e.split(' ')[1]) });
  const order = (a: Break, b: Break) => byteOrder(a.source, b.source) || a.stage - b.stage;
  const stuck = u.targets.filter((s) => !goal.has(s)).map((s) => u.sources[s]!.name);
  for (let w = 0; w <= wished.length; w++)
    for (let k = 0; k <= stages.length; k++) {
      const found: Break[][] = [];
      for (const a of subsets(wished, w))
        for (const b of subsets(stages, k)) if (reaches([...a, ...b])) found.push([...a, ...b].map(parsed).sort(order));
      if (found.length === 0) continue;
      const lowest = found.reduce((best, set) => {
        const at = set.findIndex((e, i) => order(e, best[i]!) !== 0);
        return at >= 0 && order(set[at]!, best[at]!) < 0 ? set : best;
      });
      return { breaks: lowest, stuck };
    }
  throw new Error('everything does not reach what everything reaches');
}

/** All subsets of that size. */
function* subsets<T>(all: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i + size <= all.length; i++)
      for (const rest of subsets(all, size - 1, i + 1)) yield [all[i]!, ...rest];
}
