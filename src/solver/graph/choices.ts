/**
 * One binary for every group of every dependency field, deterministically (docs/choices.md): the first alternative
 * that can be satisfied, and within it the first candidate. "Can be satisfied": installable as far as its own run-time
 * dependencies go, whose groups are chosen by the same rule; and there from the start or built by a source of the
 * universe, unless nothing better exists. Conflicts are not looked at here: they are the question of `bootplan check`.
 */
import type { BinaryIndex, Indexed, Row } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import { misfits } from '../../metadata/relations/satisfaction.ts';
import type { Csr, DependencyGraph, Universe } from '../../model.ts';
import { incompleteWords } from '../../text/shortage.ts';
import { csrOf, reversed, sortedUnique, successors } from './csr.ts';
import { type NumberedGroups, numberGroups } from './numbered-groups.ts';
import { type ProviderIndex, providersOf } from './providers.ts';

/** The choices of one universe, in rows by binary and by variant. */
export interface Choices {
  readonly universe: Universe;
  readonly providers: ProviderIndex;
  readonly groups: NumberedGroups;
  /** Binary -> the binaries chosen for its run-time dependencies. Vertices are indices into `universe.binaries`. */
  readonly runtime: Csr<BinaryIndex, BinaryIndex>;
  /** 1 for binaries that can never be installed: a group of theirs, or of what they need, has no candidate. */
  readonly broken: Indexed<BinaryIndex, number>;
  /** Source -> variant -> the binaries chosen for its build dependencies, ascending. */
  readonly needs: readonly (readonly Row<BinaryIndex>[])[];
  readonly unsatisfied: DependencyGraph['unsatisfied'];
}

/** Lower is better; among equals the order of alternatives and candidates decides. */
export type Preference = (binary: BinaryIndex) => number;

class Chooser {
  readonly universe: Universe;
  readonly groups: NumberedGroups;
  readonly broken: Uint8Array;
  /** 1 for the seed and what it needs, as far as the universe says it. */
  private readonly installed: Uint8Array;
  private readonly prefer: Preference | undefined;
  /** Group -> the chosen binary, -1 when there is none, -2 when not yet asked. */
  private readonly picked: Int32Array;

  constructor(universe: Universe, groups: NumberedGroups, prefer: Preference | undefined) {
    this.universe = universe;
    this.groups = groups;
    this.prefer = prefer;
    this.broken = new Uint8Array(universe.binaries.length);
    const seed = new Set(universe.seed);
    this.installed = Uint8Array.from(universe.binaries, (b) =>
      Number(b.withSeed === true || (b.available && seed.has(b.name))),
    );
    this.picked = new Int32Array(groups.groups.length).fill(-2);
  }

  /** The chosen binary, or -1. */
  pick(group: number): number {
    const memo = this.picked[group]!;
    if (memo === -1 || (memo >= 0 && this.broken[memo] === 0)) return memo;
    const chosen = this.search(group);
    this.picked[group] = chosen;
    return chosen;
  }

  private search(group: number): number {
    const { binaries } = this.universe;
    const candidates = this.groups.candidates[group]!;
    // What is installed already fulfils a dependency, and nothing more is asked for.
    for (let i = 0; i < candidates.length; i++)
      if (this.installed[candidates[i]!] === 1 && this.broken[candidates[i]!] === 0) return candidates[i]!;
    let [best, bestRank] = [-1, Number.POSITIVE_INFINITY];
    for (const c of candidates) {
      if (this.broken[c] === 1) continue;
      const { available, withSeed, source } = binaries[c]!;
      const obtainable = available || withSeed === true || source !== undefined;
      const rank = obtainable ? (this.prefer?.(c) ?? 0) : Number.MAX_VALUE;
      if (rank < bestRank) [best, bestRank] = [c, rank];
      if (bestRank === 0) return best;
    }
    return best;
  }

  /** The choices for all run-time groups of a binary, or undefined when one has no candidate. */
  pickAll(binary: number): number[] | undefined {
    const groups = successors(this.groups.ofBinary, binary);
    const row: number[] = [];
    for (const group of groups) {
      // What a binary fulfils itself brings nothing along.
      if (this.groups.candidates[group]!.includes(binary)) continue;
      const c = this.pick(group);
      if (c < 0) return undefined;
      if (c !== binary && (groups.length > 40 || !row.includes(c))) row.push(c);
    }
    // A look through the row is faster, as long as it is short.
    return groups.length > 40 ? [...new Set(row)] : row;
  }
}

