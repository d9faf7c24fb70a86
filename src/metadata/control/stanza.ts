/**
 * One paragraph of control data (deb822(5)), over the bytes that it was read from: nothing is decoded that nobody asks
 * for.
 */
import type { Group, Origin } from '../../model.ts';
import { groupsIn, type RelationProblem } from '../relations/relation.ts';
import { sharedText } from '../relations/repeated-text.ts';
import { type ControlText, lineOf, type Place } from './control-text.ts';
import type { LongText } from './long-text.ts';

const noGroups: readonly Group[] = [];
const noNames: readonly string[] = [];

/**
 * One paragraph of fields, valid only while it is visited: the next one takes its place. Field names are given in lower
 * case. Look-ups are linear in the number of fields.
 */
export class Stanza {
  /** What it is a part of. */
  readonly text: LongText;
  /** The part of the text that is in memory, and where it begins; all other places count from there. */
  private bytes: Buffer = Buffer.alloc(0);
  private from = 0;
  private readonly fieldNames: string[] = [];
  /** Start and end of the value in the text, and the line of the name; three numbers per field. */
  private spans = new Int32Array(3 * 64);
  private count = 0;
  /** Where its first line begins, which may be a comment, and the number of that line. */
  start = 0;
  startLine = 1;

  constructor(text: LongText) {
    this.text = text;
  }

  /** For the reader: what follows is in these bytes, which begin there in the text. */
  within(bytes: Buffer, from: number): void {
    this.bytes = bytes;
    this.from = from;
  }

  /** For the reader: begins the next stanza, whose first line is there. */
  begin(start: number, line: number): void {
    this.count = 0;
    this.start = start;
    this.startLine = line;
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

  /** The names of the fields for which the question is answered with yes. */
  namesThat(hold: (name: string) => boolean): readonly string[] {
    let found = noNames;
    for (let i = 0; i < this.count; i++) {
      const name = this.fieldNames[i]!;
      if (hold(name)) found = [...found, name];
    }
    return found;
  }

  /** The bytes of the text that it takes, to the end of its last line. */
  get extent(): readonly [start: number, end: number] {
    const end = this.bytes.indexOf(10, this.spans[3 * this.count - 2]!);
    return [this.from + this.start, this.from + (end < 0 ? this.bytes.length : end)];
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
    return i < 0 ? undefined : this.bytes.toString('utf8', this.spans[3 * i], this.spans[3 * i + 1]);
  }

  /** The same for a field whose values are often repeated, there or in other fields: equal values are one string. */
  few(name: string): string | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : sharedText(this.bytes, this.spans[3 * i]!, this.spans[3 * i + 1]!);
  }

  /** The value as a dependency field, empty when it is not there; its problems are added to the list. */
  groups(name: string, problems: RelationProblem[]): readonly Group[] {
    const i = this.indexOf(name);
    return i < 0 ? noGroups : groupsIn(this.bytes, this.spans[3 * i]!, this.spans[3 * i + 1]!, problems);
  }

  /** Where a field's value starts and ends in the text, in bytes. */
  span(name: string): { readonly start: number; readonly end: number } | undefined {
    const i = this.indexOf(name);
    return i < 0 ? undefined : { start: this.from + this.spans[3 * i]!, end: this.from + this.spans[3 * i + 1]! };
  }

  /** The same in the bytes that it is read from, with the line of its name; of the first field when it is not there. */
  spanAndLine(name: string): readonly [start: number, end: number, line: number] {
    const at = 3 * Math.max(0, this.indexOf(name));
    return [this.spans[at]!, this.spans[at + 1]!, this.spans[at + 2]!];
  }

  /** The line where a field stands; 0 when it is not there. */
  lineOf(name: string): number {
    const i = this.indexOf(name);
    return i < 0 ? 0 : this.spans[3 * i + 2]!;
  }

  /** The place of `length` characters at `offset` in a field's value, or of the first field when it is not there. */
  place(name: string, offset = 0, length = 1): Place {
    return placeInSpan({ file: this.text.file, bytes: this.bytes }, this.spanAndLine(name), offset, length);
  }
}

/** Where some characters of a value are, by its start, its end and its line. */
export function placeInSpan(
  text: ControlText,
  [start, end, line]: readonly [number, number, number],
  offset: number,
  length: number,
): Place {
  const before = text.bytes.toString('utf8', start, end).slice(0, offset);
  return lineOf(text, start + Buffer.byteLength(before), line + (before.match(/\n/g)?.length ?? 0), length);
}
