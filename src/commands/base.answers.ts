/** What the answering commands share: the universe solved, and sources found by name. */
import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { InputError } from '../errors.ts';
import type { Plan, Solution, Universe } from '../model.ts';
import type { Resolved } from '../solver/graph/resolve.ts';
import type { Standing } from '../stages/standing.ts';

export const solveFlags = {
  'time-limit': Flags.integer({
    min: 1,
    helpValue: 'SECONDS',
    description: 'take the best answer found after so long; it says what is not proved',
  }),
};

export interface Answers {
  readonly resolved: Resolved;
  readonly solution: Solution;
  readonly plan: Plan;
}

/** The plan with what is declared, nothing wished. */
export async function answersFor(universe: Universe, timeLimitSeconds: number | undefined): Promise<Answers> {
  const { resolve } = await import('../solver/graph/resolve.ts');
  const { solve } = await import('../solver/break/solve.ts');
  const { makePlan } = await import('../stages/plan.ts');
  const resolved = resolve(universe);
  const { withWholeChains } = await import('../solver/explain/whole-chains.ts');
  const solution = withWholeChains(resolved, await solve(resolved.graph, { wishes: 'none', timeLimitSeconds }));
  return { resolved, solution, plan: makePlan(universe, resolved.graph, solution) };
}

/**
 * The index of a source, by its name with or without `src:`.
 *
 * @throws InputError with the nearest names there are, or with the source that builds a binary of that name
 */
export async function sourceNamed(universe: Universe, name: string): Promise<number> {
  const wanted = name.replace(/^src:/, '');
  const found = universe.sources.findIndex((s) => s.name === wanted);
  if (found >= 0) return found;
  const { nearestFew } = await import('../metadata/nearest.ts');
  const binary = universe.binaries.find((b) => b.name === wanted && b.source >= 0);
  const few = nearestFew(
    wanted,
    universe.sources.map((s) => s.name),
  );
  const help =
    binary !== undefined
      ? `${wanted} is a binary of src:${universe.sources[binary.source]!.name}; ask for that`
      : few.length > 0
        ? `did you mean ${few.join(', ')}?`
        : 'only sources that the targets need are known here; --targets all takes every one';
  throw new InputError([{ code: 'BP451', severity: 'error', message: `there is no source ${wanted} here`, help }]);
}

/** What a run left behind; undefined when there is none. */
export async function runIn(
  state: string,
): Promise<{ plan: Plan; standing: ReadonlyMap<string, Standing> } | undefined> {
  const { stateDirectory } = await import('../runner/state-directory.ts');
  const { readJournal } = await import('../runner/run/journal.ts');
  const { standings } = await import('../stages/standing.ts');
  const { readPlan } = await import('../stages/plan-file.ts');
  const directory = stateDirectory(state);
  if (!existsSync(directory.plan) || !existsSync(directory.journal)) return undefined;
  const plan = readPlan(directory.plan);
  return { plan, standing: standings(plan, readJournal(directory.journal)) };
}
