/**
 * Overrides that changed since the last run: what is done and would no longer count, and whether that was asked for.
 */
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Stager } from '../build/build-inputs.ts';
import { type Survey, survey } from '../build/find-finished.ts';
import type { Session } from '../journal/session.ts';
import type { PlanTaking } from './run-options.ts';

/**
 * The default overrides file is read without being named, so an edit of it could discard finished builds by surprise.
 * The user has to name their sources. When overrides are removed nothing is asked: the recipes count as they are.
 *
 * @returns what was found damaged in the cache meanwhile
 * @throws EnvironmentError (78) with the builds whose sources were not named
 */
export async function refuseUnasked(
  session: Session,
  plan: Plan,
  stager: Stager,
  { overrides, overridesAsked }: Pick<PlanTaking, 'overrides' | 'overridesAsked'>,
): Promise<Survey['damaged']> {
  const { state, cache } = session;
  const same = overrides === undefined || overrides === state.overrides;
  if (overridesAsked === undefined || state.plan === undefined || same) return [];
  const { results, open, damaged } = await survey(plan, stager, cache);
  const displaced: string[] = [];
  const sources = new Set<string>();
  for (const index of open) {
    const { id, source } = plan.builds[index]!;
    const { status, finished } = state.builds.get(id) ?? {};
    if (status !== 'done' || overridesAsked.has(source)) continue;
    const staged = await stager.stage(index, results);
    // What only waits for a displaced one follows from it.
    if ('missing' in staged || staged.action === finished?.action) continue;
    displaced.push(id);
    sources.add(source);
  }
  if (displaced.length === 0) return damaged;
  const names = [...sources].sort(byteOrder).map((source) => `--package ${source}`);
  throw new EnvironmentError(
    `the overrides have changed since the last run: ${displaced.join(', ')} would not count as done any more`,
    exitCode.configuration,
    `${names.join(' ')} builds these again, --overrides FILE or --replan accepts every change, --no-overrides ignores the file`,
  );
}
