/** The complete answer to one demand: an installation, or the nearest reason why there is none. */

import { workLimits } from '../limits.ts';
import { type Cause, Cone } from './install-cone.ts';
import type { Demand } from './install-demand.ts';
import type { InstallRules } from './install-rules.ts';
import { solveSat } from './sat.ts';

/** Indices of binaries installed together, told in no order: closed under needs and free of clashes. */
export type Installation = { readonly installable: true; readonly installation: Int32Array };

/** Whether a binary is installed before anything else is. */
export type IsInstalled = (binary: number) => boolean;

/**
 * A reason, from the build outwards: needs that have to be fulfilled and clashes or rings that forbid it. It holds on
 * its own, no part of it can be left out, and no other reason ends nearer to the build. Where what every build needs
 * cannot be had, that is the reason for all.
 */
export type Refusal = { readonly installable: false; readonly reason: readonly Cause[] };

/** From here on rings are taken in by the doubled number, so that a long chain costs no square of its length. */
const ringsOneByOne = 64;

/**
 * The complete search. What can be drawn in is looked at ring by ring, so that a contradiction near the build, and most
 * are, is found before the rest is looked at. A contradiction between the inner rings stays one, whatever follows.
 *
 * @param there 1 for binaries that can be had; all when left out
 * @param along 1 for those of them that are installed along with what is no need of all copies
 * @param isInstalled what has to be there before; left out for what is there as a whole, in whatever order it came
 */
export function search(
  rules: InstallRules,
  demand: Demand,
  there?: Uint8Array,
  along?: Uint8Array,
  isInstalled?: IsInstalled,
): Installation | Refusal {
  const cone = new Cone(rules, demand, there, along);
  const answer = decided(rules, cone, isInstalled);
  if (!answer.satisfiable)
    return { installable: false, reason: shrink(cone, answer.core).map((clause) => cone.causes[clause]!) };
  return { installable: true, installation: chosenIn(cone, answer.model) };
}

/** The same without a reason, which costs more than the answer; undefined when there is none. */
export function installationFor(
  rules: InstallRules,
  demand: Demand,
  there: Uint8Array,
  along: Uint8Array,
  isInstalled: IsInstalled,
): Int32Array | undefined {
  const cone = new Cone(rules, demand, there, along);
  const answer = decided(rules, cone, isInstalled);
  return answer.satisfiable ? chosenIn(cone, answer.model) : undefined;
}

const chosenIn = ({ binaries }: Cone, model: ArrayLike<number>): Int32Array =>
  Int32Array.from(binaries.filter((_, variable) => model[variable] === 1));

function decided(
  { order }: InstallRules,
  cone: Cone,
  isInstalled: IsInstalled | undefined,
): ReturnType<typeof solveSat> {
  for (let rings = 0, more = 1; ; rings += more) {
    const answer = solveSat(cone.binaries.length, cone.clauses);
    if (!answer.satisfiable) return answer;
    if (rings >= ringsOneByOne) more = rings;
    if (cone.grow(more)) continue;
    const deadlock = isInstalled && order.deadlock(chosenIn(cone, answer.model), isInstalled);
    if (deadlock === undefined) return answer;
    cone.addOrder(deadlock);
  }
}

/** Leaves out one clause after the other, the farthest first, as long as the rest still contradict each other. */
function shrink(cone: Cone, core: readonly number[]): readonly number[] {
  if (core.length > workLimits.shrunkClauses.most) return core;
  let kept = core;
  for (const clause of core.toReversed()) {
    const rest = kept.filter((other) => other !== clause);
    const answer = solveSat(
      cone.binaries.length,
      rest.map((other) => cone.clauses[other]!),
    );
    if (!answer.satisfiable) kept = rest;
  }
  return kept;
}
