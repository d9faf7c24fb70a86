/**
 * Who satisfies a relation: the one index from names to real and virtual packages. Everything that asks "which binary
 * could that be?" asks here, so that cycles, plans and checks mean the same thing;
 * src/metadata/relations/satisfaction.ts decides.
 */
import { bears, dependsOnPlace, provides, type Where } from '../../metadata/relations/satisfaction.ts';
import type { Binary, Group, Relation, Universe } from '../../model.ts';

/** Names and relations, each answered from an index that is built once. */
export interface ProviderIndex {
  /** Binaries of that name, highest version first; indices into `Universe.binaries`. */
  named(name: string): readonly number[];
  /** Binaries that list that name in Provides; ascending indices into `Universe.binaries`. */
  providing(name: string): readonly number[];
  /**
   * Every binary that satisfies the relation, in the order of preference: real ones, highest version first; then
   * virtual ones, those available first, then by Priority, then in byte order of the provider's name. Each once. Before
   * a real one that is a copy from outside of what a target builds come the virtual ones that the same target builds
   * and that the copy depends on: the copy adds nothing to them, and apt takes them where an archive leaves it out. The
   * array is shared between callers and must not be changed.
   */
  satisfying(relation: Relation, where?: Where): Int32Array;
  /** The same, not remembered: for who asks once. */
  find(relation: Relation, where?: Where): Int32Array;
}

const none: readonly number[] = [];
const priorities: readonly string[] = ['required', 'important', 'standard', 'optional', 'extra'];
const rank = ({ priority }: Binary): number => (priorities.indexOf(priority) + 6) % 6; // unknown ones last
const nobody = new Int32Array(0);

/** Where a group has to be looked up: apart only when that can change the answer. */
export const placeOf = (group: Group, where: Where): Where =>
  where === 'run' || group.every((relation) => !dependsOnPlace(relation, where)) ? 'run' : where;

/** What was answered before, for each place that a relation can stand in. */
export const answersByPlace = <K, V>(): Readonly<Record<Where, Map<K, V>>> => ({
  build: new Map(),
  unwanted: new Map(),
  run: new Map(),
});

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

  const alone: Int32Array[] = [];
  /** The answer that is one binary, which can be shared. */
  const justThis = (binary: number): Int32Array => {
    alone[binary] ??= Int32Array.of(binary);
    return alone[binary]!;
  };
  const find = (relation: Relation, where: Where = 'run'): Int32Array => {
    const bearers = real.get(relation.name) ?? none;
    const offerers = virtual.get(relation.name) ?? none;
    // Mostly one binary has the name and none provides it.
    if (bearers.length === 1 && offerers.length === 0)
      return bears(binaries[bearers[0]!]!, relation, architecture, where) ? justThis(bearers[0]!) : nobody;
    const found = bearers.filter((i) => bears(binaries[i]!, relation, architecture, where));
    const realOnes = found.length;
    for (const i of offerers)
      if (provides(binaries[i]!, relation, architecture, where) && !found.slice(0, realOnes).includes(i)) found.push(i);
    if (found.length === 0) return nobody;
    if (found.length === 1) return justThis(found[0]!);
    const preferred = (a: number, b: number) =>
      Number(binaries[b]!.available) - Number(binaries[a]!.available) ||
      rank(binaries[a]!) - rank(binaries[b]!) ||
      a - b;
    const virtualOnes = found.slice(realOnes).sort(preferred);
    const inPlaceOf = (real: number): readonly number[] => {
      const { copyOfTarget, source, depends } = binaries[real]!;
      if (copyOfTarget !== true) return none;
      const needed = new Set(depends.flat().map(({ name }) => name));
      return virtualOnes.filter((i) => binaries[i]!.source === source && needed.has(binaries[i]!.name));
    };
    const ordered = found.slice(0, realOnes).flatMap((i) => [...inPlaceOf(i), i]);
    return Int32Array.from(new Set([...ordered, ...virtualOnes]));
  };

  const remembered = answersByPlace<Relation, Int32Array>();
  return {
    named: (name) => real.get(name) ?? none,
    providing: (name) => virtual.get(name) ?? none,
    find,
    satisfying(relation, where = 'run') {
      const answers = remembered[dependsOnPlace(relation, where) ? where : 'run'];
      let answer = answers.get(relation);
      if (answer === undefined) {
        answer = find(relation, where);
        answers.set(relation, answer);
      }
      return answer;
    },
  };
}
