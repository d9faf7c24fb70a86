/** `explain`: why a source is where it is; every step of the answer is checked before it is told. */
import { buildId } from '../../build-id.ts';
import { Bug } from '../../errors.ts';
import type { Plan, Universe } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Explained } from '../../reports/plan/explained.ts';
import { nameAsWritten } from '../../solver/explain/as-written.ts';
import { explain, type Ground, groundOf } from '../../solver/explain/explain.ts';
import { isBuildSystem, isRecipe } from '../../solver/explain/undroppable.ts';
import { chainChecker } from '../../solver/explain/verify-chain.ts';
import { resolve } from '../../solver/graph/resolve.ts';
import { firstLines, noFirstLines } from '../../solver/propose/first-lines.ts';
import { placesOf } from '../../stages/place.ts';
import { readPlan } from '../../stages/plan-file.ts';
import { answersFor } from '../analyse.ts';
import { sourceNamed } from '../universe/named-sources.ts';

/** Which source is asked about. */
export interface ExplainRequest {
  /** Of a source. */
  readonly name: string;
  /** A plan.json that says where builds are; without it the universe is solved. */
  readonly planFile: string | undefined;
  readonly timeLimitSeconds: number | undefined;
}

/** @throws InputError when there is no such source; Bug when a step of the explanation is not confirmed */
export async function explainSource(universe: Universe, request: ExplainRequest): Promise<Explained> {
  const { name, planFile, timeLimitSeconds } = request;
  const source = sourceNamed(universe, name);
  const answers = planFile === undefined ? await answersFor(universe, { timeLimitSeconds }) : undefined;
  const plan = answers?.plan ?? readPlan(planFile!);
  return explained(groundOf(answers?.resolved ?? resolve(universe)), plan, source);
}

/**
 * One source of many that are asked about on the same ground.
 *
 * @param source index into the universe @throws Bug when a step of the explanation is not confirmed
 */
export function explained(ground: Ground, plan: Plan, source: number): Explained {
  const { universe } = ground.resolved.choices;
  const explanation = explain(ground, source);
  const dropped = [...explanation.breakers, ...(explanation.wish?.drops ?? [])].flatMap((d) => d.binary ?? []);
  const undroppable = [...new Set(dropped.filter((d) => isBuildSystem(nameAsWritten(universe, d))))].sort(byteOrder);
  const wrong = chainChecker(universe)(explanation.chain);
  if (wrong.length > 0) throw new Bug(`the explanation of ${explanation.source} is not confirmed: ${wrong.join('; ')}`);
  const stages = explanation.breakers.flatMap((b) => b.stages.map((k) => buildId(b.source, k)));
  const used = stages.filter((id) => plan.builds.some((b) => b.id === id));
  return {
    ...explanation,
    first: isRecipe(universe.sources[source]!) ? noFirstLines : { ...firstLines(ground, source), undroppable },
    places: placesOf(plan, explanation.source),
    used,
  };
}
