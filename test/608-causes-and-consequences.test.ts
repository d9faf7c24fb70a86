/** Where several rows of the table fit, the cause is named and not its consequence: by rank, whatever the order of the table. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeConsole } from '../src/runner/boot/boot.ts';
import type { Cause } from '../src/runner/boot/causes/cause.ts';
import { explain, fit, pastOn } from '../src/runner/boot/causes/explain.ts';
import { rankOf } from '../src/runner/boot/causes/rank.ts';
import { causeTable } from '../src/runner/boot/causes/table.ts';
import { condensed } from '../src/runner/boot/condensed.ts';
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

describe('floods', () => {
  const flood = Array.from({ length: 500 }, (_, i) => `usb 1-1: device descriptor read, try ${i}`);

  test('what is said again and again hides nothing, before a cause or after it', () => {
    for (const text of consoles) {
      const { id, evidence } = diagnose(text);
      const before = diagnose([...flood, text].join('\n'));
      if (evidence.line === 0 || id === 'unknown') continue;
      expect(before, text).toMatchObject({ id, evidence: { ...evidence, line: evidence.line + flood.length } });
      const row = explains(text)!;
      if (!causes.includes(row) || /\\n|\[\\s\\S\]/.test(row.shows.source)) continue;
      const after = diagnose([text, ...flood].join('\n'));
      expect(after, text).toMatchObject({ id, evidence });
    }
  });

  test('a condensed console has its lines where they were, none long, and what is said the first times', () => {
    const line = fc.oneof(fc.constantFrom('a', 'b 1', 'b 2', 'x'.repeat(900)), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 400 }), (all) => {
        const text = all.map((said) => said.replaceAll('\n', ' ')).flatMap((said) => [said, said]);
        const kept = condensed(text.join('\n')).split('\n');
        expect(kept.length).toBe(Math.max(1, text.length));
        for (const [i, said] of kept.entries()) {
          expect(said.length).toBeLessThanOrEqual(405);
          if (i < 64 && (text[i] ?? '').length <= 400) expect(said).toBe(text[i] ?? '');
        }
      }),
    );
  });
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
