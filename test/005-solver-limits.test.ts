/**
 * docs/solver.md tells the limits of the solver as src/solver/limits.ts has them. `UPDATE_DOCS=1` writes the table
 * anew.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { workLimits } from '../src/solver/limits.ts';
import { root } from './rig/program.ts';

const page = `${root}/docs/solver.md`;
const [begin, end] = ['<!-- limits: from src/solver/limits.ts -->\n', '<!-- end of limits -->'];

const table = [
  '| at most | what | takes | beyond it |',
  '|---|---|---|---|',
  ...Object.values(workLimits).map(
    (l) => `| ${l.most.toLocaleString('en-US')} | ${l.unit} | ${l.cost} | ${l.effect} |`,
  ),
  '',
].join('\n');

test('the page has the table', () => {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  expect(from).toBeGreaterThan(begin.length);
  if (process.env.UPDATE_DOCS) writeFileSync(page, text.slice(0, from) + table + text.slice(to));
  else expect(text.slice(from, to)).toBe(table);
});

test('every limit is one of a search, and the solver has no others', () => {
  const sources = globSync('src/{solver,stages}/**/*.ts', { cwd: root }).filter((f) => !f.endsWith('solver/limits.ts'));
  const texts = sources.map((f) => [f, readFileSync(`${root}/${f}`, 'utf8')] as const);
  const unused = Object.keys(workLimits).filter(
    (name) => !texts.some(([, t]) => t.includes(`workLimits.${name}.most`)),
  );
  expect(unused).toEqual([]);
  const others = texts.flatMap(([f, t]) =>
    [...t.matchAll(/^(?:export )?const (?:most|fewest|few|longest|steps)\w* = [\d_]+;/gm)].map((m) => `${f}: ${m[0]}`),
  );
  expect(others).toEqual([]);
});
