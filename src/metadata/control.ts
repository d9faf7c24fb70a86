/** debian/control and .dsc files, signed or not, laid over what an index says. */
import type { Diagnostic } from '../model.ts';
import type { ControlText, Place } from './control-text.ts';
import { readStanzas, type Stanza } from './deb822.ts';
import { type Formula, formulaProblem, parseFormula } from './formula.ts';
import { missing } from './packages.ts';
import { buildFieldsOf, readSources, type SourceRecord } from './sources.ts';

export interface ControlOverlay {
  readonly name: string;
  /** From a .dsc: the whole record, which may be new. Otherwise only what follows replaces the record's. */
  readonly source?: SourceRecord;
  readonly fields: ReadonlyMap<string, string>;
  /** Binary -> its Build-Profiles. */
  readonly formulas?: ReadonlyMap<string, Formula>;
  readonly place: (field: string, offset: number, length: number) => Place;
  readonly origin: { readonly file: string; readonly line: number };
}

const armor = /^-----BEGIN PGP SIGNED MESSAGE-----/m;

/**
 * The text without its OpenPGP clear-signature, whose lines become blank so that line numbers stay. The signature is
 * not checked: the metadata's author vouches for it by passing it.
 */
export function unsigned(text: ControlText): ControlText {
  const all = text.bytes.toString('latin1');
  if (!armor.test(all.slice(0, 200))) return text;
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const start = all.search(armor);
  const headers = /\r?\n[ \t]*\r?\n/.exec(all.slice(start));
  const body = start + (headers ? headers.index + headers[0].length : 0);
  const signature = all.indexOf('\n-----BEGIN PGP SIGNATURE-----', body);
  const end = signature < 0 ? all.length : signature;
  // A signed line that began with a dash is escaped with `- `.
  const signed = all.slice(body, end).replace(/^- (?=-)/gm, '  ');
  return { file: text.file, bytes: Buffer.from(blank(all.slice(0, body)) + signed + blank(all.slice(end)), 'latin1') };
}

/** Reads a debian/control or a .dsc: a .dsc has a version. */
export function readControl(file: ControlText): { overlay?: ControlOverlay; problems: readonly Diagnostic[] } {
  const text = unsigned(file);
  const stanzas: Stanza[] = [];
  const problems: Diagnostic[] = [...readStanzas(text, (s) => stanzas.push(s), { comments: true })];
  const [first, ...rest] = stanzas;
  if (!first) {
    if (problems.length > 0) return { problems };
    const help = 'give a debian/control, or a .dsc';
    return {
      problems: [
        { code: 'BP145', severity: 'error', message: 'no stanza in it', origin: { file: file.file, line: 1 }, help },
      ],
    };
  }
  const name = first.get('source');
  if (name === undefined) return { problems: [...problems, missing(first, ['source'])] };
  const place = (field: string, offset: number, length: number) => first.place(field, offset, length);
  const common = { name, fields: buildFieldsOf(first), place, origin: first.origin };
  if (first.has('version') && rest.length === 0) {
    const { records, problems: more } = readSources(text);
    return { overlay: { ...common, source: records[0]! }, problems: [...problems, ...more] };
  }
  const formulas = new Map<string, Formula>();
  for (const stanza of rest) {
    const binary = stanza.get('package');
    if (binary === undefined) {
      problems.push(missing(stanza, ['package']));
      continue;
    }
    const value = stanza.get('build-profiles') ?? '';
    const wrong = formulaProblem(value);
    if (wrong) {
      const at = stanza.place('build-profiles', wrong.offset, wrong.length);
      const help = 'a formula reads <!nocheck> <stage1 !cross>';
      problems.push({
        code: 'BP110',
        severity: 'error',
        message: `Build-Profiles of ${binary}: ${wrong.message}`,
        ...at,
        help,
      });
    }
    const formula = parseFormula(value);
    if (formula) formulas.set(binary, formula);
  }
  return { overlay: { ...common, formulas }, problems };
}
