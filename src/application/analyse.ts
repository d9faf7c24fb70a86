/** What the answering commands share: the universe solved, and sources found by name. */
import { existsSync } from 'node:fs';
import { Flags } from '@oclif/core';
import { InputError } from '../errors.ts';
import type { Plan, Solution, Universe } from '../model.ts';
import type { SolveOptions } from '../solver/break/solve.ts';
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

/** The plan, with what is declared and, unless asked otherwise, nothing wished; replayed build by build before it is told. */
export async function answersFor(universe: Universe, options: Partial<SolveOptions>): Promise<Answers> {
  const [{ resolve }, { solve }, { withWholeChains }, { makePlan }, { verifyPlan }] = await Promise.all([
    import('../solver/graph/resolve.ts'),
    import('../solver/break/solve.ts'),
    import('../solver/explain/whole-chains.ts'),
    import('../stages/plan.ts'),
    import('../stages/verify-plan.ts'),
  ]);
  const resolved = resolve(universe);
  const solution = await solve(resolved.graph, { wishes: 'none', ...options });
  const plan = withWholeChains(resolved, makePlan(resolved, solution));
  verifyPlan(resolved.graph, plan);
  return { resolved, solution, plan };
}

/** The index of a source, by its name. See `sourcesNamed`. */
export const sourceNamed = async (universe: Universe, name: string): Promise<number> =>
  (await sourcesNamed(universe, [name]))[0]!;

/**
 * The indices of sources, by their names with or without `src:`.
 *
 * @throws InputError that tells of each wrong name the nearest there are, or the source that builds a binary of it
 */
export async function sourcesNamed({ sources, binaries }: Universe, names: readonly string[]): Promise<number[]> {
  const index = new Map(sources.map((s, i) => [s.name, i]));
  const wanted = names.map((name) => name.replace(/^src:/, ''));
  const unknown = wanted.filter((name) => !index.has(name));
  if (unknown.length === 0) return wanted.map((name) => index.get(name)!);
  const { nearestFew } = await import('../text/nearest-names.ts');
  const helpFor = (name: string): string => {
    const binary = binaries.find((b) => b.name === name && b.source >= 0);
    if (binary !== undefined) return `${name} is a binary of src:${sources[binary.source]!.name}; ask for that`;
    const few = nearestFew(name, index.keys());
    if (few.length > 0) return `did you mean ${few.join(', ')}?`;
    return 'only sources that the targets need are known here; --targets all takes every one';
  };
  throw new InputError(
    unknown.map((name) => ({
      code: 'BP451',
      severity: 'error',
      message: `there is no source ${name} here`,
      help: helpFor(name),
    })),
  );
}

/** What a run left behind; undefined when there is none. */
export async function runIn(
  state: string,
): Promise<{ plan: Plan; standing: ReadonlyMap<string, Standing> } | undefined> {
  const { stateDirectory } = await import('../runner/journal/state-directory.ts');
  const { readJournal } = await import('../runner/journal/journal.ts');
  const { standings } = await import('../stages/standing.ts');
  const { readPlan } = await import('../stages/plan-file.ts');
  const directory = stateDirectory(state);
  if (!existsSync(directory.plan) || !existsSync(directory.journal)) return undefined;
  const plan = readPlan(directory.plan);
  return { plan, standing: standings(plan, readJournal(directory.journal)) };
}
