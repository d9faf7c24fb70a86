/**
 * Who satisfies a relation: the one index from names to real and virtual packages, with versions. Everything that asks
 * "which binary could that be?" asks here, so that cycles, plans and checks mean the same thing.
 *
 * The universe has one architecture, as a native build daemon has. There `:native`, and `:any` on a real package, mean
 * no more than no qualifier does (as in dose; apt strips them where no foreign architecture is configured). `:any` on a
 * virtual name takes a provider that is Multi-Arch: allowed (as in dpkg and dose). An explicit architecture must be the
 * binary's own, and Architecture: all counts as the universe's.
 */
import { satisfies } from '../../metadata/version.ts';
import type { Binary, Relation, Universe } from '../../model.ts';

export interface ProviderIndex {
  /** Binaries of that name, highest version first; indices into `Universe.binaries`. */
  named(name: string): readonly number[];
  /** Binaries that list that name in Provides; ascending indices into `Universe.binaries`. */
  providing(name: string): readonly number[];
  /**
   * Every binary that satisfies the relation, in the order of preference: real ones, highest version first; then
   * virtual ones, those available first, then by Priority, then in byte order of the provider's name. Each once. The
   * array is shared between callers and must not be changed.
   */
  satisfying(relation: Relation): Int32Array;
  /** The same, not remembered: for who asks once. */
  find(relation: Relation): Int32Array;
}

const none: readonly number[] = [];
const priorities: readonly string[] = ['required', 'important', 'standard', 'optional', 'extra'];
const rank = ({ priority }: Binary): number => (priorities.indexOf(priority) + 6) % 6; // unknown ones last
const nobody = new Int32Array(0);

/** An unversioned Provides satisfies only unversioned relations; a real package's version is compared. */
const versionFits = (have: string | undefined, { op, version }: Relation): boolean =>
  op === undefined || version === undefined || (have !== undefined && satisfies(have, op, version));

/** Linear in the number of binaries; what `satisfying` is asked after that is answered once and remembered. */
export function providersOf(universe: Universe): ProviderIndex {
  const { binaries, architecture } = universe;
  const real = new Map<string, number[]>();
  const virtual = new Map<string, number[]>();
  const add = (index: Map<string, number[]>, name: string, binary: number) => {
    const there = index.get(name);
    if (there === undefined) index.set(name, [binary]);
    else if (there.at(-1) !== binary) there.push(binary);
  };
  binaries.forEach((binary, i) => {
    add(real, binary.name, i);
    for (const provided of binary.provides) add(virtual, provided.name, i);
  });

  const concerns = ({ architecture: own }: Binary, qualifier: string | undefined): boolean => {
    const wanted = qualifier === undefined || qualifier === 'any' || qualifier === 'native' ? architecture : qualifier;
    return own === wanted || (own === 'all' && wanted === architecture);
  };
  const providesIt = (provided: Relation, relation: Relation): boolean =>
    provided.name === relation.name &&
    (provided.qualifier === undefined || provided.qualifier === relation.qualifier) &&
    versionFits(provided.version, relation);

  const alone: Int32Array[] = [];
  const find = (relation: Relation): Int32Array => {
    const found: number[] = [];
    for (const i of real.get(relation.name) ?? none) {
      const binary = binaries[i]!;
      if (concerns(binary, relation.qualifier) && versionFits(binary.version, relation)) found.push(i);
    }
    const realOnes = found.length;
    const isReal = ({ name, version }: Binary) => name === relation.name && versionFits(version, relation);
    for (const i of virtual.get(relation.name) ?? none) {
      const binary = binaries[i]!;
      if (!concerns(binary, relation.qualifier) || isReal(binary)) continue;
      if (relation.qualifier === 'any' && binary.multiArch !== 'allowed') continue;
      if (binary.provides.some((provided) => providesIt(provided, relation))) found.push(i);
    }
    if (found.length === 0) return nobody;
    // Mostly one binary has the name, and that answer can be shared.
    if (found.length === 1) {
      alone[found[0]!] ??= Int32Array.of(found[0]!);
      return alone[found[0]!]!;
    }
    const preferred = (a: number, b: number) =>
      Number(binaries[b]!.available) - Number(binaries[a]!.available) ||
      rank(binaries[a]!) - rank(binaries[b]!) ||
      a - b;
    return Int32Array.from([...found.slice(0, realOnes), ...found.slice(realOnes).sort(preferred)]);
  };

  const remembered = new Map<Relation, Int32Array>();
  return {
    named: (name) => real.get(name) ?? none,
    providing: (name) => virtual.get(name) ?? none,
    find,
    satisfying(relation) {
      let answer = remembered.get(relation);
      if (answer === undefined) {
        answer = find(relation);
        remembered.set(relation, answer);
      }
      return answer;
    },
  };
}
