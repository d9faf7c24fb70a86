/**
 * Dependency fields: `a (>= 1) [linux-any] <!nocheck> | b:native, c`. Grammar: Debian policy 7.1, deb-src-control(5).
 * Equal texts give the same object, so that a whole archive holds each relation once and identity can serve as a key.
 */
import type { Group, Relation, VersionOperator } from '../model.ts';
import { formatFormula, scanFormula } from './formula.ts';
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
const operators: Readonly<Record<string, VersionOperator>> = { '<': '<=', '>': '>=' };
const architectureForm = /^!?[A-Za-z0-9][A-Za-z0-9-]*$/;

/** One alternative, or what is wrong with it (offsets into `text`). */
function parseRelation(text: string): Relation | RelationProblem {
  if (text.trim() === '') return { message: 'nothing on this side of |', offset: 0, length: 1 };
  head.lastIndex = 0;
  const match = head.exec(text);
  if (!match) return { message: `"${text.trim().slice(0, 40)}" does not begin with a package name`, ...span(text) };
  const relation: Mutable<Relation> = { name: detached(match[1]!) };
  if (match[2] !== undefined) relation.qualifier = detached(match[2]);
  if (match[3] !== undefined) {
    relation.op = operators[match[3]] ?? (match[3] as VersionOperator);
    relation.version = detached(match[4]!);
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
    relation.architectures = list.map(detached);
  }
  const end = match[0].length;
  if (end === text.length) return relation;
  if (text[end] !== '<') return misplaced(text, end, match);
  const { formula, problem } = scanFormula(text, end);
  if (problem) return problem;
  relation.formula = formula.map((bracket) => bracket.map(detached));
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

/** A copy that does not keep the larger text it was cut from alive. */
const detached = (text: string): string => (text.length < 13 ? text : Buffer.from(text).toString());

const knownRelations = new Map<string, Relation>();
const knownGroups = new Map<string, Group>();

/** One group's text, without the commas around it. */
function groupOf(text: string, problems: RelationProblem[], offset: number): Group | undefined {
  const group: Relation[] = [];
  let sound = true;
  for (let start = 0; start <= text.length; ) {
    const bar = text.indexOf('|', start);
    const end = bar < 0 ? text.length : bar;
    const part = text.slice(start, end);
    const key = part.trim();
    let relation = knownRelations.get(key);
    if (relation === undefined) {
      const parsed = parseRelation(part);
      if ('message' in parsed) {
        problems.push({ ...parsed, offset: offset + start + parsed.offset });
        sound = false;
      } else {
        relation = parsed;
        knownRelations.set(detached(key), relation);
      }
    }
    if (relation !== undefined) group.push(relation);
    start = end + 1;
  }
  return sound ? group : undefined;
}

const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

function skipSpace(text: string, from: number, end: number): number {
  let i = from;
  while (i < end && isSpace(text.charCodeAt(i))) i++;
  return i;
}

function skipSpaceBack(text: string, from: number, end: number): number {
  let i = end;
  while (i > from && isSpace(text.charCodeAt(i - 1))) i--;
  return i;
}

/**
 * All groups of a field and all problems in it. White space, line ends and one trailing comma do not count. Linear in
 * the text; a group seen before costs one look-up.
 */
export function parseGroups(text: string): { groups: readonly Group[]; problems: readonly RelationProblem[] } {
  const groups: Group[] = [];
  const problems: RelationProblem[] = [];
  for (let start = 0; start <= text.length; ) {
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? text.length : comma;
    const [from, to] = [skipSpace(text, start, end), skipSpaceBack(text, start, end)];
    if (from < to) {
      const key = text.slice(from, to);
      let group = knownGroups.get(key);
      if (group === undefined) {
        group = groupOf(key, problems, from);
        if (group !== undefined) knownGroups.set(detached(key), group);
      }
      if (group !== undefined) groups.push(group);
    } else if (comma >= 0) problems.push({ message: 'nothing before this comma', offset: comma, length: 1 });
    start = end + 1;
  }
  return { groups, problems };
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

export const formatGroup = (group: Group): string => group.map(formatRelation).join(' | ');

export const formatGroups = (groups: readonly Group[]): string => groups.map(formatGroup).join(', ');

/** The one object that stands for a group put together by hand. */
export function interned(group: Group): Group {
  const text = formatGroup(group);
  const { groups, problems } = parseGroups(text);
  return problems.length === 0 && groups.length === 1 ? groups[0]! : group;
}
