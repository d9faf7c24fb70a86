/** Types and formatting hold for the whole tree, and the shell scripts are what shellcheck takes. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { needs, root } from './rig/program.ts';

const run = (args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

test('the type checker has nothing to say', () => {
  const r = run(['node_modules/typescript/bin/tsc', '--noEmit']);
  expect(r.stdout + r.stderr).toBe('');
});

test('the linter has nothing to say', () => {
  const r = run(['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
  expect(r.status, r.stdout + r.stderr).toBe(0);
});

test.skipIf(!needs('shellcheck'))('shellcheck has nothing to say', () => {
  const scripts = [
    ...globSync('src/**/*.sh', { cwd: root }),
    ...['bootplan', 'node', 'setup', 'demo-debian'].map((f) => `bin/${f}`),
  ];
  const r = spawnSync('shellcheck', scripts, { cwd: root, encoding: 'utf8' });
  expect(r.status, r.stdout + r.stderr).toBe(0);
});
