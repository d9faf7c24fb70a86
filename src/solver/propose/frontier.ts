/** What an answer costs, and what is proved of it: a row of the table of how bold to be. */
import type { EditClass } from '../explain/edit-class.ts';
import type { EditProblem } from './edit-problem.ts';
import { type EditHit, editCriteria } from './edit-search.ts';
import type { EditCost, FrontierRow } from './proposal.ts';

/** The costs of a found set, each with the bound that holds for it. */
export function costsOf(hit: EditHit): readonly EditCost[] {
  // A bound below a level that is not met says nothing: with more of the dearer fewer of the cheaper might do.
  let met = true;
  return editCriteria.map((criterion) => {
    const value = hit.costs[criterion];
    const lowerBound = met ? hit.lowerBound[criterion] : 0;
    met &&= value === lowerBound;
    return { criterion, value, lowerBound: Math.min(value, lowerBound) };
  });
}

/** The source of each line that a set edits, by index into the universe. */
export const editedLines = ({ meaning }: EditProblem, set: EditHit['set']): readonly number[] =>
  set.flatMap((e) => {
    const m = meaning[e]!;
    return m.kind === 'line' ? [m.line.source] : [];
  });

/** The row of one found set. */
export const frontierRow = (classes: readonly EditClass[], problem: EditProblem, hit: EditHit): FrontierRow => ({
  classes,
  status: hit.status,
  costs: costsOf(hit),
  edits: new Set(editedLines(problem, hit.set)).size,
});
