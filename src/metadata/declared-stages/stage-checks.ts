/** What can be wrong, or left unsaid, in the stages of one source. */
import type { Diagnostic, Group, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { type Formula, isRegisteredProfile, profilesIn } from '../relations/formula.ts';
import { formatGroup } from '../relations/relation.ts';
import type { Declaration, ReadField } from './build-fields.ts';
import { buildFieldOf, displayedName, stageFieldName, stageOfProfile } from './stage-fields.ts';

/** Does a formula on a plain dependency, and not only on a binary, speak of the stage? */
export const saysDependencies = (fields: readonly ReadField[], source: string, stage: number): boolean =>
  fields.some(
    (f) =>
      f.stage === 0 &&
      f.kind === 'depends' &&
      f.groups.some((g) => g.some((r) => profilesIn(r.formula).some((p) => stageOfProfile(source, p) === stage))),
  );

/** Bootstrap2 without Bootstrap1: the lower stage is what the higher one is built on. */
export function gaps(d: Declaration, fields: readonly ReadField[], stages: readonly number[]): readonly Diagnostic[] {
  return stages.flatMap((stage) => {
    if (stage === 1 || stages.includes(stage - 1)) return [];
    const { name } = fields.find((f) => f.stage === stage)!;
    const message = `${displayedName(name)} of ${d.source} has no ${stageFieldName(stage - 1, '')} before it`;
    const help = `declare ${stageFieldName(stage - 1, '')}, or number the stages from 1 without a gap`;
    const place = d.place?.(name, 0, 1) ?? { origin: d.origin };
    return [{ code: 'BP121', severity: 'error', message, ...place, help }] as const;
  });
}

const judged = new Map<string, boolean>();

function isKnownProfile(name: string): boolean {
  let known = judged.get(name);
  if (known === undefined) {
    known = isRegisteredProfile(name);
    judged.set(name, known);
  }
  return known;
}

/** Profiles that nobody has registered and that name no stage, each once, with the nearest known one. */
export function unknownProfiles(d: Declaration, formulas: readonly Formula[]): readonly Diagnostic[] {
  if (formulas.length === 0) return [];
  const unknown = new Set<string>();
  for (const formula of formulas) {
    for (const p of profilesIn(formula)) if (!isKnownProfile(p) && stageOfProfile(d.source, p) === 0) unknown.add(p);
  }
  return [...unknown].sort(byteOrder).map((p) => {
    const help = `private profiles are named pkg.${d.source}.<name>; registered ones are listed in docs/inputs.md`;
    return {
      code: 'BP125',
      severity: 'note',
      message: `${d.source} uses the unregistered profile ${p}`,
      origin: d.origin,
      help,
    };
  });
}

/** Both notations describe a stage: they must say the same. */
export function disagreement(
  d: Declaration,
  stage: number,
  byField: Variant,
  byFormula: readonly Group[],
): readonly Diagnostic[] {
  const inField = new Set(byField.buildDepends.map(formatGroup));
  const inFormula = new Set(byFormula.map(formatGroup));
  const onlyField = [...inField].filter((g) => !inFormula.has(g)).sort(byteOrder);
  const onlyFormula = [...inFormula].filter((g) => !inField.has(g)).sort(byteOrder);
  if (onlyField.length + onlyFormula.length === 0) return [];
  const field = stageFieldName(stage, '');
  const differences = [
    ...onlyField.map((g) => `${field} has \`${g}\`, the formulas drop it`),
    ...onlyFormula.map((g) => `the formulas keep \`${g}\`, ${field} does not have it`),
  ];
  const message = `stage ${stage} of ${d.source} is declared twice, and differently: ${differences.join('; ')}`;
  const own = [...d.fields.keys()].find((name) => {
    const read = buildFieldOf(name);
    return typeof read === 'object' && read.stage === stage;
  });
  const place = d.place?.(own ?? '', 0, 1) ?? { origin: d.origin };
  const help = 'remove one of the two notations, or make them equal: bootplan annotate writes either';
  return [{ code: 'BP123', severity: 'error', message, ...place, help }];
}

/** What a stage leaves unsaid. */
export function silences(d: Declaration, v: Variant, full: Variant): readonly Diagnostic[] {
  const note = (code: Diagnostic['code'], message: string, help: string): Diagnostic => ({
    code,
    severity: 'note',
    message,
    origin: d.origin,
    help,
  });
  const silent = v.produces.length > 0 && v.produces.length === full.produces.length;
  const said = new Set(full.buildDepends.map(formatGroup));
  const same =
    v.buildDepends.length === full.buildDepends.length && v.buildDepends.every((g) => said.has(formatGroup(g)));
  return [
    ...(silent
      ? [
          note(
            'BP124',
            `stage ${v.stage} of ${d.source} drops no binary: all are taken to come out of it`,
            'say which it leaves out with Build-Profiles on their stanzas',
          ),
        ]
      : []),
    ...(same
      ? [
          note(
            'BP127',
            `stage ${v.stage} of ${d.source} needs all that the full build needs`,
            'a stage helps only when it drops a dependency',
          ),
        ]
      : []),
  ];
}
