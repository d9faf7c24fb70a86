/** Where several rows of the table fit, the cause is named and not its consequence: by rank, whatever the order of the table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cause } from '../src/runner/boot/causes/cause.ts';
import { explain, fit, pastOn } from '../src/runner/boot/causes/explain.ts';
import { rankOf } from '../src/runner/boot/causes/rank.ts';
import { causeTable } from '../src/runner/boot/causes/table.ts';
import { diagnose } from '../src/runner/boot/diagnosis.ts';
import { lines } from './consoles/lines.ts';
import { strange } from './consoles/strange.ts';

const consoles = [...lines, ...strange].map(([console]) => console);
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

describe('of every two rows', () => {
  const pairs = [...shortest].map(([row, text]) => [row, text] as const);

  test.each(pairs.map(([row, text]) => [row.id, text] as const))(
    '%s %j and any other: the lower rank wins',
    (_, one) => {
      for (const [, other] of pairs)
        for (const text of [`${one}\n${other}`, `${other}\n${one}`]) {
          const isPast = pastOn(text);
          const open = causes.filter((row) => !isPast(row));
          const named = explain(open, text);
          for (const found of open.flatMap((row) => fit(row, text) ?? [])) {
            const [of, than] = [rankOf(named!.row), rankOf(found.row)];
            expect(of < than || (of === than && named!.line <= found.line), text).toBe(true);
          }
          if (named !== undefined) expect(diagnose(text).id, text).toBe(named.row.id);
          expect(diagnose(text, {}, reversed), text).toEqual(diagnose(text));
        }
    },
  );
});
