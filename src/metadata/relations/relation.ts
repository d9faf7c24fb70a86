/**
 * Dependency fields: `a (>= 1) [linux-any] <!nocheck> | b:native, c`. Grammar: Debian policy 7.1, deb-src-control(5).
 * Equal texts give the same object, so that a whole archive holds each relation once and identity can serve as a key.
 */
import { valueAt } from '../../by-name.ts';
import type { ByName, Group, Relation, VersionOperator } from '../../model.ts';
import { formatFormula, scanFormula } from './formula.ts';
import { ByBytes, sharedText } from './repeated-text.ts';
import { versionProblem } from './version.ts';

/** Something in a field that the grammar does not allow; `offset` and `length` count characters of the field. */
export interface RelationProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const head =
  /\s*([A-Za-z0-9][A-Za-z0-9+.-]*)(?::([A-Za-z0-9][A-Za-z0-9-]*))?(?:\s*\(\s*(<<|<=|=|>=|>>|<|>)\s*([^)\s]+)\s*\))?(?:\s*\[\s*([^\][]*)\])?\s*/y;
const operators: ByName<VersionOperator> = { '<': '<=', '>': '>=' };
const architectureForm = /^!?[A-Za-z0-9][A-Za-z0-9-]*$/;

/** One alternative, or what is wrong with it (offsets into `text`). */
function parseRelation(text: string): Mutable<Relation> | RelationProblem {
  if (text.trim() === '') return { message: 'nothing on this side of |', offset: 0, length: 1 };
  head.lastIndex = 0;
  const match = head.exec(text);
  if (!match) return { message: `"${text.trim().slice(0, 40)}" does not begin with a package name`, ...span(text) };
  // Every relation has every member: of objects of one form the engine reads a member without looking for it.
  const relation: Mutable<Relation> = {
    name: match[1]!,
    qualifier: match[2],
    op: undefined,
    version: undefined,
    architectures: undefined,
    formula: undefined,
  };
  if (match[3] !== undefined) {
    relation.op = valueAt(operators, match[3]) ?? (match[3] as VersionOperator);
    relation.version = match[4]!;
    const problem = versionProblem(relation.version);
    if (problem !== undefined) {
      const offset = text.indexOf(relation.version, text.indexOf('('));
      return { message: `"${relation.version}" is not a version: ${problem}`, offset, length: relation.version.length };
    }
  }
  if (match[5] !== undefined) {
    const list = match[5].split(/\s+/).filter((a) => a !== '');
    const wrong = list.find((a) => !architectureForm.test(a));
    if (wrong !== undefined)
      return { message: `"${wrong}" is not an architecture`, offset: text.indexOf(wrong), length: wrong.length };
    if (list.length === 0) return { message: 'nothing between [ and ]', offset: text.indexOf('['), length: 2 };
    relation.architectures = list;
  }
  const end = match[0].length;
  if (end === text.length) return relation;
  if (text[end] !== '<') return misplaced(text, end, match);
  const { formula, problem } = scanFormula(text, end);
  if (problem) return problem;
  relation.formula = formula;
  return relation;
}

function span(text: string): { offset: number; length: number } {
  const offset = text.length - text.trimStart().length;
  return { offset, length: Math.max(1, text.trim().length) };
}

/** Says what stands where the relation should have ended or gone on. */
function misplaced(text: string, at: number, match: RegExpExecArray): RelationProblem {
  const place = { offset: at, length: 1 };
  switch (text[at]) {
    case '(': {
      const close = text.indexOf(')', at);
      const length = (close < 0 ? text.length : close + 1) - at;
      if (match[3] !== undefined || match[5] !== undefined)
        return { message: 'a version (...) must come once, right after the name', offset: at, length };
      if (close < 0) return { message: 'the parenthesis ( is not closed', ...place };
      return { message: 'a version reads (>= 1.2), with one of << <= = >= >>', offset: at, length };
    }
    case '[':
      return match[5] !== undefined
        ? { message: 'a second architecture list [...]', ...place }
        : { message: 'the bracket [ is not closed', ...place };
    case ':':
      return { message: 'after `:` comes any, native or an architecture, without a space', ...place };
    default: {
      const word = /^[^\s,|]+/.exec(text.slice(at))?.[0] ?? text[at]!;
      return {
        message: `"${word.slice(0, 40)}" after ${match[1]}: a comma or | is missing`,
        offset: at,
        length: word.length,
      };
    }
  }
}

const knownRelations = new ByBytes<Relation>();
const knownGroups = new ByBytes<Group>();

const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && isSpace(bytes[i]!)) i++;
  return i;
}

