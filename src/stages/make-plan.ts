/**
 * Universe -> Plan: solve, lay out, and where the plan meets what the graph cannot show, tell the solver and begin
 * again. So nothing is promised that cannot be installed, and nothing is spent on what cannot end clean.
 */
import type { DependencyGraph, Plan, Solution, Stuck } from '../model.ts';
import { isOnlyChoice } from '../solver/break/every-choice/only-choice.ts';
import { solveEveryChoice } from '../solver/break/every-choice/solve-every-choice.ts';
import type { SolveOptions } from '../solver/break/solution/solve.ts';
import type { Limits } from '../solver/clingo.ts';
import { withWholeChains } from '../solver/explain/whole-chains.ts';
import type { Resolved } from '../solver/graph/resolve.ts';
import type { Refusal } from '../solver/install/install-search.ts';
import { refusalWords } from '../solver/install/refusal-words.ts';
import { workLimits } from '../solver/limits.ts';
import { unexaminedWords } from '../text/shortage.ts';
import { anotherChoice, askingFor, withBoundsOf } from './another-choice.ts';
import { type Draft, draftPlan } from './plan.ts';
import { verifyPlan } from './verify-plan.ts';

/** A plan, and the universe and solution that it was made from. */
export interface Planned {
  /** As it was read, and with what was ruled out on the way to the plan. */
  readonly whole: Resolved;
  readonly resolved: Resolved;
  readonly solution: Solution;
  readonly plan: Plan;
}

type Unsatisfied = DependencyGraph['unsatisfied'][number];

const isForbidden = ({ reason }: Refusal): boolean => reason.some((cause) => cause.kind !== 'need');

/** Leaves out what waits for a build that is refused: nothing has to be said or asked of it. */
function notBehind(refused: Draft['refused']): Draft['refused'] {
  const forbidden = refused.filter(({ refusal }) => isForbidden(refusal));
  return forbidden.length > 0 ? forbidden : refused;
}

/** Variants that can be ruled out after a draft: those that conflicts forbid, and those that never are clean. */
function ruledOut(
  { choices }: Resolved,
  { refused, neverClean, world }: Draft,
  isWhole: boolean,
): readonly Unsatisfied[] {
  const { sources } = choices.universe;
  const words = notBehind(refused).map(({ source, stage, refusal }): Unsatisfied => {
    const { group, why } = refusalWords(world.rules, sources[source]!, refusal);
    return { source, stage, group, why: isWhole ? why : unexaminedWords(why) };
  });
  if (words.length > 0) return words;
  const named = new Set(neverClean.map((s) => s.source));
  return sources.flatMap(({ name }, source) =>
    named.has(name) ? [{ source, stage: 0, group: undefined, why: 'it would never be clean' }] : [],
  );
}

/**
 * The plan itself, and the number of its rebuilds proved where all was proved on the graph, where the plan has another
 * number, since its order and sets are not the graph's, and where no other choice costs as little.
 */
async function proved(
  ground: Resolved,
  solution: Solution,
  plan: Plan,
  wishes: boolean,
  limits: Limits,
): Promise<Plan> {
  if (solution.status !== 'optimal' || plan.status !== 'bounded') return plan;
  if (!(await isOnlyChoice(ground, wishes, limits))) return plan;
  return { ...plan, status: 'optimal', costs: plan.costs.map((c) => ({ ...c, lowerBound: c.value })) };
}

/**
 * The plan of a universe, replayed build by build before it is handed out. Each turn rules out at least one variant, or
 * has one ask for something else a bounded number of times, so it ends; mostly the first turn is the last.
 */
export async function makePlan(resolved: Resolved, options: SolveOptions): Promise<Planned> {
  /** What the last draft told of sources that were then ruled out. */
  const reasons = new Map<string, Stuck>();
  let ground = resolved;
  /** How often a variant was asked for something else, and what was proved before something was that need not be. */
  const askings = new Map<string, number>();
  let isOneOfSeveral = false;
  let before: Solution['costs'] | undefined;
  const started = performance.now();
  const { timeLimitSeconds: limit } = options;
  for (;;) {
    // One limit for all turns: what comes after it is told without a search.
    const timeLimitSeconds = limit && Math.max(limit - (performance.now() - started) / 1000, 0.001);
    const deadline = timeLimitSeconds && Date.now() + timeLimitSeconds * 1000;
    const limits: Limits = { signal: options.signal, deadline };
    const solved = await solveEveryChoice(ground, { ...options, timeLimitSeconds });
    const chosen = solved.resolved;
    const solution = isOneOfSeveral ? withBoundsOf(solved.solution, before) : solved.solution;
    const draft = draftPlan(chosen, solution);
    const open = notBehind(draft.refused).filter(
      ({ source, stage }) => (askings.get(`${source} ${stage}`) ?? 0) < workLimits.askings.most,
    );
    const isWished = options.wishes === 'last-resort';
    const others = await anotherChoice(ground, open, draft.world, isWished, limits);
    if (others.askings.length > 0) {
      if (!isOneOfSeveral && others.askings.some((a) => !a.isForced)) {
        isOneOfSeveral = true;
        before = solution.costs;
      }
      for (const { source, stage } of others.askings)
        askings.set(`${source} ${stage}`, (askings.get(`${source} ${stage}`) ?? 0) + 1);
      ground = askingFor(ground, others.askings);
      continue;
    }
    const more = ruledOut(chosen, draft, others.isWhole);
    if (more.length > 0) {
      // What is asked of fewer may cost less: the bound from before says nothing of it.
      before = undefined;
      // Who is ruled out unexamined may be possible: nothing is proved without him.
      if (!others.isWhole) isOneOfSeveral = true;
      if (draft.refused.length === 0) for (const stuck of draft.neverClean) reasons.set(stuck.source, stuck);
      ground = { ...ground, graph: { ...ground.graph, unsatisfied: [...ground.graph.unsatisfied, ...more] } };
      continue;
    }
    const stuck = draft.plan.stuck.map((s) => reasons.get(s.source) ?? s);
    const plan = withWholeChains(chosen, { ...(await proved(ground, solution, draft.plan, isWished, limits)), stuck });
    verifyPlan(chosen, plan);
    return { whole: resolved, resolved: chosen, solution, plan };
  }
}
