/**
 * A universe cut down to its targets: closed under build dependencies of every variant, their run-time dependencies,
 * and the sources of all of them, with the same choices as the graph makes. Cutting changes no choice: nothing that
 * stays in had chosen anything that is left out.
 */
import { noVertex, type SourceVertex } from '../../indices.ts';
import { restrictUniverse } from '../../metadata/universe/restrict.ts';
import { isBase } from '../../metadata/universe/seed.ts';
import type { Binary, Universe } from '../../model.ts';
import { brokenChain, type Choices } from './choices.ts';
import { successors } from './csr.ts';
import { choicesOf } from './resolve.ts';
import { givenBinaries } from './seed-binaries.ts';

/** What a target stands for. */
export interface CutOptions {
  /** Also rebuild what the base of the distribution (Essential, required, build-essential) needs at run time. */
  readonly base: boolean;
  /** Sources of `Architecture: all` binaries that are taken as given become no targets. */
  readonly archAll: 'available' | 'build';
}

/** O(V + E) after the choices are made. */
export function cutToTargets(universe: Universe, { base, archAll }: CutOptions): Universe {
  const choices = choicesOf(universe);
  const given = givenBinaries(choices);
  const { binaries } = universe;
  const targets = new Set(universe.targets);
  const rebuilt = (b: Binary): SourceVertex | undefined =>
    b.architecture === 'all' && archAll === 'available' ? undefined : b.source;
  if (base) {
    const installed = reach(
      binaries.flatMap((b, i) => (isBase(b) ? [i] : [])),
      (b) => successors(choices.runtime, b),
    );
    for (const b of installed) {
      const source = rebuilt(binaries[b]!);
      if (source !== undefined) targets.add(source);
    }
  }

  const sources = new Set<number>();
  const seeds = new Set(universe.seed);
  const roots = binaries.flatMap((b, i) => (seeds.has(b.name) ? [i] : []));
  /** Entering a source needs what its variants need; a binary needs its run time, and its source unless it is given. */
  const enter = (s: SourceVertex | undefined): number[] => {
    if (s === undefined || sources.has(s)) return [];
    sources.add(s);
    return choices.needs[s]!.flatMap((needs) => [...needs]);
  };
  for (const t of targets) for (const b of enter(t)) roots.push(b);
  const reached = reach(roots, (b) => [
    ...successors(choices.runtime, b),
    ...(given[b] === 1 ? [] : enter(binaries[b]!.source)),
  ]);
  const reasons = reasonsFor(choices, sources);
  const fulfilled = reach(reasons.fulfilled, (b) => successors(choices.runtime, b));
  // They are available even when their sources are left out.
  const marked = binaries.map((b, i) => (given[i] === 1 && !b.available ? { ...b, withSeed: true as const } : b));
  return restrictUniverse(
    { ...universe, binaries: marked, targets: [...targets].sort((a, b) => a - b) },
    (s) => sources.has(s),
    (b) => reached.has(b) || fulfilled.has(b) || reasons.named.has(b) || sources.has(binaries[b]!.source ?? noVertex),
  );
}

/**
 * What the words need that say why nothing satisfies a build dependency of these sources: what is looked at for the
 * chain, what fulfils those of its groups that do not fail, and who bears the name that is asked for in vain. Without
 * them another link would fail.
 */
function reasonsFor(
  choices: Choices,
  sources: Iterable<number>,
): { readonly named: ReadonlySet<number>; readonly fulfilled: readonly number[] } {
  const { groups, broken, providers } = choices;
  const named = new Set<number>();
  const fulfilled: number[] = [];
  const done = new Set<number>();
  const explain = (group: number): void => {
    if (done.has(group)) return;
    done.add(group);
    const { end, seen } = brokenChain(choices, group);
    for (const binary of seen) {
      named.add(binary);
      for (const g of successors(groups.ofBinary, binary)) {
        const fulfils = groups.candidates[g]!.find((c) => broken[c] === 0);
        if (fulfils !== undefined) fulfilled.push(fulfils);
      }
    }
    for (const { name } of groups.groups[end]!)
      for (const b of [...providers.named(name), ...providers.providing(name)]) named.add(b);
  };
  for (const s of sources)
    for (let v = groups.fullVariant[s]!; v < groups.fullVariant[s]! + choices.needs[s]!.length; v++)
      for (const g of successors(groups.ofVariant, v))
        if (groups.candidates[g]!.every((c) => broken[c] === 1)) explain(g);
  return { named, fulfilled };
}

/** Everything that the roots lead to, themselves included. */
function reach(roots: readonly number[], next: (vertex: number) => Iterable<number>): ReadonlySet<number> {
  const seen = new Set(roots);
  const queue = [...seen];
  for (let v = queue.pop(); v !== undefined; v = queue.pop()) {
    for (const w of next(v)) {
      if (seen.has(w)) continue;
      seen.add(w);
      queue.push(w);
    }
  }
  return seen;
}
