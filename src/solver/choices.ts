/**
 * One binary for every group of every dependency field, deterministically (docs/choices.md): the first alternative
 * that can be satisfied, and within it the first candidate. "Can be satisfied": installable as far as its own run-time
 * dependencies go, whose groups are chosen by the same rule; and there from the start or built by a source of the
 * universe, unless nothing better exists. Conflicts are not looked at here: they are the question of `bootplan check`.
 */
import { formatGroup } from '../metadata/relation.ts';
import type { Csr, DependencyGraph, Group, Universe } from '../model.ts';
import { csrOf, reversed, sortedUnique, successors } from './csr.ts';
import { type ProviderIndex, providersOf } from './providers.ts';

export interface Choices {
  readonly universe: Universe;
  readonly providers: ProviderIndex;
  /** Binary -> the binaries chosen for its run-time dependencies. Vertices are indices into `universe.binaries`. */
  readonly runtime: Csr;
  /** 1 for binaries that can never be installed: a group of theirs, or of what they need, has no candidate. */
  readonly broken: Uint8Array;
  /** Source -> variant -> the binaries chosen for its build dependencies, ascending. */
  readonly needs: readonly (readonly Int32Array[])[];
  readonly unsatisfied: DependencyGraph['unsatisfied'];
}

/** Lower is better; among equals the order of alternatives and candidates decides. */
export type Preference = (binary: number) => number;

class Chooser {
  readonly universe: Universe;
  readonly providers: ProviderIndex;
  readonly broken: Uint8Array;
  private readonly prefer: Preference | undefined;
  private readonly picked = new Map<Group, number>();

  constructor(universe: Universe, providers: ProviderIndex, prefer: Preference | undefined) {
    this.universe = universe;
    this.providers = providers;
    this.prefer = prefer;
    this.broken = new Uint8Array(universe.binaries.length);
  }

  /** The chosen binary, or -1. */
  pick(group: Group): number {
    const memo = this.picked.get(group);
    if (memo !== undefined && (memo < 0 || this.broken[memo] === 0)) return memo;
    const chosen = this.search(group);
    this.picked.set(group, chosen);
    return chosen;
  }

  private search(group: Group): number {
    const { binaries } = this.universe;
    let [best, bestRank] = [-1, Number.POSITIVE_INFINITY];
    for (const relation of group) {
      for (const c of this.providers.satisfying(relation)) {
        if (this.broken[c] === 1) continue;
        const obtainable = binaries[c]!.available || binaries[c]!.source >= 0;
        const rank = obtainable ? (this.prefer?.(c) ?? 0) : Number.MAX_VALUE;
        if (rank < bestRank) [best, bestRank] = [c, rank];
        if (bestRank === 0) return best;
      }
    }
    return best;
  }

  /** All groups of a list, or undefined when one has no candidate. */
  pickAll(groups: readonly Group[], self: number): number[] | undefined {
    const row: number[] = [];
    for (const group of groups) {
      const c = this.pick(group);
      if (c < 0) return undefined;
      if (c !== self && !row.includes(c)) row.push(c);
    }
    return row;
  }
}

/** Chooses for every binary; what cannot be installed breaks those that chose it, until nothing changes. O(V + E). */
function chooseRuntime(chooser: Chooser): Csr {
  const { binaries } = chooser.universe;
  const { broken } = chooser;
  const freshlyBroken: number[] = [];
  const choose = (b: number): number[] => {
    const row = chooser.pickAll(binaries[b]!.depends, b);
    if (row) return row;
    broken[b] = 1;
    freshlyBroken.push(b);
    return [];
  };
  const rows = binaries.map((_, b) => choose(b));
  if (freshlyBroken.length === 0) return csrOf(rows);
  const choosers = reversed(csrOf(rows));
  const later = new Map<number, number[]>();
  for (let b = freshlyBroken.pop(); b !== undefined; b = freshlyBroken.pop()) {
    for (const d of [...successors(choosers, b), ...(later.get(b) ?? [])]) {
      if (broken[d] === 1 || !rows[d]!.includes(b)) continue;
      rows[d] = choose(d);
      for (const c of rows[d]) {
        const list = later.get(c);
        if (list) list.push(d);
        else later.set(c, [d]);
      }
    }
  }
  return csrOf(rows);
}

/** Why nothing satisfies a group, in words; follows one broken chain to its end. */
function whyNot(chooser: Chooser, group: Group): string {
  const { universe, providers } = chooser;
  const steps: string[] = [];
  const seen = new Set<number>();
  let open = group;
  for (;;) {
    const candidate = open.flatMap((r) => [...providers.satisfying(r)]).find((c) => !seen.has(c));
    if (candidate === undefined) break;
    seen.add(candidate);
    const failing = universe.binaries[candidate]!.depends.find((g) => chooser.pick(g) < 0);
    if (!failing) break;
    steps.push(`${universe.binaries[candidate]!.name} depends on ${formatGroup(failing)}`);
    open = failing;
  }
  const named = open.some((r) => providers.named(r.name).length + providers.providing(r.name).length > 0);
  const end = named ? 'no version or architecture of it fits' : 'nothing has or provides that name';
  return [...steps, end].join(', and ');
}

/** The choices for a whole universe. Linear in the number of alternatives, apart from the look-ups by name. */
export function chooseAll(universe: Universe, providers = providersOf(universe), prefer?: Preference): Choices {
  const chooser = new Chooser(universe, providers, prefer);
  const runtime = chooseRuntime(chooser);
  const unsatisfied: DependencyGraph['unsatisfied'][number][] = [];
  const needs = universe.sources.map(({ variants }, source) =>
    variants.map(({ stage, buildDepends }) => {
      const row: number[] = [];
      for (const group of buildDepends) {
        const c = chooser.pick(group);
        if (c >= 0) row.push(c);
        else unsatisfied.push({ source, stage, group: formatGroup(group), why: whyNot(chooser, group) });
      }
      return sortedUnique(row);
    }),
  );
  return { universe, providers, runtime, broken: chooser.broken, needs, unsatisfied };
}
