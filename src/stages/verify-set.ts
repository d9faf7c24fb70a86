/**
 * Part of the simulator of plans: whether an installation set is one, from the universe alone. It shares no code with
 * what finds the sets; only what a single relation means is read in the one place for that.
 */

import { formatGroup } from '../metadata/relations/relation.ts';
import { bears, provides, type Where } from '../metadata/relations/satisfaction.ts';
import type { Group, Relation, Universe, Variant } from '../model.ts';

export class SetChecker {
  private readonly universe: Universe;
  private readonly bearers = new Map<string, number[]>();
  private readonly answers: Readonly<Record<Where, Map<Relation, readonly number[]>>> = {
    run: new Map(),
    build: new Map(),
    unwanted: new Map(),
  };
  private readonly inside: Int32Array;
  private turn = 0;

  constructor(universe: Universe) {
    this.universe = universe;
    this.inside = new Int32Array(universe.binaries.length);
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

  private fulfilled(group: Group, where: Where): boolean {
    return group.some((relation) => this.meant(relation, where).some((b) => this.isIn(b)));
  }

  /** What is wrong with a set for a variant, in words; nothing when it can be installed and is what the build asks for. */
  problems(variant: Variant, set: readonly number[]): readonly string[] {
    const { binaries, alternatives } = this.universe;
    const found: string[] = [];
    this.turn++;
    const names = new Map<string, number>();
    const packages = new Map<string, number>();
    for (const b of set) {
      this.inside[b] = this.turn;
      const { name, multiArchName, version, architecture } = binaries[b]!;
      const other = names.get(name);
      if (
        other !== undefined &&
        (binaries[other]!.version !== version || binaries[other]!.architecture === architecture)
      )
        found.push(`has ${name} twice`);
      names.set(name, b);
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
      const { name, multiArchName, depends, conflicts, breaks } = binaries[b]!;
      // Nothing excludes itself, nor its copy for another architecture (apt: IsIgnorable).
      const isOwn = (other: number): boolean =>
        other === b || (multiArchName !== undefined && binaries[other]!.multiArchName === multiArchName);
      for (const group of depends)
        if (!this.fulfilled(group, 'run')) found.push(`installs ${name} without ${formatGroup(group)}`);
      for (const group of [...conflicts, ...breaks])
        for (const relation of group)
          for (const other of this.meant(relation, 'run'))
            if (!isOwn(other) && this.isIn(other))
              found.push(`installs ${name} and ${binaries[other]!.name}, which exclude each other`);
    }
    return found;
  }
}
