/**
 * The one place that turns declarations into the variants of a source: BootstrapN fields, restriction formulas, and
 * annotations, whatever file they came from.
 *
 * A stage field is the complete replacement of all three Build-Depends fields for its stage; parts that the stage does
 * not give are empty. In the notation of profiles, stage k is what is left of the plain fields under the profile set of
 * k: by default the profile that means k, or the set that an annotation gives.
 */
import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Group, Result, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { type Formula, formulaHolds, profilesIn } from '../relations/formula.ts';
import { reduceGroups } from '../relations/reduce.ts';
import { formatGroup } from '../relations/relation.ts';
import { type Adds, type Declaration, type ReadField, readFields } from './build-fields.ts';
import { disagreement, gaps, saysDependencies, silences, unknownProfiles } from './stage-checks.ts';
import { type BuildField, stageOfProfile, stageProfile } from './stage-fields.ts';

/** Every formula on a build dependency or a binary. */
function formulasOf(d: Declaration, fields: readonly ReadField[]): readonly Formula[] {
  const found: Formula[] = [];
  for (const f of fields) for (const g of f.conditional) for (const r of g) if (r.formula) found.push(r.formula);
  for (const b of d.binaries) if (b.formula) found.push(b.formula);
  return found;
}

/** Stages that a profile named in the source's formulas means, with the names they go by. */
function stagesInFormulas(source: string, formulas: readonly Formula[]): ReadonlyMap<number, readonly string[]> {
  if (formulas.length === 0) return noStages;
  const stages = new Map<number, string[]>();
  for (const formula of formulas) {
    for (const profile of profilesIn(formula)) {
      const stage = stageOfProfile(source, profile);
      if (stage === 0) continue;
      const names = stages.get(stage);
      if (names === undefined) stages.set(stage, [profile]);
      else if (!names.includes(profile)) names.push(profile);
    }
  }
  return stages;
}

const noStages: ReadonlyMap<number, readonly string[]> = new Map();

/** Stages that have a field, ascending. */
function stagesInFields(fields: readonly ReadField[]): readonly number[] {
  const found: number[] = [];
  for (const { stage } of fields) if (stage > 0 && !found.includes(stage)) found.push(stage);
  return found.sort((a, b) => a - b);
}

/** Every stage that something declares, ascending; what can be dropped in any stage makes one where there is none. */
function declaredStages(
  d: Declaration,
  inFields: readonly number[],
  inFormulas: ReadonlyMap<number, unknown>,
): readonly number[] {
  const annotated = [d.annotation, d.drops, d.omits, d.adds?.inStage].flatMap((by) => [...(by?.keys() ?? [])]);
  if (annotated.length === 0 && d.droppable === undefined && inFormulas.size === 0) return inFields;
  const stages = new Set([...inFields, ...inFormulas.keys(), ...annotated]);
  if (stages.size === 0 && d.droppable !== undefined && d.droppable.size > 0) stages.add(1);
  return [...stages].sort((a, b) => a - b);
}

/** The profiles of a variant: to look one up, and as the variant tells them. */
interface Active {
  readonly set: ReadonlySet<string>;
  readonly sorted: readonly string[];
}

function activeOf(profiles: readonly string[]): Active {
  const set = new Set(profiles);
  return { set, sorted: [...set].sort(byteOrder) };
}

/** Those of full builds: the same for every source of an archive. */
const bases = new WeakMap<readonly string[], Active>();

function baseOf(profiles: readonly string[]): Active {
  const base = bases.get(profiles) ?? activeOf(profiles);
  bases.set(profiles, base);
  return base;
}

const noGroups: readonly Group[] = [];

/** Dependencies of the full build that profiles decide about. */
const onProfiles = ({ noIndep, noArch }: Declaration, fields: readonly ReadField[]): readonly Group[] =>
  fields
    .filter(({ kind, stage }) => kind === 'depends' && stage === 0)
    .filter(({ part }) => !(noIndep && part === 'indep') && !(noArch === true && part === 'arch'))
    .flatMap(({ conditional }) => conditional.filter((g) => g.some((r) => r.formula !== undefined)));

