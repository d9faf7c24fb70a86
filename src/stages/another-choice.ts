/**
 * Conflicts as a further constraint of the solver: what a build that they forbid with what the plan makes could have
 * installed with something else, and the universe in which it asks for that.
 */
import { setImmediate } from 'node:timers/promises';
import type { Group, Solution, Universe } from '../model.ts';
import { smallestPart } from '../solver/break/every-choice/smallest-part.ts';
import { type Limits, outstanding } from '../solver/clingo.ts';
import { type Resolved, resolve } from '../solver/graph/resolve.ts';
import type { InstallWorld } from '../solver/install/install-world.ts';
import { largestWorld, type Refused } from './first-round.ts';

/** A build, and binaries that it is to have installed besides what it says. */
export interface Asking {
  readonly source: number;
  readonly stage: number;
  readonly binaries: readonly number[];
  /** Nothing lets it be done that lacks one of them: what is asked for loses no choice. */
  readonly isForced: boolean;
}

/** What refused builds can ask for instead. */
export interface Askings {
  readonly askings: readonly Asking[];
  /** False where a limit came before all refused builds had been looked at. */
  readonly isWhole: boolean;
}

/**
 * For each refused build the smallest part of what can be there at all that lets it be done beside what the plan makes.
 * None for those that are refused whatever there is. Exact searches: one for each build that can be built, and some for
 * each refused one; between them the event loop is let in, and the limits are heeded.
 *
 * @param world what is there at the end of the plan
 */
export async function anotherChoice(
  resolved: Resolved,
  refused: readonly Refused[],
  world: InstallWorld,
  wishes: boolean,
  limits: Limits,
): Promise<Askings> {
  if (refused.length === 0) return { askings: [], isWhole: true };
  const { sources } = resolved.choices.universe;
  const isStopped = async (): Promise<boolean> => {
    await setImmediate();
    return !outstanding(limits);
  };
  const largest = await largestWorld(resolved, wishes, isStopped);
  const askings: Asking[] = [];
  for (const { source, stage } of refused) {
    if (largest === undefined || (await isStopped())) return { askings: [], isWhole: false };
    const variant = sources[source]!.variants.find((v) => v.stage === stage)!;
    const answer = largest.install(variant);
    if (!answer.installable) continue;
    const fresh = Array.from(answer.installation).filter((b) => world.there[b] === 0);
    const lets = (some: readonly number[]): boolean => world.couldInstall(variant, some);
    if (!lets(fresh)) continue;
    const binaries = smallestPart(fresh, lets);
    askings.push({
      source,
      stage,
      binaries,
      isForced: binaries.every((b) => !largest.couldInstallWithout(variant, b)),
    });
  }
  return { askings, isWhole: true };
}

/** The same universe, in which these builds ask for these binaries too; what was ruled out stays so. */
export function askingFor({ choices, graph }: Resolved, askings: readonly Asking[]): Resolved {
  const { universe } = choices;
  const of = new Map(askings.map((a) => [`${a.source} ${a.stage}`, a.binaries]));
  const sources = universe.sources.map((source, s) => ({
    ...source,
    variants: source.variants.map((variant) => {
      const more = of.get(`${s} ${variant.stage}`);
      if (more === undefined) return variant;
      return { ...variant, buildDepends: [...variant.buildDepends, ...more.map((b) => exactly(universe, b))] };
    }),
  }));
  const anew = resolve({ ...universe, sources });
  const ruledOut = graph.unsatisfied.filter((u) => !choices.unsatisfied.includes(u));
  return { ...anew, graph: { ...anew.graph, unsatisfied: [...anew.graph.unsatisfied, ...ruledOut] } };
}

const exactly = ({ binaries }: Universe, b: number): Group => {
  const { name, version } = binaries[b]!;
  const isOnly = binaries.every((other, i) => i === b || other.name !== name);
  return [isOnly ? { name } : { name, op: '=', version }];
};

/**
 * The costs of what was found with one of several things to ask for: what holds whatever is asked for is the bound from
 * before.
 *
 * @param before the costs without what was not forced; undefined when they say nothing of what is asked now
 */
export function withBoundsOf(solution: Solution, before: Solution['costs'] | undefined): Solution {
  const boundOf = (criterion: string): number => before?.find((c) => c.criterion === criterion)?.lowerBound ?? 0;
  const wishes = solution.costs.find((c) => c.criterion === 'wishes');
  const isProvedAbove = wishes?.value === boundOf('wishes');
  const costs = solution.costs.map((cost) => {
    const bound =
      cost.criterion === 'wishes' || (cost.criterion === 'stageBuilds' && isProvedAbove) ? boundOf(cost.criterion) : 0;
    return { ...cost, lowerBound: Math.min(cost.lowerBound, bound) };
  });
  const isProved = costs.every((c) => c.value === 0);
  return { ...solution, costs, status: solution.status === 'optimal' && !isProved ? 'bounded' : solution.status };
}
