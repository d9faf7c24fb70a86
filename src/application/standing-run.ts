/** Where the run in a state directory stands, for commands that answer about metadata and about it. */

import { existsSync } from 'node:fs';
import type { Plan } from '../model.ts';
import { replay } from '../run-state.ts';
import { readJournal } from '../runner/journal/journal.ts';
import { stateDirectory } from '../runner/journal/state-directory.ts';
import { readPlan } from '../stages/plan-file.ts';
import { type Standing, standings } from '../stages/standing.ts';

/** What a run left behind; undefined when there is none. */
export function runIn(state: string): { plan: Plan; standing: ReadonlyMap<string, Standing> } | undefined {
  const directory = stateDirectory(state);
  if (!existsSync(directory.plan) || !existsSync(directory.journal)) return undefined;
  const plan = readPlan(directory.plan);
  return { plan, standing: standings(plan, replay(readJournal(directory.journal))) };
}
