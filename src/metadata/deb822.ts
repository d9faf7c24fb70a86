/**
 * Debian control data (deb822(5)): stanzas of fields. One pass over the bytes; nothing is decoded that nobody asks for,
 * and every problem is reported, with its place. O(bytes) time; memory for the largest stanza only.
 */
import { isUtf8 } from 'node:buffer';
import type { Diagnostic, Origin } from '../model.ts';
import { type ControlText, lineOf, type Place, textProblem } from './control-text.ts';
import { FieldNames } from './field-names.ts';

/** One paragraph of fields. It is valid as long as its text is kept; field names are given in lower case. */
export class Stanza {
  readonly text: ControlText;
  /** The line of its first field. */
  readonly line: number;
  readonly names: readonly string[];
  private readonly starts: readonly number[];
  private readonly ends: readonly number[];
  private readonly lines: readonly number[];

  constructor(text: ControlText, names: string[], starts: number[], ends: number[], lines: number[]) {
    this.text = text;
    this.line = lines[0] ?? 1;
    this.names = names;
    this.starts = starts;
    this.ends = ends;
    this.lines = lines;
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** The value without the white space around it, line ends kept; undefined when the field is not there. */
  get(name: string): string | undefined {
    const i = this.names.indexOf(name);
    return i < 0 ? undefined : this.text.bytes.toString('utf8', this.starts[i], this.ends[i]);
  }

  /** The place of `length` characters at `offset` in a field's value, or of the field's start. */
  place(name: string, offset = 0, length = 1): Place {
    const i = Math.max(0, this.names.indexOf(name));
    const before = this.text.bytes.toString('utf8', this.starts[i], this.ends[i]).slice(0, offset);
    const at = this.starts[i]! + Buffer.byteLength(before);
    const line = this.lines[i]! + (before.match(/\n/g)?.length ?? 0);
    return lineOf(this.text, at, line, length);
  }

  get origin(): Origin {
    return { file: this.text.file, line: this.line };
  }
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
  if (!isUtf8(text.bytes) || text.bytes.includes(0)) {
    const fatal = textProblem(text);
    if (fatal) return [fatal];
  }
  const { bytes } = text;
  const fieldNames = new FieldNames(bytes);
  let [names, starts, ends, lines]: [string[], number[], number[], number[]] = [[], [], [], []];
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
    if (names.length === 0) return;
    visit(new Stanza(text, names, starts, ends, lines));
    [names, starts, ends, lines] = [[], [], [], []];
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
    while (end > at && (bytes[end - 1] === space || bytes[end - 1] === tab || bytes[end - 1] === carriage)) end--;
    if (first === hash && options.comments) {
      bytes.fill(space, at, end); // keeps every offset; white space does not count in the fields that are read
    } else if (end === at) {
      finish();
    } else if (first === space || first === tab) {
      if (names.length > 0) ends[ends.length - 1] = end;
      else
        complain(
          'BP141',
          'a continuation line without a field before it',
          'a stanza begins with `Package:` or `Source:`',
          at,
          line,
          end - at,
        );
    } else if (bytes[nameEnd] !== colon || nameEnd === at || first === hash || first === dash) {
      complain(
        'BP142',
        'neither a field nor a continuation of one',
        'a line reads `Field: value`, or begins with a space',
        at,
        line,
        Math.min(end - at, 80),
      );
    } else {
      if (names.includes(name)) {
        const firstLine = lines[names.indexOf(name)];
        complain(
          'BP143',
          `the field ${bytes.toString('utf8', at, nameEnd)} is there twice, first in line ${firstLine}`,
          'keep one of the two',
          at,
          line,
          nameEnd - at,
        );
      }
      let start = nameEnd + 1;
      while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
      names.push(name);
      starts.push(start);
      ends.push(end);
      lines.push(line);
    }
  }
  finish();
  if (left > 0) {
    const message = `and ${left} more lines like these`;
    problems.push({ code: 'BP142', severity: 'error', message, origin: { file: text.file, line } });
  }
  return problems;
}
