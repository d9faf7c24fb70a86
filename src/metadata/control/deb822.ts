/**
 * Debian control data (deb822(5)): stanzas of fields. One pass over the bytes; nothing is decoded that nobody asks for,
 * and every problem is reported, with its place. O(bytes) time; memory for the largest stanza only.
 */
import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../../model.ts';
import { FieldNames } from '../relations/repeated-text.ts';
import { type ControlText, lineOf, type Place, textProblem } from './control-text.ts';
import { inMemory, type LongText, paragraphs } from './long-text.ts';
import { placeInSpan, Stanza } from './stanza.ts';

/** What distinguishes the kinds of control files. */
export interface ReadOptions {
  /** Lines that begin with `#` are comments, and fields may be empty, as in debian/control. */
  readonly comments?: boolean;
  /** The text is one stanza: an empty line in it is a comment that was blanked. */
  readonly single?: boolean;
}

/** A file that is no control data at all need not be listed line by line. */
const most = 50;

const [tab, newline, carriage, space, hash, colon, dash] = [9, 10, 13, 32, 35, 58, 45];

/** The engine's own search for a byte: a Buffer's has three more calls around it, which two million lines feel. */
const byteAt = Uint8Array.prototype.indexOf;

/** Whether these bytes are the text that control data is. */
const isText = (bytes: Buffer, at: number): boolean =>
  isUtf8(bytes) && !bytes.includes(0) && (at > 0 || bytes[0] !== 0xef);

/** Calls `visit` for every stanza, in the order of the file; returns what is wrong with the text. */
export function readStanzas(
  text: ControlText,
  visit: (stanza: Stanza) => void,
  options: ReadOptions = {},
): readonly Diagnostic[] {
  if (!isText(text.bytes, 0)) {
    const fatal = textProblem(text);
    if (fatal) return [fatal];
  }
  const reader = stanzaReader(inMemory(text), visit, options);
  reader.read(text.bytes, 0);
  return reader.finish();
}

/**
 * The same for a text that is not in memory whole.
 *
 * @param forget is called when the text turns out to be none: what was visited before does not count
 */
export function readLongText(
  text: LongText,
  visit: (stanza: Stanza) => void,
  forget: () => void,
): readonly Diagnostic[] {
  const reader = stanzaReader(text, visit, {});
  for (const { bytes, at } of paragraphs(text)) {
    const fatal = isText(bytes, at) ? undefined : textProblem({ file: text.file, bytes: text.read(0, text.size) });
    if (fatal) {
      forget();
      return [fatal];
    }
    reader.read(bytes, at);
  }
  return reader.finish();
}

interface StanzaReader {
  /** Reads what comes next: whole paragraphs, unless it is all there is. */
  read(bytes: Buffer, from: number): void;
  /** Everything was read: what is wrong with it. */
  finish(): readonly Diagnostic[];
}

function stanzaReader(text: LongText, visit: (stanza: Stanza) => void, options: ReadOptions): StanzaReader {
  const problems: Diagnostic[] = [];
  let left = 0;
  const stanza = new Stanza(text);
  const fieldNames = new FieldNames();
  const complain = (
    bytes: Buffer,
    code: Diagnostic['code'],
    message: string,
    help: string,
    at: number,
    line: number,
    length: number,
  ) => {
    if (problems.length < most)
      problems.push({
        code,
        severity: 'error',
        message,
        ...lineOf({ file: text.file, bytes }, at, line, length),
        help,
      });
    else left++;
  };
  /** The stanza in which a field of that number came last: whether one is there twice is asked two million times. */
  const lastSeen: number[] = [];
  let visited = 0;
  let next = 0;
  let line = 0;
  const finish = () => {
    if (!stanza.isEmpty) visit(stanza);
    stanza.begin(next, line + 1);
    visited++;
  };

  const read = (bytes: Buffer, from: number): void => {
    stanza.within(bytes, from);
    fieldNames.within(bytes);
    next = 0;
    stanza.begin(0, line + 1);
    const n = bytes.length;
    for (let at = 0; at < n; at = next) {
      line++;
      const first = bytes[at]!;
      let nameEnd = at;
      let name = '';
      if (first !== newline && first !== space && first !== tab && first !== hash) {
        name = fieldNames.at(at);
        nameEnd = fieldNames.end;
      }
      let end: number = byteAt.call(bytes, newline, nameEnd);
      if (end < 0) end = n;
      next = end + 1;
      let colonAt = nameEnd;
      while (bytes[colonAt] === space || bytes[colonAt] === tab) colonAt++;
      while (end > at && (bytes[end - 1] === space || bytes[end - 1] === tab || bytes[end - 1] === carriage)) end--;
      if (first === hash && options.comments) {
        bytes.fill(space, at, end); // keeps every offset; white space does not count in the fields that are read
      } else if (end === at) {
        if (!options.single) finish();
      } else if (first === space || first === tab) {
        if (!stanza.isEmpty) stanza.extend(end);
        else
          complain(
            bytes,
            'BP141',
            'a continuation line without a field before it',
            'a stanza begins with `Package:` or `Source:`',
            at,
            line,
            end - at,
          );
      } else if (bytes[colonAt] !== colon || nameEnd === at || first === hash || first === dash) {
        complain(
          bytes,
          'BP142',
          'neither a field nor a continuation of one',
          'a line reads `Field: value`, or begins with a space',
          at,
          line,
          Math.min(end - at, 80),
        );
      } else {
        const { number } = fieldNames;
        if (number < 0 || lastSeen[number] === visited) {
          const firstLine = stanza.lineOf(name);
          if (firstLine > 0)
            complain(
              bytes,
              'BP143',
              `the field ${bytes.toString('utf8', at, nameEnd)} is there twice, first in line ${firstLine}`,
              'keep one of the two',
              at,
              line,
              nameEnd - at,
            );
        }
        if (number >= 0) lastSeen[number] = visited;
        let start = colonAt + 1;
        while (start < end && (bytes[start] === space || bytes[start] === tab)) start++;
        stanza.add(name, start, Math.max(start, end), line);
      }
    }
  };
  const end = (): readonly Diagnostic[] => {
    finish();
    if (left > 0) {
      const message = `and ${left} more lines like these`;
      problems.push({ code: 'BP142', severity: 'error', message, origin: { file: text.file, line } });
    }
    return problems;
  };
  return { read, finish: end };
}

/**
 * The place of anything in the fields of a stanza, to be asked when that is gone, as long as its text is open: then it
 * is read again.
 */
export function placerOf(stanza: Stanza): (name: string, offset: number, length: number) => Place {
  const { text, startLine } = stanza;
  const [start, end] = stanza.extent;
  return (name, offset, length) => {
    const again = { file: text.file, bytes: text.read(start, end) };
    let place: Place | undefined;
    const visit = (stanza: Stanza) => {
      const [from, to, line] = stanza.spanAndLine(name);
      place = placeInSpan(again, [from, to, line + startLine - 1], offset, length);
    };
    readStanzas(again, visit, { single: true });
    return place!;
  };
}
