/**
 * Debian control data (deb822(5)): stanzas of fields. One pass over the bytes; nothing is decoded that nobody asks for,
 * and every problem is reported, with its place. O(bytes) time; memory for the largest stanza only.
 */
import { isUtf8 } from 'node:buffer';
import type { Diagnostic, Group, Origin } from '../../model.ts';
import { groupsIn, type RelationProblem } from '../relations/relation.ts';
import { FieldNames, sharedText } from '../relations/repeated-text.ts';
import { type ControlText, lineOf, type Place, textProblem } from './control-text.ts';

const noGroups: readonly Group[] = [];

/**
 * One paragraph of fields, valid only while it is visited: the next one takes its place. Field names are given in lower
 * case. Look-ups are linear in the number of fields.
 */
export class Stanza {
  private readonly text: ControlText;
  private readonly fieldNames: string[] = [];
  /** Start and end of the value in the text, and the line of the name; three numbers per field. */
  private spans = new Int32Array(3 * 64);
  private count = 0;

  constructor(text: ControlText) {
    this.text = text;
  }

  /** For the reader: begins the next stanza. */
  clear(): void {
    this.count = 0;
  }

  /** For the reader: adds a field. */
  add(name: string, start: number, end: number, line: number): void {
    if (3 * this.count === this.spans.length) {
      const larger = new Int32Array(2 * this.spans.length);
      larger.set(this.spans);
      this.spans = larger;
    }
    this.fieldNames[this.count] = name;
    const at = 3 * this.count++;
    this.spans[at] = start;
    this.spans[at + 1] = end;
    this.spans[at + 2] = line;
  }

  /** For the reader: the last field goes on until there. */
  extend(end: number): void {
    this.spans[3 * this.count - 2] = end;
  }

  get names(): readonly string[] {
    return this.fieldNames.slice(0, this.count);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** The line of its first field. */
  get line(): number {
    return this.spans[2]!;
  }

  get origin(): Origin {
    return { file: this.text.file, line: this.line };
  }

  private indexOf(name: string): number {
    for (let i = 0; i < this.count; i++) if (this.fieldNames[i] === name) return i;
    return -1;
  }

  has(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  /** The value without the white space around it, line ends kept; undefined when the field is not there. */
  get(name: string): string | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : this.text.bytes.toString('utf8', this.spans[3 * i], this.spans[3 * i + 1]);
  }

  /** The same for a field whose values are often repeated, there or in other fields: equal values are one string. */
  few(name: string): string | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : sharedText(this.text.bytes, this.spans[3 * i]!, this.spans[3 * i + 1]!);
  }

  /** The value as a dependency field, empty when it is not there; its problems are added to the list. */
  groups(name: string, problems: RelationProblem[]): readonly Group[] {
    const i = this.indexOf(name);
    return i < 0 ? noGroups : groupsIn(this.text.bytes, this.spans[3 * i]!, this.spans[3 * i + 1]!, problems);
  }

  /** Where a field's value starts and ends in the text, in bytes. */
  span(name: string): { readonly start: number; readonly end: number } | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : { start: this.spans[3 * i]!, end: this.spans[3 * i + 1]! };
  }

  /** The line where a field stands; 0 when it is not there. */
  lineOf(name: string): number {
    const i = this.indexOf(name);
    return i < 0 ? 0 : this.spans[3 * i + 2]!;
  }

  /** The place of `length` characters at `offset` in a field's value, or of the first field when it is not there. */
  place(name: string, offset = 0, length = 1): Place {
    return placeInSpan(this.text, this.spans, 3 * Math.max(0, this.indexOf(name)), offset, length);
  }

  /** `place` for some fields, to be asked when the stanza is gone. It keeps the text alive. */
  placer(names: Iterable<string>): (name: string, offset: number, length: number) => Place {
    const { text } = this;
    const kept = ['', ...names];
    const spans: number[] = [];
    for (const name of kept) {
      const at = 3 * Math.max(0, this.indexOf(name));
      spans.push(this.spans[at]!, this.spans[at + 1]!, this.spans[at + 2]!);
    }
    return (name, offset, length) => placeInSpan(text, spans, 3 * Math.max(0, kept.indexOf(name)), offset, length);
  }
}

