/** A plan as it is known in a state directory: with the rounds that earlier runs of it have added. */
import { existsSync } from 'node:fs';
import { InputError } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import { readPlan } from '../../stages/plan-file.ts';
import { formatPlan } from '../../stages/plan-format.ts';
import type { StateDirectory } from './state-directory.ts';

/** The same plan, perhaps longer; as it is where another one runs, or none. */
export function knownPlan({ plan: file }: StateDirectory, plan: Plan): Plan {
  if (!existsSync(file)) return plan;
  try {
    const known = readPlan(file);
    const begun = { ...known, builds: known.builds.slice(0, plan.builds.length) };
    return formatPlan(begun) === formatPlan(plan) ? known : plan;
  } catch (error) {
    // Damaged: the run writes it anew.
    if (error instanceof InputError) return plan;
    throw error;
  }
}
