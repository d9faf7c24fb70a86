/**
 * What can be built when every alternative and every provider is open, conflicts left aside; and what of it can end
 * clean. Universe-wide fixpoints, linear but for binaries that wait for each other in rings.
 */
import type { SourceVertex } from '../../../indices.ts';
import { type NeedIndex, Prospects } from '../../install/prospects.ts';
import type { Element, StageElement } from '../problem/blocking.ts';

/** What can be built with some elements, every alternative open. */
export interface Built {
  readonly state: Prospects;
  /** 1 for variants that are built. */
  readonly built: Uint8Array;
}

/** A universe as far as this question goes. Variants are numbered source by source, the full one first. */
export interface OpenUniverse {
  readonly index: NeedIndex;
  readonly given: readonly number[];
  /** Variant -> binaries it yields. */
  readonly yields: readonly (readonly number[])[];
  /** Variant -> its source and stage. */
  readonly candidates: readonly StageElement[];
  /** 0 for variants that are ruled out. */
  readonly possible: Uint8Array;
  /** Source -> what a wish for it stands for. */
  readonly makes: readonly (readonly number[])[];
  readonly targets: readonly number[];
  /** 1 for sources whose full build nothing makes possible. */
  readonly unbuildable: Uint8Array;
}

/**
 * The closure: everything that is built once these stages and wishes are there. Linear, but for what waits in rings.
 */
export function buildOpen(u: OpenUniverse, allows: (variant: number) => boolean, wishes: Iterable<number>): Built {
  const state = new Prospects(u.index);
  const built = new Uint8Array(u.candidates.length);
  const queue: number[] = [];
  built.forEach((_, v) => {
    if (state.isInProspect(v)) queue.push(v);
  });
  for (const v of state.appear(u.given)) queue.push(v);
  for (const s of wishes) for (const v of state.appear(u.makes[s]!)) queue.push(v);
  for (let v = queue.pop(); v !== undefined; v = queue.pop()) {
    if (built[v] === 1 || u.possible[v] === 0 || (u.candidates[v]!.stage > 0 && !allows(v))) continue;
    built[v] = 1;
    for (const next of state.appear(u.yields[v]!)) queue.push(next);
  }
  return { state, built };
}

/** Whether any need can be fulfilled in several ways: then a graph is one choice among others. */
export const hasChoice = ({ needs }: NeedIndex): boolean => needs.some(({ candidates }) => candidates.length > 1);

/** 1 for sources whose full build is done. */
const fullsOf = (u: OpenUniverse, built: Uint8Array): Uint8Array =>
  Uint8Array.from(u.makes, (_, s) => built[u.index.firstVariant[s]!]!);

/**
 * What is there in the end: what is given, what wishes for sources that nothing can build stand for, and what these
 * sources yield.
 */
function inTheEnd(u: OpenUniverse, full: Uint8Array, wishes: readonly SourceVertex[]): Prospects {
  const there = [...u.given];
  for (const s of wishes) if (u.unbuildable[s] === 1) there.push(...u.makes[s]!);
  full.forEach((is, s) => {
    if (is === 1) for (const b of u.yields[u.index.firstVariant[s]!]!) there.push(b);
  });
  const state = new Prospects(u.index);
  state.appear(there);
  return state;
}

/**
 * Sources that can end clean: the greatest set of those built in full whose full builds do with what is given, what
 * full builds of the set yield, and what wishes for sources that nothing can build stand for: that is there for good.
 */
export function cleanSources(u: OpenUniverse, built: Uint8Array, wishes: Iterable<number>): Uint8Array {
  const wished = [...wishes];
  const clean = fullsOf(u, built);
  for (let changed = true; changed; ) {
    changed = false;
    const state = inTheEnd(u, clean, wished);
    clean.forEach((is, s) => {
      if (is === 0 || state.isInProspect(u.index.firstVariant[s]!)) return;
      clean[s] = 0;
      changed = true;
    });
  }
  return clean;
}

/**
 * Sources whose binaries may come from outside: all where wishes are allowed, else those that somebody has declared.
 */
export const wishable = (
  u: Pick<OpenUniverse, 'makes'>,
  wishes: boolean,
  supplied: readonly number[] = [],
): ReadonlySet<number> => new Set(wishes ? u.makes.keys() : supplied);

/**
 * The same with what nothing can build marked, and without the full builds that could never be clean, whatever is
 * chosen: they are stuck. Who is not clean although everything that can be built has its full build is ruled out.
 * Nothing replaces what a wish for such a source stands for, so others may count on that for good, or go as well.
 *
 * @param wished sources that may be wished
 */
export function withoutNeverClean(u: OpenUniverse, wished: ReadonlySet<number>): OpenUniverse {
  const possible = u.possible.slice();
  for (;;) {
    const full = fullsOf(u, buildOpen({ ...u, possible }, () => true, wished).built);
    const unbuildable = full.map((is) => 1 - is);
    const state = inTheEnd({ ...u, unbuildable }, full, [...wished]);
    const never = [...full.keys()].filter((s) => full[s] === 1 && !state.isInProspect(u.index.firstVariant[s]!));
    if (never.length === 0) return { ...u, possible, unbuildable };
    for (const s of never) possible[u.index.firstVariant[s]!] = 0;
  }
}

/** The closure of a choice of elements of the problem. */
export function buildChosen(u: OpenUniverse, elements: readonly Element[], on: ArrayLike<number>): Built {
  const stages = new Set<string>();
  const wishes: number[] = [];
  elements.forEach(({ source, stage }, e) => {
    if (on[e] !== 1) return;
    if (stage === 'wish') wishes.push(source);
    else stages.add(`${source} ${stage}`);
  });
  return buildOpen(u, (v) => stages.has(`${u.candidates[v]!.source} ${u.candidates[v]!.stage}`), wishes);
}
