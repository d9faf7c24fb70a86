/**
 * Part of the simulator of plans: whether an installation set is one, from the universe alone. It shares no code with
 * what finds the sets; only what a single relation means is read in the one place for that.
 */

import { formatGroup } from '../metadata/relations/relation.ts';
import { bears, provides, type Where } from '../metadata/relations/satisfaction.ts';
import type { Group, Relation, Universe, Variant } from '../model.ts';

/** What a set has to hold, and must not hold, for one binary in it. */
interface Rules {
  /** One list per group of what it depends on: the binaries that fulfil it. */
  readonly needs: readonly (readonly number[])[];
  /** How many of these, the first ones, are fulfilled before it is unpacked. */
  readonly before: number;
  readonly against: readonly number[];
}

/** Checks sets of one universe; what satisfies a relation is looked up once. */
export class SetChecker {
  private readonly universe: Universe;
  private readonly bearers = new Map<string, number[]>();
  private readonly answers: Readonly<Record<Where, Map<Relation, readonly number[]>>> = {
    run: new Map(),
    build: new Map(),
    unwanted: new Map(),
  };
  private readonly inside: Int32Array;
  /**
   * Binary -> the first one of its name; -> the one of that name that is in the set, and for which set that was noted.
   */
  private readonly firstOfName: Int32Array;
  private readonly holder: Int32Array;
  private readonly noted: Int32Array;
  private readonly rules: Rules[] = [];
  private turn = 0;
  /** Binary -> the set in which it was last configured, and the step in which it was last unpacked. */
  private readonly configured: Int32Array;
  private readonly unpacked: Int32Array;
  private step = 0;

  constructor(universe: Universe) {
    this.universe = universe;
    const firsts = new Map<string, number>();
    universe.binaries.forEach(({ name }, b) => {
      if (!firsts.has(name)) firsts.set(name, b);
    });
    this.firstOfName = Int32Array.from(universe.binaries, ({ name }) => firsts.get(name)!);
    this.inside = new Int32Array(universe.binaries.length);
    this.holder = new Int32Array(universe.binaries.length);
    this.noted = new Int32Array(universe.binaries.length);
    this.configured = new Int32Array(universe.binaries.length);
    this.unpacked = new Int32Array(universe.binaries.length);
    universe.binaries.forEach(({ name, provides: virtual }, b) => {
      for (const n of new Set([name, ...virtual.map((p) => p.name)])) {
        const list = this.bearers.get(n);
        if (list === undefined) this.bearers.set(n, [b]);
        else list.push(b);
      }
    });
  }

  /** Binaries that a relation means. */
  private meant(relation: Relation, where: Where): readonly number[] {
    let found = this.answers[where].get(relation);
    if (found === undefined) {
      const { binaries, architecture } = this.universe;
      found = (this.bearers.get(relation.name) ?? []).filter(
        (b) =>
          bears(binaries[b]!, relation, architecture, where) || provides(binaries[b]!, relation, architecture, where),
      );
      this.answers[where].set(relation, found);
    }
    return found;
  }

  private isIn(b: number): boolean {
    return this.inside[b] === this.turn;
  }

  private holdsOneOf(binaries: readonly number[]): boolean {
    for (let i = 0; i < binaries.length; i++) if (this.isIn(binaries[i]!)) return true;
    return false;
  }

  private fulfilled(group: Group, where: Where): boolean {
    return group.some((relation) => this.meant(relation, where).some((b) => this.isIn(b)));
  }

  /** A binary is in thousands of sets: what it means is worked out once. */
  private rulesOf(b: number): Rules {
    let rules = this.rules[b];
    if (rules === undefined) {
      const { binaries } = this.universe;
      const { multiArchName, depends, preDepends: before = 0, conflicts, breaks } = binaries[b]!;
      const meant = (relation: Relation) => this.meant(relation, 'run');
      // Nothing excludes itself, nor its copy for another architecture (apt: IsIgnorable).
      const isOther = (other: number): boolean =>
        other !== b && (multiArchName === undefined || binaries[other]!.multiArchName !== multiArchName);
      const against = new Set([...conflicts, ...breaks].flatMap((group) => group.flatMap(meant)).filter(isOther));
      rules = { needs: depends.map((group) => group.flatMap(meant)), before, against: [...against] };
      this.rules[b] = rules;
    }
    return rules;
  }

