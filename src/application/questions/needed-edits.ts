/**
 * What a universe still needs so that everything can be built: how many supplies and edits, remembered for the next
 * question.
 */
import type { Universe } from '../../model.ts';
import type { EditClass } from '../../solver/explain/edit-class.ts';
import type { Resolved } from '../../solver/graph/resolve.ts';
import type { EditGround } from '../../solver/propose/edit-ground.ts';
import { type Knowledge, noKnowledge, saysNothing } from '../../solver/propose/edit-lines.ts';
import { type EditProblem, editProblem } from '../../solver/propose/edit-problem.ts';
import { cheapestEdits, type EditHit } from '../../solver/propose/edit-search.ts';
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

/** A search that has ended, and what it was about. */
export interface EndedSearch {
  readonly ground: EditGround;
  readonly problem: EditProblem;
  readonly hit: EditHit;
}

const keyOf = (universe: Universe): string | undefined => {
  const name = nameOfUniverse(universe);
  return name && `${name} ${JSON.stringify(['edits', allowed])}`;
};

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
  const known = recall<NeededEdits>(keyOf(universe));
  if (known !== undefined) return known;
  phase('looking for the fewest supplies and edits');
  const { ground } = groundOfProposal(universe, resolved());
  const problem = editProblem(ground, new Set(allowed), noKnowledge);
  const seconds = secondsLeft(timeLimit);
  const deadline = seconds === undefined ? undefined : Date.now() + seconds * 1000;
  const hit = await cheapestEdits(problem, { deadline }, cutsNamed(universe, problem, learned));
  const needed = numbersOf(universe, { ground, problem, hit });
  keepNumbers(universe, needed);
  return needed;
}

/**
 * Remembers what a proposal has found, where it asked the question that `whatif` asks.
 *
 * @param classes that it might drop
 */
export function keepNeededEdits(
  universe: Universe,
  classes: readonly EditClass[],
  knowledge: Knowledge,
  ended: EndedSearch,
): void {
  const isSame = JSON.stringify(classes) === JSON.stringify(allowed) && saysNothing(knowledge);
  if (isSame) keepNumbers(universe, numbersOf(universe, ended));
}

function keepNumbers(universe: Universe, needed: NeededEdits): void {
  if (needed.proved) keep(keyOf(universe), needed);
}

function numbersOf(universe: Universe, { ground, problem, hit }: EndedSearch): NeededEdits {
  const edited = editedLines(problem, hit.set);
  const { least, index, required } = ground;
  return {
    supplies: hit.costs.supplies,
    edited: new Set(edited).size,
    lines: edited.length,
    buildable: required.filter((is, s) => is === 1 && least.built[index.firstOf[s]!] === 1).length,
    proved: hit.status === 'optimal',
    cuts: namedCuts(universe, problem, hit.cuts),
  };
}
