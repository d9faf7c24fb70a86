/**
 * The way from a universe to its plan, the same for every command: graph, solution, plan, each an immutable value. The
 * plan is replayed build by build before anybody hears of it.
 */
import type { Universe } from '../model.ts';
import type { SolveOptions } from '../solver/break/solution/solve.ts';
import type { Bound } from '../solver/clingo.ts';
import { providersOf } from '../solver/graph/providers.ts';
import { type Resolved, resolve } from '../solver/graph/resolve.ts';
import { makePlan, type Planned } from '../stages/make-plan.ts';
import { phase, secondsLeft } from './output/phase.ts';
import { keep, recall } from './universe/kept-answers.ts';
import { nameOfUniverse } from './universe/load-universe.ts';

/** What every command that needs a plan gets. */
export type Answers = Planned;

/**
 * With the breaks that are declared and, unless asked otherwise, no wishes.
 *
 * @param ground the universe resolved, where that is done already
 * @throws Bug when the replay disagrees
 */
export async function answersFor(
  universe: Universe,
  options: Partial<SolveOptions> = {},
  ground?: Resolved,
): Promise<Answers> {
  const { timeLimitSeconds: limit, signal, ...rest } = options;
  const name = nameOfUniverse(universe);
  const key = name && `${name} ${JSON.stringify(['plan', { wishes: 'none', ...rest }])}`;
  const known = recall<Planned>(key);
  if (known !== undefined) return withProviders(known);
  if (ground === undefined) phase('choosing alternatives and providers');
  const resolved = ground ?? resolve(universe);
  const search = 'looking for the fewest stage builds';
  phase(search);
  const timeLimitSeconds = secondsLeft(limit);
  const onBound = (bound: Bound): void => phase(`${search}: ${boundWords(bound)}`);
  const answers = await makePlan(resolved, { wishes: 'none', ...options, timeLimitSeconds, onBound });
  phase('telling the answer');
  // An answer that a time limit or a signal cut short is not kept: the next question may have more time.
  const isWhole = answers.plan.status === 'optimal' || (limit === undefined && signal?.aborted !== true);
  if (isWhole) keep(key, withoutProviders(answers));
  return answers;
}

/** How good what is found is, and how much better it could get: "7 wishes found, at least 5". */
export function boundWords({ found, atLeast }: Bound): string {
  const [at, what] = found[0] > 0 ? [0 as const, 'wish'] : [1 as const, 'stage build'];
  const many = found[at] === 1 ? what : at === 0 ? 'wishes' : 'stage builds';
  return `${found[at]} ${many} found, ${found[at] === atLeast[at] ? 'and no fewer will do' : `at least ${atLeast[at]}`}`;
}

/** The index of providers is a function of the universe, and no value that can be written down. */
const stripped = ({ choices: { providers: _, ...choices }, ...resolved }: Resolved): unknown => ({
  ...resolved,
  choices,
});
const withoutProviders = (answers: Planned): unknown => ({
  ...answers,
  whole: stripped(answers.whole),
  resolved: stripped(answers.resolved),
});

function withProviders(answers: Planned): Planned {
  const providers = providersOf(answers.whole.choices.universe);
  const whole = ({ choices, ...resolved }: Resolved): Resolved => ({ ...resolved, choices: { ...choices, providers } });
  return { ...answers, whole: whole(answers.whole), resolved: whole(answers.resolved) };
}
