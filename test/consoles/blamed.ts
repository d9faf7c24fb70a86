/**
 * Consoles from test/fixtures/608-consoles: each with the row that explains it, the part to blame, and words of the
 * answer.
 */
import { readFileSync } from 'node:fs';
import { root } from '../rig/program.ts';
import type { Blamed } from './console.ts';

const header = /^(\S+) \| ([^|\n]+) \| (.+?)(?: \/([a-z]+))?\n/;

function blamed(name: string): readonly Blamed[] {
  const text = readFileSync(`${root}/test/fixtures/608-consoles/${name}.txt`, 'utf8');
  const [, ...records] = text.split(/^=== /m);
  return records.map((record) => {
    const [head, id, where, words, flags] = header.exec(record)!;
    // Empty lines and comments after a console introduce the next.
    const console = record.slice(head.length).replace(/\n+(?:# .*\n+)*$/, '');
    return [console, id!, new RegExp(words!, flags), where!];
  });
}

export const reported = blamed('reported');
export const kinds = blamed('kinds');
export const further = blamed('further');