/** The variants of one source: the full one, then its stages, ascending. */
export function variantsOf(d: Declaration): Result<readonly Variant[]> {
  const problems: Diagnostic[] = [];
  const fields = readFields(d, problems);
  const formulas = formulasOf(d, fields);
  const formulaStages = stagesInFormulas(d.source, formulas);
  const fieldStages = stagesInFields(fields);
  problems.push(...gaps(d, fields, fieldStages), ...unknownProfiles(d, formulas));

  const dropped = (groups: readonly Group[], stage: number): readonly Group[] => {
    const own = d.drops?.get(stage);
    if (d.droppable === undefined && own === undefined) return groups;
    return groups.filter(
      (g) => !g.some((r) => d.droppable?.has(r.name) || own?.has(r.name)) && own?.has(formatGroup(g)) !== true,
    );
  };
  const reduced = (
    kind: BuildField['kind'],
    stage: number,
    active: Active,
    without?: 'arch' | 'indep',
  ): readonly Group[] => {
    let all = noGroups;
    for (const f of fields) {
      if (f.kind !== kind || f.stage !== stage || (d.noIndep && f.part === 'indep')) continue;
      if ((d.noArch === true && f.part === 'arch') || (without !== undefined && f.part === without)) continue;
      const own = f.conditional.length === 0 ? f.groups : reduceGroups(f.groups, d.architecture, active.set);
      all = all.length === 0 ? own : [...all, ...own];
    }
    return all;
  };
  const variant = (stage: number, notation: Variant['notation'], active: Active): Variant => {
    const groups = reduced('depends', notation === 'field' ? stage : 0, active);
    return {
      stage,
      profiles: active.sorted,
      notation,
      buildDepends: stage === 0 ? groups : dropped(groups, stage),
      buildConflicts: reduced('conflicts', 0, active),
      produces: d.binaries
        .filter((b) => formulaHolds(b.formula, active.set) && d.omits?.get(stage)?.has(b.index) !== true)
        .map((b) => b.index),
    };
  };

  const full = variant(0, 'full', baseOf(d.profiles));
  const conditions = formulas.length === 0 ? noGroups : onProfiles(d, fields);
  const isParted = d.byPart === true && fields.some((f) => f.stage === 0 && f.part !== '');
  const active = baseOf(d.profiles);
  const part = (without: 'arch' | 'indep') => ({
    buildDepends: reduced('depends', 0, active, without),
    buildConflicts: reduced('conflicts', 0, active, without),
  });
  const variants = [
    {
      ...full,
      ...(conditions.length > 0 && { conditions }),
      ...(isParted && { parts: { arch: part('indep'), all: part('arch') } }),
    },
  ];
  for (const stage of declaredStages(d, fieldStages, formulaStages)) {
    const own = d.annotation?.get(stage) ?? formulaStages.get(stage) ?? [stageProfile(d.source, stage)];
    const active = activeOf([...d.profiles, ...own]);
    const byField = fieldStages.includes(stage);
    const made = variant(stage, byField ? 'field' : 'profiles', active);
    variants.push(made);
    if (byField && formulaStages.has(stage) && saysDependencies(fields, d.source, stage))
      problems.push(...disagreement(d, stage, made, dropped(reduced('depends', 0, active), stage)));
    problems.push(...silences(d, made, variants[0]!));
  }
  return resultOf(
    d.adds === undefined ? variants : variants.map((v) => withAdded(d.architecture, v, d.adds!)),
    problems,
  );
}

/** With what annotations add to its fields; what it asks for already is not asked for twice. */
function withAdded(architecture: string, variant: Variant, { always, inStage }: Adds): Variant {
  const asked = new Set(variant.buildDepends.map(formatGroup));
  const all = [...always, ...(inStage.get(variant.stage) ?? [])];
  const wanted = reduceGroups(all, architecture, new Set(variant.profiles));
  const added = wanted.filter((group) => !asked.has(formatGroup(group)));
  if (added.length === 0) return variant;
  const more = <T extends Pick<Variant, 'buildDepends'>>(part: T): T => ({
    ...part,
    buildDepends: [...part.buildDepends, ...added],
  });
  const { parts } = variant;
  return { ...more(variant), added, ...(parts && { parts: { arch: more(parts.arch), all: more(parts.all) } }) };
}
