/** `propose`: lines to change and sources to supply that let everything be built, proved, and closed by a plan. */
import { buildId } from '../../build-id.ts';
import type { Choice, Plan, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { type EditClass, editClasses, knownClasses } from '../../solver/explain/edit-class.ts';
import { resolve } from '../../solver/graph/resolve.ts';
import type { Knowledge } from '../../solver/propose/edit-lines.ts';
import { type EditProblem, editProblem } from '../../solver/propose/edit-problem.ts';
import { cheapestEdits, type EditHit } from '../../solver/propose/edit-search.ts';
import { editedUniverse } from '../../solver/propose/edited-universe.ts';
import { frontierRow } from '../../solver/propose/frontier.ts';
import { groundOfProposal } from '../../solver/propose/never-built.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';
import { cutsNamed, type NamedCut, namedCuts } from '../../solver/propose/remembered-cuts.ts';
import { StagesInUse } from '../../solver/propose/stages-in-use.ts';
import { triedLines } from '../../solver/propose/tried-lines.ts';
import { makePlan } from '../../stages/make-plan.ts';
import { withStageNames } from '../../stages/stage-names.ts';
import { phase, secondsLeft } from '../output/phase.ts';
import { keepNeededEdits } from '../questions/needed-edits.ts';
import { giftsIn, toldProposal } from './told-proposal.ts';

/** How bold a proposal may be, and what it may rely on. */
export interface ProposeRequest {
  /** Most plausible first: the last row of the frontier is the answer. */
  readonly classes: readonly EditClass[];
  readonly knowledge: Knowledge;
  /** Also what fewer classes would cost. */
  readonly frontier: boolean;
  readonly timeLimitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The sets of classes of which a frontier tells, each bolder than the one before. */
export const boldness: readonly (readonly EditClass[])[] = [
  [],
  ['documentation'],
  ['documentation', 'tests'],
  ['documentation', 'tests', 'bindings', 'biarch'],
  ['documentation', 'tests', 'bindings', 'biarch', 'features'],
];

interface Solved {
  readonly problem: EditProblem;
  readonly hit: EditHit;
}

/** A proposal, and the plan that shows that it is enough. */
export interface Closed {
  readonly proposal: Proposal;
  /** With all of it; its stages have the numbers that the proposal gives them. */
  readonly plan: Plan;
}

/** @param universe with the stages that build profiles declare */
export async function propose(universe: Universe, request: ProposeRequest): Promise<Proposal> {
  return (await proposeAndPlan(universe, request)).proposal;
}

/** The same with the plan that it leads to. */
export async function proposeAndPlan(whole: Universe, request: ProposeRequest): Promise<Closed> {
  const { classes, knowledge } = request;
  phase('choosing alternatives and providers');
  const { ground, given } = groundOfProposal(whole, resolve(whole));
  const { universe } = ground.resolved.choices;
  const solve = async (allowed: readonly EditClass[], learned: readonly NamedCut[]): Promise<Solved> => {
    phase('looking for the fewest supplies and edits');
    const seconds = secondsLeft(request.timeLimitSeconds);
    const deadline = seconds === undefined ? undefined : Date.now() + seconds * 1000;
    const problem = editProblem(ground, new Set(allowed), knowledge);
    const supposed = cutsNamed(universe, problem, learned);
    return { problem, hit: await cheapestEdits(problem, { deadline, signal: request.signal }, supposed) };
  };
  const rows = request.frontier ? boldness.filter((row) => row.every((c) => classes.includes(c))) : [];
  if (rows.at(-1)?.length !== classes.filter((c) => !knownClasses.has(c)).length) rows.push(classes);
  // Where less may be dropped, what is left of a cut is one too: the boldest row comes first, the others begin with its
  // cuts.
  const best = await solve(rows.at(-1)!, []);
  keepNeededEdits(whole, rows.at(-1)!, knowledge, { ...best, ground });
  const frontier = [frontierRow(rows.at(-1)!, best.problem, best.hit)];
  let learned = namedCuts(universe, best.problem, best.hit.cuts);
  for (const allowed of rows.slice(0, -1).reverse()) {
    const row = await solve(allowed, learned);
    learned = namedCuts(universe, row.problem, row.hit.cuts);
    frontier.unshift(frontierRow(allowed, row.problem, row.hit));
  }
  const { problem, hit } = best;
  const edited = editedUniverse(
    ground,
    hit.set.map((e) => problem.meaning[e]!),
  );
  const planned = await makePlan(resolve(edited.universe), {
    wishes: 'none',
    timeLimitSeconds: secondsLeft(request.timeLimitSeconds),
    signal: request.signal,
  });
  phase('telling the answer');
  const stages = new StagesInUse(universe, edited, planned.solution);
  const found = { ground, problem, hit, edited, plan: planned.plan, stages, frontier, classes };
  const answer = { ...toldProposal(found), ...giftsIn(universe, planned.plan, given) };
  const named = new Map(
    [...answer.edits, ...answer.declared].flatMap((e) => e.stages.map((s) => [buildId(e.source, s.stage), s])),
  );
  const nameOf = (source: SourceName, stage: number) => named.get(buildId(source, stages.numberOf(source, stage)));
  const isDeclared = ({ source, stage }: Choice) => stages.isDeclared(source, stage);
  return {
    proposal: knowledge.evidence.size === 0 ? answer : { ...answer, tried: triedLines(universe, knowledge) },
    plan: withStageNames({ ...planned.plan, unused: planned.plan.unused.filter(isDeclared) }, nameOf),
  };
}

/** All classes up to and with the boldest one named. */
export const classesUpTo = (boldest: EditClass | 'none'): readonly EditClass[] =>
  boldest === 'none' ? [] : editClasses.slice(0, editClasses.indexOf(boldest) + 1).filter((c) => !knownClasses.has(c));
