/**
 * What builds need is fetched before the first one starts; or it is found out which of them can do without what is
 * missing.
 */

import { exitCode, InputError } from '../../errors.ts';
import type { Plan, PlannedBuild } from '../../model.ts';
import { waits } from '../../stages/waits.ts';
import type { Builder } from '../builder.ts';

/** Plan index -> what it needs and nobody has. */
export type Unfetched = ReadonlyMap<number, InputError>;

/**
 * Where a file cannot be had: the builds that need it fail, and the others are done, if there are any; with `always`,
 * also if there are none, since other runs beside this one have more to do. Else the run ends before its first build.
 */
export type GoOn = boolean | 'always';

type Tell = Parameters<Builder['prepare']>[1];

const isMissing = (error: unknown): error is InputError =>
  error instanceof InputError && error.exit === exitCode.missingInput;

/** Each asked for alone, since the error about all of them names files, not builds. */
async function unfetched({ builds }: Plan, todo: readonly number[], builder: Builder): Promise<Unfetched> {
  const found = new Map<number, InputError>();
  for (const index of todo)
    try {
      await builder.prepare([builds[index]!]);
    } catch (error) {
      if (!isMissing(error)) throw error;
      found.set(index, error);
    }
  return found;
}

/** The others, without those that wait for one that cannot be built. */
function stillPossible(plan: Plan, todo: readonly number[], lost: Unfetched): readonly number[] {
  const needs = waits(plan);
  const blocked = new Set(lost.keys());
  for (const index of todo) if (needs[index]!.some((need) => blocked.has(need))) blocked.add(index);
  return todo.filter((index) => !blocked.has(index));
}

/**
 * @param todo plan indices, ascending
 * @returns builds that cannot be done for want of a file
 * @throws InputError (66) with all that is missing, when that ends the run
 */
export async function prepareBuilds(
  plan: Plan,
  todo: readonly number[],
  builder: Builder,
  { tell, goOn }: { readonly tell: NonNullable<Tell>; readonly goOn: GoOn },
): Promise<Unfetched> {
  const prepare = (some: readonly number[]): Promise<void> =>
    builder.prepare(
      some.map((index): PlannedBuild => plan.builds[index]!),
      tell,
    );
  if (todo.length === 0) return new Map();
  try {
    await prepare(todo);
    return new Map();
  } catch (error) {
    if (!goOn || !isMissing(error)) throw error;
    const lost = await unfetched(plan, todo, builder);
    const possible = stillPossible(plan, todo, lost);
    if (possible.length === 0 && goOn !== 'always') throw error;
    if (possible.length > 0) await prepare(possible);
    return lost;
  }
}