/** Where some characters of a value are; `spans[at]` to `spans[at + 2]` are its start, its end and its line. */
function placeInSpan(text: ControlText, spans: ArrayLike<number>, at: number, offset: number, length: number): Place {
  const [start, end, line] = [spans[at]!, spans[at + 1]!, spans[at + 2]!];
  const before = text.bytes.toString('utf8', start, end).slice(0, offset);
  return lineOf(text, start + Buffer.byteLength(before), line + (before.match(/\n/g)?.length ?? 0), length);
}

export interface ReadOptions {
  /** Lines that begin with `#` are comments, and fields may be empty, as in debian/control. */
  readonly comments?: boolean;
}

/** A file that is no control data at all need not be listed line by line. */
const most = 50;

const [tab, newline, carriage, space, hash, colon, dash] = [9, 10, 13, 32, 35, 58, 45];

/** Calls `visit` for every stanza, in the order of the file; returns what is wrong with the text. */
export function readStanzas(
  text: ControlText,
  visit: (stanza: Stanza) => void,
  options: ReadOptions = {},
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  let left = 0;
  if (!isUtf8(text.bytes) || text.bytes.includes(0) || text.bytes[0] === 0xef) {
    const fatal = textProblem(text);
    if (fatal) return [fatal];
  }
  const { bytes } = text;
  const stanza = new Stanza(text);
  const fieldNames = new FieldNames(bytes);
  const complain = (
    code: Diagnostic['code'],
    message: string,
    help: string,
    at: number,
    line: number,
    length: number,
  ) => {
    if (problems.length < most)
      problems.push({ code, severity: 'error', message, ...lineOf(text, at, line, length), help });
    else left++;
  };
  const finish = () => {
    if (!stanza.isEmpty) visit(stanza);
    stanza.clear();
  };

  const n = bytes.length;
  let line = 0;
  for (let at = 0, next = 0; at < n; at = next) {
    line++;
    const first = bytes[at]!;
    let nameEnd = at;
    let name = '';
    if (first !== newline && first !== space && first !== tab && first !== hash) {
      name = fieldNames.at(at);
      nameEnd = fieldNames.end;
    }
    let end = bytes.indexOf(newline, nameEnd);
    if (end < 0) end = n;
    next = end + 1;
    let colonAt = nameEnd;
    while (bytes[colonAt] === space || bytes[colonAt] === tab) colonAt++;
    while (end > at && (bytes[end - 1] === space || bytes[end - 1] === tab || bytes[end - 1] === carriage)) end--;
    if (first === hash && options.comments) {
      bytes.fill(space, at, end); // keeps every offset; white space does not count in the fields that are read
    } else if (end === at) {
      finish();
    } else if (first === space || first === tab) {
      if (!stanza.isEmpty) stanza.extend(end);
      else
        complain(
          'BP141',
          'a continuation line without a field before it',
          'a stanza begins with `Package:` or `Source:`',
          at,
          line,
          end - at,
        );
    } else if (bytes[colonAt] !== colon || nameEnd === at || first === hash || first === dash) {
      complain(
        'BP142',
        'neither a field nor a continuation of one',
        'a line reads `Field: value`, or begins with a space',
        at,
        line,
        Math.min(end - at, 80),
      );
    } else {
      const firstLine = stanza.lineOf(name);
      if (firstLine > 0) {
        complain(
          'BP143',
          `the field ${bytes.toString('utf8', at, nameEnd)} is there twice, first in line ${firstLine}`,
          'keep one of the two',
          at,
          line,
          nameEnd - at,
        );
      }
      let start = colonAt + 1;
      while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
      stanza.add(name, start, Math.max(start, end), line);
    }
  }
  finish();
  if (left > 0) {
    const message = `and ${left} more lines like these`;
    problems.push({ code: 'BP142', severity: 'error', message, origin: { file: text.file, line } });
  }
  return problems;
}
