/** What a state directory tells of a run, for the report: its plan, its journal, who is stuck by it. */
import { existsSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { RunDay } from '../../reports/site/report-day.ts';
import { replay } from '../../run-state.ts';
import { readJournal } from '../../runner/journal/journal.ts';
import { stateDirectory } from '../../runner/journal/state-directory.ts';
import { readPlan } from '../../stages/plan-file.ts';
import { type Standing, standings } from '../../stages/standing.ts';
import { groupStuck, stuckSources } from '../../stages/stuck.ts';

/** @throws EnvironmentError (66) when nothing was run there */
export function runOf(state: string): { readonly day: RunDay; readonly standing: ReadonlyMap<string, Standing> } {
  const directory = stateDirectory(state);
  if (!existsSync(directory.plan) || !existsSync(directory.journal))
    throw new EnvironmentError(
      `${state} holds no run`,
      exitCode.missingInput,
      'give the state directory of a bootplan run, or leave --state out',
    );
  const plan = readPlan(directory.plan);
  const events = readJournal(directory.journal);
  const standing = standings(plan, replay(events));
  return { day: { plan, events, stuck: groupStuck(stuckSources(plan, standing)) }, standing };
}
