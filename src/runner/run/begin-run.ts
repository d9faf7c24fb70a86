/** The plan of a state directory: which one it is, and the rounds that a run adds to it. */
import { existsSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Unsettled } from '../../events.ts';
import type { Plan } from '../../model.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import { sha256 } from '../files/digest.ts';
import { publishText } from '../files/publish.ts';
import type { Session } from '../journal/session.ts';
import { createStateDirectory, type StateDirectory } from '../journal/state-directory.ts';
import type { PlanTaking } from './run-options.ts';

/** Was another plan begun here than this one, or one that it grew from? */
export const isAnother = (begun: string | undefined, plan: Plan, grewFrom: string | undefined): boolean =>
  begun !== undefined && begun !== grewFrom && begun !== sha256(formatPlan(plan));

/**
 * @param replan how the command at hand takes the new plan
 * @param madeFrom the metadata of the plan that is there, where it is known
 */
export const anotherPlan = (
  directory: StateDirectory,
  replan: string,
  madeFrom: string | undefined,
): EnvironmentError =>
  new EnvironmentError(
    `${directory.plan} is another plan than the one to run now${madeFrom === undefined ? '' : `; it was made from ${madeFrom}`}`,
    exitCode.configuration,
    `the metadata directory, its content or the options are not those of the last run: ${replan} takes the new plan (finished builds that both plans share stay done), --state DIR keeps both plans`,
  );

/**
 * Makes the plan, without added rounds, the one of this state directory. Its digest is what the next run must bring.
 *
 * @throws EnvironmentError (78) when another plan runs here and `replan` is false
 */
export function adopt(
  session: Session,
  plan: Plan,
  options: Pick<PlanTaking, 'replan' | 'grewFrom' | 'overrides' | 'metadata'>,
): void {
  const text = formatPlan(plan);
  const digest = sha256(text);
  const before = session.state.plan;
  if (!options.replan && isAnother(before, plan, options.grewFrom))
    throw anotherPlan(session.directory, '--replan', session.state.metadata);
  publishText(session.directory.plan, text);
  session.emit({
    type: 'run-started',
    plan: digest,
    overrides: options.overrides ?? '',
    ...(options.metadata !== undefined && { metadata: options.metadata }),
    builds: plan.builds.map((build) => build.id),
    resumed: before === digest,
  });
}

/** A plan that waits for its turn can be looked at from the start; where there is one already it stays. */
export function layDown(directory: StateDirectory, plan: Plan): void {
  createStateDirectory(directory);
  if (!existsSync(directory.plan)) publishText(directory.plan, formatPlan(plan));
}

/** Notes that the plan has grown by a round; the file comes first, so that no event speaks of a build it lacks. */
export function adoptRound(session: Session, plan: Plan, from: number, because: readonly Unsettled[]): void {
  publishText(session.directory.plan, formatPlan(plan));
  const planned = plan.builds.slice(from);
  const builds = planned.map((build) => build.id);
  const resumed = builds.every((id) => session.state.earlier.has(id));
  session.emit({ type: 'round-added', round: session.state.rounds + 1, builds, planned, because, resumed });
}