function skipSpaceBack(bytes: Uint8Array, from: number, end: number): number {
  let i = end;
  while (i > from && isSpace(bytes[i - 1]!)) i--;
  return i;
}

function find(bytes: Uint8Array, byte: number, from: number, end: number): number {
  let i = from;
  while (i < end && bytes[i] !== byte) i++;
  return i;
}

const [comma, bar] = [44, 124];

/** One alternative, undefined when it is none. `field` is where the field begins. */
function relationIn(
  bytes: Buffer,
  from: number,
  to: number,
  field: number,
  problems: RelationProblem[],
): Relation | undefined {
  const [start, end] = [skipSpace(bytes, from, to), skipSpaceBack(bytes, from, to)];
  const known = start < end ? knownRelations.get(bytes, start, end) : undefined;
  if (known !== undefined) return known;
  const parsed = parseRelation(bytes.toString('utf8', from, to));
  if (!('message' in parsed)) {
    parsed.name = sharedText(bytes, start, start + parsed.name.length);
    return knownRelations.add(bytes, start, end, parsed);
  }
  problems.push({ ...parsed, offset: bytes.toString('utf8', field, from).length + parsed.offset });
  return undefined;
}

/** What stands between two commas, without the white space around it. */
function groupIn(
  bytes: Buffer,
  start: number,
  end: number,
  field: number,
  problems: RelationProblem[],
): Group | undefined {
  const known = knownGroups.get(bytes, start, end);
  if (known !== undefined) return known;
  const group: Relation[] = [];
  let sound = true;
  for (let from = start; from <= end; ) {
    const to = find(bytes, bar, from, end);
    const relation = relationIn(bytes, from, to, field, problems);
    if (relation !== undefined) group.push(relation);
    else sound = false;
    from = to + 1;
  }
  return sound ? knownGroups.add(bytes, start, end, group.slice()) : undefined;
}

const none: readonly Group[] = [];
/** Filled by one field after the other, so that each keeps an array of its own size. */
const gathered: Group[] = [];

/**
 * All groups of the field in [start, end); the problems in it are added to the list, their offsets in characters of the
 * field. White space, line ends and one trailing comma do not count. Linear in the text; a group seen before costs one
 * look-up and no string.
 */
export function groupsIn(
  bytes: Buffer,
  start: number,
  end: number,
  problems: RelationProblem[],
  lenient = false,
): readonly Group[] {
  let count = 0;
  for (let from = start; from <= end; ) {
    const to = find(bytes, comma, from, end);
    const [first, last] = [skipSpace(bytes, from, to), skipSpaceBack(bytes, from, to)];
    if (first < last) {
      const group = groupIn(bytes, first, last, start, problems);
      if (group !== undefined) gathered[count++] = group;
    } else if (to < end && !lenient) {
      const offset = bytes.toString('utf8', start, to).length;
      problems.push({ message: 'nothing before this comma', offset, length: 1 });
    }
    from = to + 1;
  }
  return count === 0 ? none : gathered.slice(0, count);
}

/** Holds one text after the other while it is parsed. */
let encoded = Buffer.allocUnsafeSlow(1 << 14);

/** The same for a text. @param lenient passes over what is empty between commas */
export function parseGroups(
  text: string,
  lenient = false,
): { groups: readonly Group[]; problems: readonly RelationProblem[] } {
  if (3 * text.length > encoded.length) encoded = Buffer.allocUnsafeSlow(6 * text.length);
  const problems: RelationProblem[] = [];
  return { groups: groupsIn(encoded, 0, encoded.write(text), problems, lenient), problems };
}

/** As deb-src-control(5) writes it: name:qualifier (op version) [architectures] <formula>. */
export function formatRelation(r: Relation): string {
  let text = r.name;
  if (r.qualifier !== undefined) text += `:${r.qualifier}`;
  if (r.op !== undefined) text += ` (${r.op} ${r.version})`;
  if (r.architectures !== undefined) text += ` [${r.architectures.join(' ')}]`;
  if (r.formula !== undefined) text += ` ${formatFormula(r.formula)}`;
  return text;
}

/** A group as fields have it. */
export const formatGroup = (group: Group): string => group.map(formatRelation).join(' | ');

/** A field's value. */
export const formatGroups = (groups: readonly Group[]): string => groups.map(formatGroup).join(', ');

/** The one object that stands for a group put together by hand. */
export function interned(group: Group): Group {
  const text = formatGroup(group);
  const { groups, problems } = parseGroups(text);
  return problems.length === 0 && groups.length === 1 ? groups[0]! : group;
}
