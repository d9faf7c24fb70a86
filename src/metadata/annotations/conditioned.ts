/**
 * A debian/control with conditions on some of its build dependencies; all else keeps its spelling, its line and its
 * comments.
 */

import { hasErrors } from '../../diagnostics.ts';
import type { Diagnostic, Group, Result } from '../../model.ts';
import { unsigned } from '../control/control.ts';
import type { ControlText } from '../control/control-text.ts';
import { readStanzas } from '../control/deb822.ts';
import type { Stanza } from '../control/stanza.ts';
import { buildFieldOf } from '../declared-stages/stage-fields.ts';
import { rewrittenValue } from '../relations/field-text.ts';
import { formatGroup, parseGroups } from '../relations/relation.ts';

/**
 * A group as a variant has it, without architecture lists and formulas, and the profile without which it is asked for.
 */
export interface Condition {
  readonly group: string;
  readonly profile: string;
}

/** Binary -> the profile under which it is not built. */
export type Absent = ReadonlyMap<string, string>;

const bare = (group: Group): string => formatGroup(group.map(({ formula: _, architectures: __, ...rest }) => rest));

/** The condition joins each bracket of each alternative: another one would be an OR. */
const conditioned = (group: Group, profile: string): Group =>
  group.map((r) => ({ ...r, formula: (r.formula ?? [[]]).map((bracket) => [...bracket, `!${profile}`]) }));

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A binary paragraph that says by Build-Profiles when it is not built; undefined when it says so already. */
function unbuiltUnder(stanza: Stanza, text: string, absent: Absent): Edit | undefined {
  const profile = absent.get(stanza.get('package') ?? '');
  if (profile === undefined) return undefined;
  const own = stanza.span('build-profiles');
  if (own !== undefined) {
    const value = text.slice(own.start, own.end);
    if (value.includes(`!${profile}`)) return undefined;
    return { ...own, text: value.replaceAll(/\s*>/g, ` !${profile}>`) };
  }
  const { end } = stanza.span('architecture') ?? stanza.span('package')!;
  const at = text[end - 1] === '\n' ? end - 1 : end;
  return { start: at, end: at, text: `\nBuild-Profiles: <!${profile}>` };
}

/** The text after the change, and the groups that no field of the source has. */
export function conditionText(
  file: ControlText,
  conditions: readonly Condition[],
  absent: Absent = new Map(),
): Result<{ readonly before: string; readonly after: string; readonly missing: readonly string[] }> {
  const profileOf = new Map(conditions.map((c) => [c.group, c.profile]));
  const missing = new Set(profileOf.keys());
  const before = file.bytes.toString('latin1');
  const text = unsigned({ ...file, bytes: Buffer.from(file.bytes) });
  const edits: Edit[] = [];
  const problems: Diagnostic[] = [];
  const visit = (stanza: Stanza): void => {
    if (!stanza.has('source')) {
      const edit = unbuiltUnder(stanza, before, absent);
      if (edit !== undefined) edits.push(edit);
      return;
    }
    for (const name of stanza.names) {
      const field = buildFieldOf(name);
      if (typeof field !== 'object' || field.kind !== 'depends' || field.stage !== 0) continue;
      const span = stanza.span(name)!;
      const { groups } = parseGroups(stanza.get(name)!, true);
      let changed = false;
      const wanted = groups.map((g) => {
        const profile = profileOf.get(bare(g));
        if (profile === undefined) return g;
        missing.delete(bare(g));
        changed = true;
        return conditioned(g, profile);
      });
      if (!changed) continue;
      const blanked = text.bytes.toString('latin1', span.start, span.end);
      edits.push({ ...span, text: rewrittenValue(before.slice(span.start, span.end), blanked, wanted) });
    }
  };
  problems.push(...readStanzas(text, visit, { comments: true }));
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };
  let after = '';
  let at = 0;
  for (const e of edits.sort((a, b) => a.start - b.start)) {
    after += before.slice(at, e.start) + e.text;
    at = e.end;
  }
  after += before.slice(at);
  const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');
  return {
    ok: true,
    value: { before: utf8(before), after: utf8(after), missing: [...missing] },
    diagnostics: problems,
  };
}
