/** Where several rows of the table fit, the cause is named and not its consequence: by rank, whatever the order of the table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeConsole } from '../src/runner/boot/boot.ts';
import type { Cause } from '../src/runner/boot/causes/cause.ts';
import { explain, fit, pastOn } from '../src/runner/boot/causes/explain.ts';
import { rankOf } from '../src/runner/boot/causes/rank.ts';
import { causeTable } from '../src/runner/boot/causes/table.ts';
import { diagnose } from '../src/runner/boot/diagnosis.ts';
import { kinds } from './consoles/kinds.ts';
import { lines } from './consoles/lines.ts';
import { reported } from './consoles/reported.ts';
import { strange } from './consoles/strange.ts';

const consoles = [...lines, ...strange, ...reported, ...kinds].map(([console]) => console);
const { causes, last, end } = causeTable;
const rows = [...causes, ...last, ...end];

const explains = (text: string): Cause | undefined => {
  const isPast = pastOn(text);
  const found =
    explain(
      causes.filter((row) => !isPast(row)),
      text,
    ) ?? explain(causes.filter(isPast), text);
  return (found ?? explain(last, text) ?? explain(end, text))?.row;
};

/** For each row the shortest console that it explains. */
const shortest = new Map<Cause, string>();
for (const text of [...consoles].sort((a, b) => a.length - b.length)) {
  const row = explains(text);
  if (row !== undefined && !shortest.has(row)) shortest.set(row, text);
}

const reversed = { causes: causes.toReversed(), last: last.toReversed(), end: end.toReversed() };

test('every row explains a console of these tests', () => {
  expect(rows.filter((row) => !shortest.has(row)).map((row) => `${row.id}: ${row.shows.source}`)).toEqual([]);
});

test('the order of the table says nothing', () => {
  for (const text of consoles) expect(diagnose(text, {}, reversed), text).toEqual(diagnose(text));
  const order = fc.record({
    causes: fc.shuffledSubarray([...causes], { minLength: causes.length }),
    last: fc.shuffledSubarray([...last], { minLength: last.length }),
    end: fc.shuffledSubarray([...end], { minLength: end.length }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...consoles), order, (text, table) => {
      expect(diagnose(text, {}, table)).toEqual(diagnose(text));
    }),
  );
});

describe('boots that failed for others', () => {
  test.each([...reported, ...kinds])('%j is %s', (console, id, words, where) => {
    const { verdict, diagnosis } = judgeConsole(console);
    expect([verdict, diagnosis?.id, diagnosis?.where], diagnosis?.cause).toEqual(['fail', id, where]);
    expect(`${diagnosis!.cause}\n${diagnosis!.fix.join('\n')}`).toMatch(words);
  });
});

describe('of every two rows', () => {
  const pairs = [...shortest].map(([row, text]) => [row, text] as const);

  /** Who comes first on the console; both ways when asked for. */
  const orders = process.env.BOOTPLAN_PAIRS === 'both' ? [0, 1] : [0];

  test.each(pairs.map(([row, text], i) => [row.id, text, i] as const))(
    '%s %j and any other: the lower rank wins',
    (_, one, i) => {
      for (const [j, [, other]] of pairs.slice(i).entries())
        for (const order of orders) {
          const text = (j + order) % 2 === 0 ? `${one}\n${other}` : `${other}\n${one}`;
          const isPast = pastOn(text);
          const open = causes.filter((row) => !isPast(row)).flatMap((row) => fit(row, text) ?? []);
          if (open.length === 0) continue;
          const named = diagnose(text, {}, j % 2 === 0 ? causeTable : reversed);
          const least = Math.min(...open.map(({ row }) => rankOf(row)));
          const first = Math.min(...open.filter(({ row }) => rankOf(row) === least).map(({ line }) => line));
          const right = open.filter(({ row, line }) => rankOf(row) === least && line === first);
          expect(
            right.map(({ row }) => row.id),
            text,
          ).toContain(named.id);
          expect(named.evidence.line, text).toBe(first);
        }
    },
  );
});
