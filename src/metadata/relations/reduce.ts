/**
 * What is left of a dependency field on one architecture under one set of profiles (Dpkg::Deps, reduce_arch and
 * reduce_profiles): an alternative that does not apply is dropped, a group with none left is dropped, and what stays
 * loses its conditions.
 */
import type { Group, Relation } from '../../model.ts';
import { concernsArchitecture } from './architecture.ts';
import { formulaHolds } from './formula.ts';
import { interned } from './relation.ts';

const hasCondition = (r: Relation): boolean => r.architectures !== undefined || r.formula !== undefined;

/** Has an alternative an architecture list or a formula? */
export const isConditional = (group: Group): boolean => group.some(hasCondition);

/** The relation without its conditions. */
function unconditional(r: Relation): Relation {
  const { architectures: _, formula: __, ...plain } = r;
  return plain;
}

/** Conditional groups worked out before: an archive repeats `foo <!nocheck>` thousands of times. */
const known = new Map<string, Map<Group, Group | undefined>>();

function reduceGroup(group: Group, architecture: string, active: ReadonlySet<string>): Group | undefined {
  const left = group.filter(
    (r) => concernsArchitecture(r.architectures, architecture) && formulaHolds(r.formula, active),
  );
  return left.length === 0 ? undefined : interned(left.map(unconditional));
}

/** Linear in the number of alternatives. An unconditional group is returned as it is, any other as an interned one. */
export function reduceGroups(
  groups: readonly Group[],
  architecture: string,
  active: ReadonlySet<string>,
): readonly Group[] {
  if (!groups.some(isConditional)) return groups;
  const key = [architecture, ...[...active].sort()].join(' ');
  let memo = known.get(key);
  if (memo === undefined) {
    memo = new Map();
    known.set(key, memo);
  }
  const left: Group[] = [];
  for (const group of groups) {
    let reduced: Group | undefined = group;
    if (isConditional(group)) {
      reduced = memo.get(group);
      if (reduced === undefined && !memo.has(group)) {
        reduced = reduceGroup(group, architecture, active);
        memo.set(group, reduced);
      }
    }
    if (reduced !== undefined) left.push(reduced);
  }
  return left;
}
