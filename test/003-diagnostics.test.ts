/** Codes of diagnostics: each in the table, with one severity, used, and explained in docs/diagnostics.md. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnosticCodes } from '../src/diagnostic-codes/codes.ts';
import { diagnosticsPage } from '../src/reports/handbook/diagnostics-page.ts';
import { root } from './rig/program.ts';

const sources = globSync('src/**/*.ts', { cwd: root, exclude: ['src/diagnostic-codes/**'] }).sort();
const texts = sources.map((file) => readFileSync(join(root, file), 'utf8'));

test('every code of the table is told somewhere, and the type allows no other', () => {
  const told = new Set(texts.flatMap((text) => text.match(/\bBP\d{3}\b/g) ?? []));
  expect([...told].sort()).toEqual(Object.keys(diagnosticCodes).sort());
});

test('what is told has the severity that the table says', () => {
  const wrong = texts.flatMap((text, i) =>
    [...text.matchAll(/'(BP\d{3})',\s*severity: '(\w+)'/g)]
      .filter(([, code, severity]) => diagnosticCodes[code as keyof typeof diagnosticCodes].severity !== severity)
      .map(([whole]) => `${sources[i]}: ${whole}`),
  );
  expect(wrong).toEqual([]);
});

test('titles are told apart, and every entry says cause and remedy', () => {
  const entries = Object.values(diagnosticCodes);
  expect(new Set(entries.map((e) => e.title)).size).toBe(entries.length);
  for (const { title, cause, remedy } of entries) {
    expect(title).not.toMatch(/\.$/);
    expect([cause, remedy]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)]);
  }
});

test('docs/diagnostics.md is made from the table', async () => {
  await expect(diagnosticsPage(diagnosticCodes)).toMatchFileSnapshot('../docs/diagnostics.md');
});
