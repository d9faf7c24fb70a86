/** Sources indices and .dsc files: stanzas of sources (deb-src-control(5), dsc(5)). */
import type { Diagnostic } from '../../model.ts';
import { type SourceName, sourceName } from '../../names.ts';
import { buildFieldOf } from '../declared-stages/stage-fields.ts';
import type { Formula } from '../relations/formula.ts';
import { versionProblem } from '../relations/version.ts';
import type { ControlBinary } from './control-binary.ts';
import type { Place } from './control-text.ts';
import { placerOf, readLongText } from './deb822.ts';
import { nameProblem, otherKind } from './index-kind.ts';
import type { LongText } from './long-text.ts';
import { type PackageList, parsePackageList } from './package-list.ts';
import { missing } from './packages.ts';
import type { Stanza } from './stanza.ts';

/** A source as its index describes it, its dependency fields not yet parsed. */
export interface SourceRecord {
  readonly name: SourceName;
  readonly version: string;
  readonly maintainer: string;
  readonly uploaders: readonly string[];
  readonly architectures: readonly string[];
  readonly section: string;
  /** Names of the binaries it can build. */
  readonly binaries: readonly string[];
  /** Lower-case name -> value of every field that declares build dependencies. */
  readonly fields: ReadonlyMap<string, string>;
  /** What Package-List says, read when asked for, as long as the text is open; few sources have to be asked. */
  readonly listed: () => PackageList;
  /** Binary -> what debian/control says of it beyond that; for sources that one was laid over. */
  readonly controls?: ReadonlyMap<string, ControlBinary>;
  /** Whether empty members of dependency lists are passed over, as dpkg does in debian/control. */
  readonly lenient?: true;
  /** Binary -> the formula under which it is built; binaries that always are, are not here. */
  readonly formulas: ReadonlyMap<string, Formula>;
  /** Kept in the archive for Built-Using alone: not to be built. */
  readonly extraSourceOnly: boolean;
  /** The place of something in one of the fields, as long as the text is open. */
  readonly place: (field: string, offset: number, length: number) => Place;
  readonly origin: { readonly file: string; readonly line: number };
}

const words = /\s+/;

const nothing: readonly string[] = [];

/** A list between commas; empty members, as after the last comma, do not count. */
function listOf(field: string | undefined): readonly string[] {
  if (field === undefined) return nothing;
  if (!field.includes(',')) return field === '' ? nothing : [field];
  return field
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** An archive has a few dozen values of Architecture for all its sources. */
const architectureLists = new Map<string, readonly string[]>();

function architecturesOf(field: string): readonly string[] {
  const known = architectureLists.get(field) ?? field.split(words);
  architectureLists.set(field, known);
  return known;
}

/** `Some One <a@b>, "Other, Jr." <c@d>`: a comma separates only after an address. */
function people(field: string | undefined): readonly string[] {
  if (field === undefined || field === '') return nothing;
  return field.includes(',') ? field.split(/(?<=>)\s*,\s*/).filter((u) => u !== '') : [field];
}

function listedFormulas(list: string | undefined): ReadonlyMap<string, Formula> {
  if (!list?.includes('profile')) return none;
  const formulas = new Map<string, Formula>();
  for (const [name, { formula }] of parsePackageList(list)) if (formula !== undefined) formulas.set(name, formula);
  return formulas;
}

const none: ReadonlyMap<string, Formula> = new Map();

const noList = (): PackageList => new Map();

function listReader({ text }: Stanza, span: ReturnType<Stanza['span']>): () => PackageList {
  if (span === undefined) return noList;
  return () => parsePackageList(text.read(span.start, span.end).toString('utf8'));
}

const declaresBuilds = (name: string): boolean => buildFieldOf(name) !== undefined;

/** Every field of a stanza that declares build dependencies. */
export function buildFieldsOf(stanza: Stanza): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const name of stanza.namesThat(declaresBuilds)) fields.set(name, stanza.get(name)!);
  return fields;
}

/** Reads every stanza of a Sources index, or the one of a .dsc, where the name is in `Source`. */
export function readSources(text: LongText): { records: SourceRecord[]; problems: readonly Diagnostic[] } {
  const records: SourceRecord[] = [];
  const problems: Diagnostic[] = [];
  /** No stanza of the other kind of index was met; one is said, not all. */
  let isRight = true;
  const visit = (stanza: Stanza): void => {
    const name = stanza.few('package') ?? stanza.few('source');
    const version = stanza.few('version');
    if (name === undefined || version === undefined) {
      problems.push(missing(stanza, name === undefined ? ['package', 'version'] : ['version']));
      return;
    }
    if (isRight) {
      const other = otherKind(stanza, 'Sources');
      if (other !== undefined) problems.push(other);
      isRight = other === undefined;
    }
    const odd = nameProblem(stanza, stanza.has('package') ? 'package' : 'source', name);
    if (odd !== undefined) problems.push(odd);
    const bad = versionProblem(version);
    if (bad !== undefined) {
      const message = `"${version}" of ${name} is not a version: ${bad}`;
      const help = 'a version reads [epoch:]upstream[-revision], for example 1.2.3-1';
      problems.push({ code: 'BP111', severity: 'error', message, ...stanza.place('version', 0, version.length), help });
    }
    const fields = buildFieldsOf(stanza);
    records.push({
      name: sourceName(name),
      version,
      maintainer: stanza.few('maintainer') ?? '',
      uploaders: people(stanza.get('uploaders')),
      architectures: architecturesOf(stanza.few('architecture') ?? 'any'),
      section: stanza.few('section') ?? '',
      binaries: listOf(stanza.get('binary')),
      fields,
      listed: listReader(stanza, stanza.span('package-list')),
      formulas: listedFormulas(stanza.get('package-list')),
      extraSourceOnly: stanza.get('extra-source-only') === 'yes',
      place: placerOf(stanza),
      origin: stanza.origin,
    });
  };
  const forget = (): void => {
    records.length = 0;
    problems.length = 0;
  };
  for (const problem of readLongText(text, visit, forget)) problems.push(problem);
  return { records, problems };
}