/** Chooses for every binary; what cannot be installed breaks those that chose it, until nothing changes. O(V + E). */
function chooseRuntime(chooser: Chooser): Csr<BinaryIndex, BinaryIndex> {
  const { broken, universe } = chooser;
  const freshlyBroken: number[] = [];
  const choose = (b: number): number[] => {
    const row = chooser.pickAll(b);
    if (row) return row;
    broken[b] = 1;
    freshlyBroken.push(b);
    return [];
  };
  const rows = universe.binaries.map((_, b) => choose(b));
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

/**
 * Why nothing satisfies a group: a candidate that is broken, a group of it that fails, and so on to one that has no
 * candidate.
 */
export interface BrokenChain {
  readonly steps: readonly { readonly binary: number; readonly group: number }[];
  /** The group at its end. */
  readonly end: number;
  /** Binaries that were looked at on the way. */
  readonly seen: ReadonlySet<number>;
}

/**
 * The shortest chain. It always ends: a ring of needs alone breaks nothing, so some member lacks something outside of
 * it.
 */
export function brokenChain({ groups, broken }: Pick<Choices, 'groups' | 'broken'>, group: number): BrokenChain {
  const cameBy = new Map<number, { readonly binary: number; readonly from: number } | undefined>([[group, undefined]]);
  const seen = new Set<number>();
  // The map grows while it is walked through.
  for (const end of cameBy.keys()) {
    if (groups.candidates[end]!.length === 0) {
      const steps: { binary: number; group: number }[] = [];
      for (let g = end, by = cameBy.get(g); by !== undefined; g = by.from, by = cameBy.get(g))
        steps.push({ binary: by.binary, group: g });
      return { steps: steps.reverse(), end, seen };
    }
    for (const binary of groups.candidates[end]!) {
      if (seen.has(binary)) continue;
      seen.add(binary);
      for (const g of failingGroups(groups, broken, binary)) if (!cameBy.has(g)) cameBy.set(g, { binary, from: end });
    }
  }
  return { steps: [], end: group, seen };
}

/** Groups of a binary that nothing satisfies; what it fulfils itself is none. */
const failingGroups = (groups: NumberedGroups, broken: Choices['broken'], binary: BinaryIndex): Int32Array =>
  successors(groups.ofBinary, binary).filter(
    (g) => !groups.candidates[g]!.includes(binary) && groups.candidates[g]!.every((c) => broken[c] === 1),
  );

/** The same in words. */
function whyNot(chooser: Chooser, providers: ProviderIndex, group: number): string {
  const { universe, groups } = chooser;
  const { steps: chain, end: open } = brokenChain(chooser, group);
  const steps = chain.map((step) =>
    incompleteWords(universe.binaries[step.binary]!.name, formatGroup(groups.groups[step.group]!)),
  );
  const where = steps.length === 0 ? 'build' : 'run';
  const bearers = groups.groups[open]!.flatMap((r) => providers.named(r.name).map((b) => universe.binaries[b]!));
  const rule = misfits(groups.groups[open]!, bearers, universe.architecture, where);
  const isNamed = (name: string) => providers.named(name).length + providers.providing(name).length > 0;
  const named = groups.groups[open]!.some((r) => isNamed(r.name));
  const end =
    rule !== '' ? rule : named ? 'no version or architecture of it fits' : 'nothing has or provides that name';
  return [...steps, end].join(', and ');
}

/** The choices for a whole universe. Linear in the number of alternatives. */
export function chooseAll(
  universe: Universe,
  providers = providersOf(universe),
  groups = numberGroups(universe, providers),
  prefer?: Preference,
): Choices {
  const chooser = new Chooser(universe, groups, prefer);
  const runtime = chooseRuntime(chooser);
  const unsatisfied: DependencyGraph['unsatisfied'][number][] = [];
  const needs = universe.sources.map(({ variants }, source) =>
    variants.map(({ stage }, k) => {
      const row: number[] = [];
      for (const group of successors(groups.ofVariant, groups.fullVariant[source]! + k)) {
        const c = chooser.pick(group);
        if (c >= 0) row.push(c);
        else {
          const why = whyNot(chooser, providers, group);
          unsatisfied.push({ source, stage, group: formatGroup(groups.groups[group]!), why });
        }
      }
      return sortedUnique(row);
    }),
  );
  return { universe, providers, groups, runtime, broken: chooser.broken, needs, unsatisfied };
}
