/** Does anything in a small universe satisfy a group? Used where every name must be known. */
import type { Binary, Group, Relation } from '../../model.ts';
import { satisfiesRelation, type Where } from './satisfaction.ts';

/** Binary indices by each name that they have or provide. */
export interface NameIndex {
  readonly architecture: string;
  readonly binaries: readonly Binary[];
  readonly byName: ReadonlyMap<string, readonly number[]>;
}

/** @param architecture the one that the relations are read for */
export function nameIndex(binaries: readonly Binary[], architecture: string): NameIndex {
  const byName = new Map<string, number[]>();
  binaries.forEach((b, i) => {
    for (const name of new Set([b.name, ...b.provides.map((p) => p.name)])) {
      const list = byName.get(name);
      if (list) list.push(i);
      else byName.set(name, [i]);
    }
  });
  return { architecture, binaries, byName };
}

/** The binaries that satisfy one alternative, ascending. */
export const satisfying = (index: NameIndex, relation: Relation, where: Where): readonly number[] =>
  (index.byName.get(relation.name) ?? []).filter((b) =>
    satisfiesRelation(index.binaries[b]!, relation, index.architecture, where),
  );

/** Whether one of the group's alternatives is there. */
export const isProvided = (index: NameIndex, group: Group, where: Where): boolean =>
  group.some((r) => satisfying(index, r, where).length > 0);
