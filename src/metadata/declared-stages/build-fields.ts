/** The build-dependency fields of one source, parsed, with every problem in their names and values. */
import type { Diagnostic, Group, Origin } from '../../model.ts';
import type { Formula } from '../relations/formula.ts';
import { isConditional } from '../relations/reduce.ts';
import { formatGroup, parseGroups } from '../relations/relation.ts';
import { type BuildField, buildFieldOf, displayedName, stageFieldName } from './stage-fields.ts';

/** What annotations add to what a source asks for. */
export interface Adds {
  readonly always: readonly Group[];
  readonly inStage: ReadonlyMap<number, readonly Group[]>;
}

/** Everything that is declared about how to build one source. */
export interface Declaration {
  readonly source: string;
  /** Lower-case field name -> value. Fields that declare no build dependencies are ignored. */
  readonly fields: ReadonlyMap<string, string>;
  readonly architecture: string;
  /** Profiles active in every variant. */
  readonly profiles: readonly string[];
  /** Leave out the -Indep fields. */
  readonly noIndep: boolean;
  /** Leave out the -Arch fields. */
  readonly noArch?: boolean;
  /** Tell the builds -B and -A apart, besides the whole. */
  readonly byPart?: boolean;
  /** Pass over empty members of a list, as dpkg does in debian/control. */
  readonly lenient?: boolean;
  /** Stage -> the profiles active in it, instead of the default. */
  readonly annotation?: ReadonlyMap<number, readonly string[]> | undefined;
  /** Names that every stage build can do without; with no stage declared, they make stage 1. */
  readonly droppable?: ReadonlySet<string> | undefined;
  /** Stage -> names that this one alone can do without. */
  readonly drops?: ReadonlyMap<number, ReadonlySet<string>> | undefined;
  /** Stage -> binaries, by index, that this one does not yield. */
  readonly omits?: ReadonlyMap<number, ReadonlySet<number>> | undefined;
  /** What every build needs beside the fields, and (by stage) one stage. */
  readonly adds?: Adds | undefined;
  /** What the full build may yield, and under which profiles. */
  readonly binaries: readonly { readonly index: number; readonly formula?: Formula | undefined }[];
  readonly origin: Origin;
  /** The place of some characters of a field's value, when the reader knows better than `origin`. */
  readonly place?: (field: string, offset: number, length: number) => Pick<Diagnostic, 'origin' | 'excerpt'>;
}

/** One field, read. */
export interface ReadField extends BuildField {
  readonly name: string;
  readonly groups: readonly Group[];
  /** Those of them in which an alternative has an architecture list or a formula. */
  readonly conditional: readonly Group[];
}

const placeOf = (d: Declaration, field: string, offset: number, length: number) =>
  d.place?.(field, offset, length) ?? { origin: d.origin };

/** A field that says the same thing by another name. */
const twinOf = (read: readonly ReadField[], { kind, stage, part }: BuildField): ReadField | undefined =>
  read.find((f) => f.kind === kind && f.stage === stage && f.part === part);

const none: readonly Group[] = [];

const conditionalOf = (groups: readonly Group[]): readonly Group[] =>
  groups.some(isConditional) ? groups.filter(isConditional) : none;

/** Parses every build field, with the problems of names and values. */
export function readFields(d: Declaration, problems: Diagnostic[]): readonly ReadField[] {
  const read: ReadField[] = [];
  for (const [name, value] of d.fields) {
    const field = buildFieldOf(name);
    if (field === undefined) continue;
    if (typeof field === 'string') {
      const help = 'a stage field is named Build-Depends-Bootstrap1, -Bootstrap2, ...';
      problems.push({
        code: 'BP120',
        severity: 'error',
        message: `${displayedName(name)}: ${field}`,
        ...placeOf(d, name, 0, 1),
        help,
      });
      continue;
    }
    if (field.alias) {
      const help = `the field's name is ${stageFieldName(field.stage, field.part)}`;
      const message = `${displayedName(name)} of ${d.source} is an older name, read as stage ${field.stage}`;
      problems.push({ code: 'BP122', severity: 'warning', message, ...placeOf(d, name, 0, 1), help });
    }
    const twin = twinOf(read, field);
    if (twin) {
      const message = `${displayedName(name)} and ${displayedName(twin.name)} of ${d.source} declare the same thing`;
      problems.push({
        code: 'BP129',
        severity: 'error',
        message,
        ...placeOf(d, name, 0, 1),
        help: 'keep one of the two',
      });
    }
    const { groups, problems: wrong } = parseGroups(value, d.lenient);
    for (const p of wrong) {
      const help = 'a dependency reads `name (>= version) [architectures] <profiles> | other, next`';
      const message = `${displayedName(name)} of ${d.source}: ${p.message}`;
      problems.push({ code: 'BP110', severity: 'error', message, ...placeOf(d, name, p.offset, p.length), help });
    }
    const choice = field.kind === 'conflicts' ? groups.find((g) => g.length > 1) : undefined;
    if (choice) {
      const message = `${displayedName(name)} of ${d.source}: alternatives have no meaning in a conflict: ${formatGroup(choice)}`;
      const place = placeOf(d, name, Math.max(0, value.indexOf('|')), 1);
      problems.push({ code: 'BP128', severity: 'error', message, ...place, help: 'separate them with commas' });
    }
    const { kind, part, stage, alias } = field;
    read.push({ kind, part, stage, alias, name, groups, conditional: conditionalOf(groups) });
  }
  return read;
}
