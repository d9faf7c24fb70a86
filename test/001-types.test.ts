/** Types and formatting hold for the whole tree. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from './rig/program.ts';

const run = (args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

test('the type checker has nothing to say', () => {
  const r = run(['node_modules/typescript/bin/tsc', '--noEmit']);
  expect(r.stdout + r.stderr).toBe('');
});

test('the linter has nothing to say', () => {
  const r = run(['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
  expect(r.status, r.stdout + r.stderr).toBe(0);
});
