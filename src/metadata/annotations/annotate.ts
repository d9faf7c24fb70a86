/** Stage declarations of control files in one notation or the other, and the edited files. */
import { hasErrors } from '../../diagnostics.ts';
import type { ByName, Diagnostic, Group, Result } from '../../model.ts';
import { unsigned } from '../control/control.ts';
import type { ControlText } from '../control/control-text.ts';
import { readStanzas } from '../control/deb822.ts';
import { buildFieldsOf } from '../control/sources.ts';
import type { Stanza } from '../control/stanza.ts';
import { type Declaration, readFields } from '../declared-stages/build-fields.ts';
import { stagedOf, toFormulas } from '../declared-stages/notation.ts';
import { fieldParts, partSuffix, stageFieldName, stageProfile } from '../declared-stages/stage-fields.ts';
import { variantsOf } from '../declared-stages/stages.ts';
import { newField, rewrittenValue } from '../relations/field-text.ts';
import { formatGroups } from '../relations/relation.ts';
import type { Annotations } from './annotations.ts';

/** How stages are declared: by fields of their own, or by formulas over profiles. */
export type Notation = 'fields' | 'profiles';

/** The declarations of one source in the notation asked for. */
export interface Annotated {
  readonly source: string;
  readonly file: string;
  readonly line: number;
  readonly stages: number;
  /** Fields as they should be, in the order to be written. */
  readonly fields: ByName<string>;
  /** Fields that say the same in the other notation, and go. */
  readonly removed: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Every source of one control file, .dsc or Sources index that declares a stage, and the file's text after the change.
 */
export function annotateText(
  file: ControlText,
  to: Notation,
  annotations: Annotations,
): Result<{ annotated: readonly Annotated[]; before: string; after: string }> {
  const problems: Diagnostic[] = [];
  const annotated: Annotated[] = [];
  const edits: Edit[] = [];
  const before = file.bytes.toString('latin1'); // one character per byte, so that offsets are those of the reader
  const text = unsigned({ ...file, bytes: Buffer.from(file.bytes) });
  const visit = (stanza: Stanza): void => {
    const name = stanza.get('source') ?? stanza.get('package');
    const isBinary = stanza.get('source') === undefined && !stanza.has('binary');
    if (name === undefined || isBinary) return;
    const fields = buildFieldsOf(stanza);
    const annotation = annotations.get(name);
    const declaration: Declaration = {
      source: name,
      fields: new Map([...fields, ...(annotation?.fields ?? [])]),
      architecture: 'amd64',
      profiles: [],
      noIndep: false,
      binaries: [],
      lenient: !stanza.has('version'),
      origin: stanza.origin,
      place: (field, offset, length) => stanza.place(field, offset, length),
    };
    // The variants themselves are not wanted here, but everything that is wrong with them is.
    problems.push(...variantsOf(declaration).diagnostics.filter((d) => d.severity !== 'note'));
    const staged = stagedOf(name, readFields(declaration, []), annotation?.droppable ?? new Set());
    if (staged.stages.size === 0) return;
    const wanted = new Map<string, readonly Group[]>();
    const isControl = !stanza.has('version');
    const put = (field: string, groups: readonly Group[], always: boolean) => {
      if (groups.length > 0 || always) wanted.set(field, groups);
    };
    const plain = to === 'profiles' ? toFormulas(name, staged) : staged.plain;
    for (const part of fieldParts) {
      const field = `Build-Depends${partSuffix(part)}`;
      put(field, plain.get(part)!, stanza.has(field.toLowerCase()));
    }
    if (to === 'fields') {
      for (const [stage, parts] of staged.stages) {
        for (const part of fieldParts)
          put(`${isControl ? 'XS-' : ''}${stageFieldName(stage, part)}`, parts.get(part)!, part === '');
      }
    } else problems.push(...privateNames(name, staged.stages.size, stanza));
    const lower = new Set([...wanted.keys()].map((k) => k.toLowerCase()));
    const removed = [...fields.keys()].filter((f) => !lower.has(f) && !f.startsWith('build-conflicts'));
    edits.push(...editsOf(stanza, before, text.bytes, wanted, removed));
    annotated.push({
      source: name,
      ...stanza.origin,
      stages: staged.stages.size,
      fields: Object.fromEntries([...wanted].map(([field, groups]) => [field, formatGroups(groups)])),
      removed,
    });
  };
  problems.push(...readStanzas(text, visit, { comments: true }));
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };
  const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');
  const value = { annotated, before: utf8(before), after: utf8(applied(before, edits)) };
  return { ok: true, value, diagnostics: problems };
}

/** Only stage1 and stage2 are registered profiles. */
function privateNames(source: string, stages: number, stanza: Stanza): readonly Diagnostic[] {
  if (stages <= 2) return [];
  const message = `stage 3 of ${source} has no registered profile: it is written ${stageProfile(source, 3)}`;
  const help = 'Debian has registered stage1 and stage2; more names are agreed on by its developers';
  return [{ code: 'BP126', severity: 'note', message, origin: stanza.origin, help }];
}

function editsOf(
  stanza: Stanza,
  raw: string,
  blanked: Buffer,
  wanted: ReadonlyMap<string, readonly Group[]>,
  removed: readonly string[],
): Edit[] {
  const edits: Edit[] = [];
  const lineStart = (at: number) => raw.lastIndexOf('\n', at - 1) + 1;
  const nextLine = (at: number) => raw.indexOf('\n', at) + 1 || raw.length + 1;
  let after = nextLine(stanza.span('source')?.end ?? stanza.span('package')!.end);
  const added: string[] = [];
  for (const [field, groups] of wanted) {
    const span = stanza.span(field.toLowerCase());
    if (span === undefined) added.push(newField(field, groups));
    else {
      const { start, end } = span;
      const value = rewrittenValue(raw.slice(start, end), blanked.toString('latin1', start, end), groups);
      edits.push({ start, end, text: value });
      after = nextLine(end);
    }
  }
  for (const field of removed) {
    const { start, end } = stanza.span(field)!;
    edits.push({ start: lineStart(start), end: nextLine(end), text: '' });
  }
  if (added.length > 0) edits.push({ start: after, end: after, text: added.join('') });
  return edits;
}

/** The text with every edit made; they do not overlap. Of two at one place the later one comes first. */
function applied(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: replacement } of edits
    .toReversed()
    .sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
