/**
 * The one place that turns declarations into the variants of a source: BootstrapN fields, restriction formulas, and
 * annotations, whatever file they came from.
 *
 * A stage field is the complete replacement of all three Build-Depends fields for its stage; parts that the stage does
 * not give are empty. In the notation of profiles, stage k is what is left of the plain fields under the profile set of
 * k: by default the profile that means k, or the set that an annotation gives.
 */
import { resultOf } from '../diagnostics.ts';
import type { Diagnostic, Group, Result, Variant } from '../model.ts';
import { byteOrder } from '../order.ts';
import { type Declaration, type ReadField, readFields } from './build-fields.ts';
import { type Formula, formulaHolds, profilesIn } from './formula.ts';
import { reduceGroups } from './reduce.ts';
import { disagreement, gaps, saysDependencies, silences, unknownProfiles } from './stage-checks.ts';
import { type BuildField, stageOfProfile, stageProfile } from './stage-fields.ts';

/** Stages that a profile named in the source's formulas means, with the names they go by. */
function stagesInFormulas(d: Declaration, fields: readonly ReadField[]): Map<number, string[]> {
  const stages = new Map<number, string[]>();
  const note = (formula: Formula | undefined) => {
    for (const profile of profilesIn(formula)) {
      const stage = stageOfProfile(d.source, profile);
      if (stage === 0) continue;
      const names = stages.get(stage);
      if (names === undefined) stages.set(stage, [profile]);
      else if (!names.includes(profile)) names.push(profile);
    }
  };
  for (const f of fields) for (const g of f.conditional) for (const r of g) note(r.formula);
  for (const b of d.binaries) note(b.formula);
  return stages;
}

/** The variants of one source: the full one, then its stages, ascending. */
export function variantsOf(d: Declaration): Result<readonly Variant[]> {
  const problems: Diagnostic[] = [];
  const fields = readFields(d, problems);
  const formulaStages = stagesInFormulas(d, fields);
  const fieldStages = [...new Set(fields.map((f) => f.stage).filter((s) => s > 0))].sort((a, b) => a - b);
  problems.push(...gaps(d, fields, fieldStages), ...unknownProfiles(d, fields));

  const base = new Set(d.profiles);
  const dropped = (groups: readonly Group[]): readonly Group[] =>
    d.droppable === undefined ? groups : groups.filter((g) => !g.some((r) => d.droppable!.has(r.name)));
  const reduced = (kind: BuildField['kind'], stage: number, active: ReadonlySet<string>): readonly Group[] => {
    const parts = fields
      .filter((f) => f.kind === kind && f.stage === stage && !(d.noIndep && f.part === 'indep'))
      .map((f) => (f.conditional.length === 0 ? f.groups : reduceGroups(f.groups, d.architecture, active)));
    return parts.length === 1 ? parts[0]! : parts.flat();
  };
  const variant = (stage: number, notation: Variant['notation'], active: ReadonlySet<string>): Variant => {
    const groups = reduced('depends', notation === 'field' ? stage : 0, active);
    return {
      stage,
      profiles: [...active].sort(byteOrder),
      notation,
      buildDepends: stage === 0 ? groups : dropped(groups),
      buildConflicts: reduced('conflicts', 0, active),
      produces: d.binaries.filter((b) => formulaHolds(b.formula, active)).map((b) => b.index),
    };
  };

  const stages = new Set([...fieldStages, ...formulaStages.keys(), ...(d.annotation?.keys() ?? [])]);
  if (stages.size === 0 && d.droppable !== undefined && d.droppable.size > 0) stages.add(1);
  const variants = [variant(0, 'full', base)];
  for (const stage of [...stages].sort((a, b) => a - b)) {
    const own = d.annotation?.get(stage) ?? formulaStages.get(stage) ?? [stageProfile(d.source, stage)];
    const active = new Set([...d.profiles, ...own]);
    const byField = fieldStages.includes(stage);
    const made = variant(stage, byField ? 'field' : 'profiles', active);
    variants.push(made);
    if (byField && formulaStages.has(stage) && saysDependencies(fields, d.source, stage))
      problems.push(...disagreement(d, stage, made, dropped(reduced('depends', 0, active))));
    problems.push(...silences(d, made, variants[0]!));
  }
  return resultOf(variants, problems);
}
