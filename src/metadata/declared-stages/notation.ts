/**
 * The two notations of stages, `Build-Depends-Bootstrap<N>` fields and `<!stage1>` formulas, turned into one another.
 * Only the profiles that mean a stage of the source are worked out; architecture lists and all other profiles stay as
 * they are written. One stage is active at a time.
 */
import type { Group, Relation } from '../../model.ts';
import { type Formula, profilesIn } from '../relations/formula.ts';
import { formatGroup } from '../relations/relation.ts';
import type { ReadField } from './build-fields.ts';
import { type FieldPart, fieldParts, stageOfProfile, stageProfile } from './stage-fields.ts';

/** Part of the build -> what it asks for. */
export type Parts = ReadonlyMap<FieldPart, readonly Group[]>;

/** Build dependencies without a word about stages: those of the full build, and the complete ones of each stage. */
export interface Staged {
  readonly plain: Parts;
  /** Stage -> its dependencies, from 1 on without a gap. */
  readonly stages: ReadonlyMap<number, Parts>;
}

/** A formula with one stage active (0: none): what is left of it, or true or false when nothing is. */
function atStage(formula: Formula, source: string, stage: number): Formula | boolean {
  const left: string[][] = [];
  for (const bracket of formula) {
    const kept: string[] = [];
    let holds = true;
    for (const literal of bracket) {
      const negated = literal.startsWith('!');
      const meant = stageOfProfile(source, negated ? literal.slice(1) : literal);
      if (meant === 0) kept.push(literal);
      else if ((meant === stage) === negated) holds = false;
    }
    if (!holds) continue;
    if (kept.length === 0) return true;
    left.push(kept);
  }
  return left.length > 0 && left;
}

/** Groups with one stage active. */
function groupsAtStage(groups: readonly Group[], source: string, stage: number): readonly Group[] {
  return groups.flatMap((group) => {
    const left = group.flatMap((relation): Relation[] => {
      if (relation.formula === undefined) return [relation];
      const formula = atStage(relation.formula, source, stage);
      if (formula === false) return [];
      const { formula: _, ...rest } = relation;
      return [formula === true ? rest : { ...rest, formula }];
    });
    return left.length === 0 ? [] : [left];
  });
}

/** Both notations read as one. Where a stage has a field, the field counts; that they agree is checked elsewhere. */
export function stagedOf(source: string, fields: readonly ReadField[], droppable: ReadonlySet<string>): Staged {
  const depends = fields.filter((f) => f.kind === 'depends');
  const groupsOf = (stage: number, part: FieldPart) =>
    depends.filter((f) => f.stage === stage && f.part === part).flatMap((f) => f.groups);
  const named = depends.flatMap((f) => f.groups.flatMap((g) => g.flatMap((r) => profilesIn(r.formula))));
  const last = Math.max(
    0,
    droppable.size > 0 ? 1 : 0,
    ...depends.map((f) => f.stage),
    ...named.map((p) => stageOfProfile(source, p)),
  );
  const partsAt = (stage: number): Parts => {
    const from = depends.some((f) => f.stage === stage) ? stage : 0;
    const needed = (g: Group) => stage === 0 || !g.some((r) => droppable.has(r.name));
    return new Map(fieldParts.map((part) => [part, groupsAtStage(groupsOf(from, part), source, stage).filter(needed)]));
  };
  return {
    plain: partsAt(0),
    stages: new Map(Array.from({ length: last }, (_, i) => [i + 1, partsAt(i + 1)])),
  };
}

/** Every alternative gets the condition, or one of them would survive it. */
const conditioned = (group: Group, brackets: readonly (readonly string[])[]): Group =>
  group.map((r) => ({ ...r, formula: (r.formula ?? [[]]).flatMap((own) => brackets.map((b) => [...own, ...b])) }));

/**
 * The same dependencies as formulas. What stages leave out gets one bracket, `<!stage1 !stage2>`: two would hold
 * whenever either stage is inactive. What only stages need gets one bracket each, `<stage1> <stage2>`.
 */
export function toFormulas(source: string, { plain, stages }: Staged): Parts {
  return new Map(
    fieldParts.map((part) => {
      const full = plain.get(part)!;
      const inFull = new Set(full.map(formatGroup));
      const inStage = new Map([...stages].map(([stage, parts]) => [stage, new Set(parts.get(part)!.map(formatGroup))]));
      const kept = full.map((group) => {
        const without = [...stages.keys()].filter((k) => !inStage.get(k)!.has(formatGroup(group)));
        return without.length === 0 ? group : conditioned(group, [without.map((k) => `!${stageProfile(source, k)}`)]);
      });
      const added = new Map<string, { readonly group: Group; readonly stages: number[] }>();
      for (const [stage, parts] of stages) {
        for (const group of parts.get(part)!) {
          const text = formatGroup(group);
          if (inFull.has(text)) continue;
          const there = added.get(text);
          if (there === undefined) added.set(text, { group, stages: [stage] });
          else if (!there.stages.includes(stage)) there.stages.push(stage);
        }
      }
      const extra = [...added.values()].map((a) =>
        conditioned(
          a.group,
          a.stages.map((k) => [stageProfile(source, k)]),
        ),
      );
      return [part, [...kept, ...extra]];
    }),
  );
}
