/**
 * What is left of a dependency field on one architecture under one set of profiles (Dpkg::Deps, reduce_arch and
 * reduce_profiles): an alternative that does not apply is dropped, a group with none left is dropped, and what stays
 * loses its conditions.
 */
import type { Group, Relation } from '../model.ts';
import { concernsArchitecture } from './architecture.ts';
import { formulaHolds } from './formula.ts';
import { interned } from './relation.ts';

const isPlain = (r: Relation): boolean => r.architectures === undefined && r.formula === undefined;

/** The relation without its conditions. */
export function unconditional(r: Relation): Relation {
  const { architectures: _, formula: __, ...plain } = r;
  return plain;
}

/** Linear in the number of alternatives. An unconditional group is returned as it is, any other as an interned one. */
export function reduceGroups(
  groups: readonly Group[],
  architecture: string,
  active: ReadonlySet<string>,
): readonly Group[] {
  if (groups.every((g) => g.every(isPlain))) return groups;
  return groups.flatMap((group) => {
    if (group.every(isPlain)) return [group];
    const left = group.filter(
      (r) => concernsArchitecture(r.architectures, architecture) && formulaHolds(r.formula, active),
    );
    return left.length === 0 ? [] : [interned(left.map(unconditional))];
  });
}
