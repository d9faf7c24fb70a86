/**
 * What must, and what must not, be installed together: Depends and Pre-Depends as needs, Conflicts, Breaks and the rule
 * that one version of a name is installed at a time as clashes. Breaks clash like Conflicts, and Pre-Depends are needs
 * like any other; whether there is an order in which all of it can be installed is asked apart (install-order.ts).
 *
 * A binary never clashes with itself, not even by a virtual name that it provides (Debian policy 7.4).
 */
import type { Where } from '../../metadata/relations/satisfaction.ts';
import type { Group, Universe } from '../../model.ts';
import { answersByPlace, type ProviderIndex, placeOf, providersOf } from '../graph/providers.ts';
import { InstallOrder } from './install-order.ts';
import type { Need } from './need.ts';

/** None of `against` may be installed. */
export interface Clash {
  readonly why: 'Conflicts' | 'Breaks' | 'Build-Conflicts' | 'one version at a time';
  readonly group: Group;
  readonly against: Int32Array;
}

/**
 * Indices are those of `Universe.binaries`. Answers are worked out when first asked for and shared: do not change them.
 */
export interface InstallRules {
  readonly universe: Universe;
  readonly providers: ProviderIndex;
  readonly order: InstallOrder;
  needOf(group: Group, where?: Where): Need;
  clashOf(why: Clash['why'], group: Group): Clash;
  needsOf(binary: number): readonly Need[];
  /**
   * The same in numbers, in the same order: the one binary that alone can fulfil a need, or `-1 - n` for the need
   * `openNeeds[n]`, which none can or several.
   */
  stepsOf(binary: number): Int32Array;
  readonly openNeeds: readonly Need[];
  /** What is installed along where it is there. */
  needsWhenThere(binary: number): readonly Need[];
  clashesOf(binary: number): readonly Clash[];
  /** All that the clashes of a binary are against, in one list. */
  rivalsOf(binary: number): Int32Array;
}

const noNeeds: readonly Need[] = [];

const known = new WeakMap<Universe, InstallRules>();

/**
 * The rules of a universe, each worked out when it is asked for first, by whoever asks: a plan takes them four times.
 *
 * @param providers of this universe, where they are known
 */
export function installRules(universe: Universe, providers?: ProviderIndex): InstallRules {
  let rules = known.get(universe);
  if (rules === undefined) {
    rules = rulesOf(universe, providers ?? providersOf(universe));
    known.set(universe, rules);
  }
  return rules;
}

function rulesOf(universe: Universe, providers: ProviderIndex): InstallRules {
  const { binaries } = universe;
  const needs = answersByPlace<Group, Need>();
  const needsOf: (readonly Need[])[] = new Array(binaries.length);
  const stepsOf: Int32Array[] = new Array(binaries.length);
  const openNeeds: Need[] = [];
  const openNumber = new Map<Need, number>();
  const clashesOf: (readonly Clash[])[] = new Array(binaries.length);
  const rivalsOf: Int32Array[] = new Array(binaries.length);

  const satisfying = (group: Group, where: Where): Int32Array =>
    group.length === 1
      ? providers.satisfying(group[0]!, where)
      : Int32Array.from(new Set(group.flatMap((relation) => [...providers.satisfying(relation, where)])));

  const stepOf = (need: Need): number => {
    if (need.candidates.length === 1) return need.candidates[0]!;
    let number = openNumber.get(need);
    if (number === undefined) {
      number = openNeeds.push(need) - 1;
      openNumber.set(need, number);
    }
    return -1 - number;
  };

  const rules: InstallRules = {
    universe,
    providers,
    openNeeds,
    order: new InstallOrder(binaries, (b) => rules.needsOf(b)),
    needOf(group, where = 'run') {
      const known = needs[placeOf(group, where)];
      let need = known.get(group);
      if (need === undefined) {
        need = { group, candidates: satisfying(group, where) };
        known.set(group, need);
      }
      return need;
    },
    clashOf(why, group) {
      const where = why === 'Build-Conflicts' ? 'unwanted' : 'run';
      return { why, group, against: rules.needOf(group, where).candidates };
    },
    needsOf(binary) {
      needsOf[binary] ??= binaries[binary]!.depends.map((group) => rules.needOf(group));
      return needsOf[binary];
    },
    stepsOf(binary) {
      stepsOf[binary] ??= Int32Array.from(rules.needsOf(binary), stepOf);
      return stepsOf[binary];
    },
    needsWhenThere(binary) {
      return binaries[binary]!.whenThere?.map((group) => rules.needOf(group)) ?? noNeeds;
    },
    clashesOf(binary) {
      clashesOf[binary] ??= clashes(binary);
      return clashesOf[binary];
    },
    rivalsOf(binary) {
      rivalsOf[binary] ??= Int32Array.from(new Set(rules.clashesOf(binary).flatMap(({ against }) => [...against])));
      return rivalsOf[binary];
    },
  };

  /** Of the same package, and not to be installed beside it. */
  const copiesOf = (binary: number): Int32Array => {
    const { name, multiArchName, multiArch, version } = binaries[binary]!;
    const others = Int32Array.from(providers.named(name)).filter((other) => other !== binary);
    if (multiArchName === undefined) return others;
    const crossed = name === multiArchName ? `${name}:${universe.architecture}` : multiArchName;
    const isBeside = (other: number): boolean =>
      multiArch === 'same' && binaries[other]!.multiArch === 'same' && binaries[other]!.version === version;
    return Int32Array.from([...others, ...providers.named(crossed).filter((other) => !isBeside(other))]);
  };

  const clashes = (binary: number): Clash[] => {
    const { name, multiArchName, conflicts, breaks } = binaries[binary]!;
    // What copies of one package for two architectures may do is said by Multi-Arch alone.
    const isOwn = (other: number): boolean =>
      other === binary || (multiArchName !== undefined && binaries[other]!.multiArchName === multiArchName);
    const all = [
      ...conflicts.map((group) => rules.clashOf('Conflicts', group)),
      ...breaks.map((group) => rules.clashOf('Breaks', group)),
    ].map((clash) => ({ ...clash, against: clash.against.filter((other) => !isOwn(other)) }));
    const copies = copiesOf(binary);
    return [...all, { why: 'one version at a time', group: [{ name }], against: copies } as const].filter(
      (clash) => clash.against.length > 0,
    );
  };
  return rules;
}
