/**
 * What a universe still needs so that everything can be built: how many supplies and edits, remembered for the next
 * question.
 */
import type { Universe } from '../../model.ts';
import type { EditClass } from '../../solver/explain/edit-class.ts';
import type { Resolved } from '../../solver/graph/resolve.ts';
import { noKnowledge } from '../../solver/propose/edit-lines.ts';
import { editProblem } from '../../solver/propose/edit-problem.ts';
import { cheapestEdits } from '../../solver/propose/edit-search.ts';
import { editedLines } from '../../solver/propose/frontier.ts';
import type { EditNumbers } from '../../solver/propose/gradient.ts';
import { groundOfProposal } from '../../solver/propose/never-built.ts';
import { cutsNamed, type NamedCut, namedCuts } from '../../solver/propose/remembered-cuts.ts';
import { phase, secondsLeft } from '../output/phase.ts';
import { keep, recall } from '../universe/kept-answers.ts';
import { nameOfUniverse } from '../universe/load-universe.ts';

/** Without guessed features, as `propose` asks unless told otherwise. */
const allowed: readonly EditClass[] = ['documentation', 'tests', 'bindings', 'biarch'];

/** The numbers, and the cuts that a later search starts from. */
export interface NeededEdits extends EditNumbers {
  readonly cuts: readonly NamedCut[];
}

/**
 * @param resolved of a universe with the stages that build profiles declare
 * @param learned by a search in a universe much like this one
 */
export async function neededEdits(
  universe: Universe,
  resolved: () => Resolved,
  timeLimit: number | undefined,
  learned: readonly NamedCut[] = [],
): Promise<NeededEdits> {
  const name = nameOfUniverse(universe);
  const key = name && JSON.stringify(['edits', name, allowed]);
  const known = recall<NeededEdits>(key);
  if (known !== undefined) return known;
  phase('looking for the fewest supplies and edits');
  const { ground } = groundOfProposal(universe, resolved());
  const problem = editProblem(ground, new Set(allowed), noKnowledge);
  const seconds = secondsLeft(timeLimit);
  const deadline = seconds === undefined ? undefined : Date.now() + seconds * 1000;
  const hit = await cheapestEdits(problem, { deadline }, cutsNamed(universe, problem, learned));
  const edited = editedLines(problem, hit.set);
  const { least, index, required } = ground;
  const needed = {
    supplies: hit.costs.supplies,
    edited: new Set(edited).size,
    lines: edited.length,
    buildable: required.filter((is, s) => is === 1 && least.built[index.firstOf[s]!] === 1).length,
    proved: hit.status === 'optimal',
    cuts: namedCuts(universe, problem, hit.cuts),
  };
  if (needed.proved) keep(key, needed);
  return needed;
}
