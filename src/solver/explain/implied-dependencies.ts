/** What every build needs without saying so: build-essential and the Essential binaries, where the seed lacks them. */
import type { Group, Universe } from '../../model.ts';
import { onceFor } from '../../once.ts';

const plainName = (group: Group): string | undefined => {
  const [relation] = group;
  return group.length === 1 && relation?.op === undefined && relation?.qualifier === undefined
    ? relation?.name
    : undefined;
};

/** The names that stand in every variant of every source, as they do when nobody wrote them there. */
const impliedNames = onceFor((universe: Universe): ReadonlySet<string> => {
  const seed = new Set(universe.seed);
  const base = universe.binaries.filter((b) => b.essential || b.name === 'build-essential');
  const wanted = [...new Set(base.map((b) => b.name))].filter((name) => !seed.has(name));
  const variants = universe.sources.flatMap((s) => s.variants);
  return new Set(
    wanted.filter((name) => variants.every((v) => v.buildDepends.some((group) => plainName(group) === name))),
  );
});

/** Such a group stands in no field: no line drops it, and only the seed can have it before it is built. */
export const isImplied = (universe: Universe, group: Group): boolean =>
  impliedNames(universe).has(plainName(group) ?? '');
