/** Rings far longer than what fits into the arguments of one call: through the commands, to the last line of text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chainLines } from '../src/reports/writing/chain.ts';
import { bootplan, files, scratch } from './rig/program.ts';

const directory = scratch();

test('a long chain is shown by its ends, and says how much is left out', () => {
  const ring = Array.from({ length: 200_000 }, (_, i) => ({
    from: `src:s${i}`,
    to: `src:s${(i + 1) % 200_000}`,
    how: 'build-depends' as const,
  }));
  expect(chainLines(ring, 4)).toEqual([
    'src:s0       build-depends on  src:s1',
    'src:s1       build-depends on  src:s2',
    '... 199,996 more steps',
    'src:s199998  build-depends on  src:s199999',
    'src:s199999  build-depends on  src:s0   <- back at the start',
  ]);
  expect(chainLines(ring.slice(0, 100))).toHaveLength(100);
});

test('a graph that is one ring of 300,000: its cycle, and the one node to reduce', () => {
  const n = 300_000;
  const nodes = Array.from({ length: n }, (_, i) => `v${String(i).padStart(6, '0')}`);
  const ring = { nodes, succ: nodes.map((_, i) => [(i + 1) % n]) };
  files(directory, { 'ring.json': JSON.stringify(ring) });
  const output = ['--format', 'text', '--output', join(directory, 'ring.txt')];
  const json = ['--format', 'json', '--output', join(directory, 'answer.json')];
  const ran = bootplan(['cycles', '--graph', join(directory, 'ring.json'), '--break', ...output, ...json]);
  expect(ran).toMatchObject({ code: 1, stdout: '' });
  const text = readFileSync(join(directory, 'ring.txt'), 'utf8');
  expect(text).toContain('300,000 of 300,000 sources are in 1 SCC.');
  expect(text).toContain('src:v299999  build-depends on  src:v000000   <- back at the start');
  expect(text.length).toBeLessThan(5_000);
  const answer = JSON.parse(readFileSync(join(directory, 'answer.json'), 'utf8'));
  expect(answer.break).toEqual({ status: 'optimal', size: 1, lowerBound: 1, sources: ['v000000'] });
});