  /**
   * Members of the last set that no order gets configured: each step takes the largest part of the rest that is
   * unpacked by then and needs, besides what is configured, only itself.
   */
  private unordered(set: readonly number[], isInstalled: (b: number) => boolean): readonly number[] {
    const { configured, unpacked, turn } = this;
    const isConfigured = (b: number): boolean => configured[b] === turn;
    let rest: number[] = [];
    for (const b of set)
      if (isInstalled(b)) configured[b] = turn;
      else rest.push(b);
    for (;;) {
      const step = ++this.step;
      const isNow = (b: number): boolean => isConfigured(b) || unpacked[b] === step;
      for (const b of rest) {
        const { needs, before } = this.rulesOf(b);
        if (needs.every((need, i) => i >= before || need.some(isConfigured))) unpacked[b] = step;
      }
      for (let lost = 1; lost > 0; ) {
        const out = rest.filter((b) => unpacked[b] === step && !this.rulesOf(b).needs.every((n) => n.some(isNow)));
        for (const b of out) unpacked[b] = 0;
        lost = out.length;
      }
      const left = rest.filter((b) => unpacked[b] !== step);
      if (left.length === rest.length) return rest;
      for (const b of rest) if (unpacked[b] === step) configured[b] = turn;
      rest = left;
    }
  }

  /**
   * What is wrong with a set for a variant, in words; nothing when it can be installed and is what the build asks for.
   *
   * @param isInstalled what is there before the set is installed; all of it when left out: then no order is asked for
   */
  problems(variant: Variant, set: readonly number[], isInstalled?: (b: number) => boolean): readonly string[] {
    const { binaries, alternatives } = this.universe;
    const found: string[] = [];
    this.turn++;
    const packages = new Map<string, number>();
    for (const b of set) {
      this.inside[b] = this.turn;
      const first = this.firstOfName[b]!;
      if (this.noted[first] === this.turn) {
        const [one, other] = [binaries[b]!, binaries[this.holder[first]!]!];
        if (one.version !== other.version || one.architecture === other.architecture)
          found.push(`has ${one.name} twice`);
      }
      this.noted[first] = this.turn;
      this.holder[first] = b;
      const { multiArchName, version } = binaries[b]!;
      if (multiArchName === undefined) continue;
      const copy = packages.get(multiArchName);
      const are = copy === undefined ? [] : [binaries[copy]!, binaries[b]!];
      if (are.some((one) => one.multiArch !== 'same' || one.version !== version))
        found.push(`has ${are.map((one) => one.name).join(' and ')}`);
      packages.set(multiArchName, b);
    }
    for (const group of variant.buildDepends) {
      const asked = alternatives === 'first' ? group.filter((r) => r.name === group[0]!.name) : group;
      if (!this.fulfilled(asked, 'build')) found.push(`does not install ${formatGroup(asked)}`);
    }
    for (const group of variant.buildConflicts)
      for (const relation of group)
        for (const b of this.meant(relation, 'unwanted'))
          if (this.isIn(b)) found.push(`installs ${binaries[b]!.name}, which it conflicts with`);
    for (const b of set) {
      const { needs, against } = this.rulesOf(b);
      for (let i = 0; i < needs.length; i++)
        if (!this.holdsOneOf(needs[i]!))
          found.push(`installs ${binaries[b]!.name} without ${formatGroup(binaries[b]!.depends[i]!)}`);
      for (const other of against)
        if (this.isIn(other))
          found.push(`installs ${binaries[b]!.name} and ${binaries[other]!.name}, which exclude each other`);
    }
    const waits = (b: number): boolean => this.rulesOf(b).before > 0 && !isInstalled!(b);
    if (isInstalled && found.length === 0 && set.some(waits)) {
      const rest = this.unordered(set, isInstalled);
      if (rest.length > 0) found.push(`has no order to install ${rest.map((b) => binaries[b]!.name).join(', ')}`);
    }
    return found;
  }
}
