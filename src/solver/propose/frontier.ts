/** What an answer costs, and what is proved of it: a row of the table of how bold to be. */
import type { EditClass } from './edit-class.ts';
import type { EditProblem } from './edit-problem.ts';
import { type EditHit, editCriteria } from './edit-search.ts';
import type { EditCost, FrontierRow } from './proposal.ts';

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

function editsOf(problem: EditProblem, hit: EditHit): number {
  const edited = hit.set.flatMap((e) => {
    const m = problem.meaning[e]!;
    return m.kind === 'line' ? [m.line.source] : [];
  });
  return new Set(edited).size;
}

export const frontierRow = (classes: readonly EditClass[], problem: EditProblem, hit: EditHit): FrontierRow => ({
  classes,
  status: hit.status,
  costs: costsOf(hit),
  edits: editsOf(problem, hit),
});
