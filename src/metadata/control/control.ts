/** debian/control and .dsc files, signed or not, laid over what an index says. */
import type { Diagnostic } from '../../model.ts';
import { type Formula, formulaProblem, parseFormula } from '../relations/formula.ts';
import { type ControlBinary, controlBinary } from './control-binary.ts';
import type { ControlText, Place } from './control-text.ts';
import { placerOf, readStanzas } from './deb822.ts';
import { inMemory } from './long-text.ts';
import { missing } from './packages.ts';
import { buildFieldsOf, readSources, type SourceRecord } from './sources.ts';
import type { Stanza } from './stanza.ts';

/** What one such file says of its source. */
export interface ControlOverlay {
  readonly name: string;
  /** From a .dsc: the whole record, which may be new. Otherwise only what follows replaces the record's. */
  readonly source?: SourceRecord;
  readonly fields: ReadonlyMap<string, string>;
  /** Binary -> its Build-Profiles. */
  readonly formulas?: ReadonlyMap<string, Formula>;
  /** Binary -> its stanza. */
  readonly controls?: ReadonlyMap<string, ControlBinary>;
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
  const problems: Diagnostic[] = [];
  const formulas = new Map<string, Formula>();
  const controls = new Map<string, ControlBinary>();
  let overlay: ControlOverlay | undefined;
  let isDsc = false;
  let first = true;
  const visit = (stanza: Stanza): void => {
    if (first) {
      first = false;
      const name = stanza.get('source');
      isDsc = stanza.has('version');
      if (name === undefined) problems.push(missing(stanza, ['source']));
      else {
        const fields = buildFieldsOf(stanza);
        overlay = {
          name,
          fields,
          formulas,
          controls,
          place: placerOf(stanza),
          origin: stanza.origin,
        };
      }
    } else {
      addFormula(stanza, formulas, problems);
      const binary = stanza.get('package');
      if (binary !== undefined) controls.set(binary, controlBinary(stanza));
    }
  };
  for (const problem of readStanzas(text, visit, { comments: true })) problems.push(problem);
  if (first && problems.length === 0) {
    const help = 'give a debian/control, or a .dsc';
    const origin = { file: file.file, line: 1 };
    problems.push({ code: 'BP145', severity: 'error', message: 'there is no stanza in it', origin, help });
  }
  if (!overlay) return { problems };
  if (!isDsc) return { overlay, problems };
  const { records, problems: more } = readSources(inMemory(text));
  const { formulas: _, controls: __, ...rest } = overlay;
  return { overlay: { ...rest, source: records[0]! }, problems: [...problems, ...more] };
}

/** The Build-Profiles of one binary of a debian/control. */
function addFormula(stanza: Stanza, formulas: Map<string, Formula>, problems: Diagnostic[]): void {
  const binary = stanza.get('package');
  if (binary === undefined) {
    problems.push(missing(stanza, ['package']));
    return;
  }
  const value = stanza.get('build-profiles') ?? '';
  const wrong = formulaProblem(value);
  if (wrong) {
    const place = stanza.place('build-profiles', wrong.offset, wrong.length);
    const message = `Build-Profiles of ${binary}: ${wrong.message}`;
    problems.push({
      code: 'BP110',
      severity: 'error',
      message,
      ...place,
      help: 'a formula reads <!nocheck> <stage1 !cross>',
    });
  }
  const formula = parseFormula(value);
  if (formula) formulas.set(binary, formula);
}
