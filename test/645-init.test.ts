/** `bootplan init`: what it writes can be planned, built and booted as it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootplan, files, needs, scratch } from './rig/program.ts';

test('a new distribution: a cycle that its stage breaks, every lock put in; nothing is written over', () => {
  const cwd = scratch();
  const made = bootplan(['init', 'mine'], { cwd });
  expect(made).toMatchObject({ code: 0, stderr: 'build it and start its image: bootplan run --metadata mine\n' });
  expect(made.stdout).toContain('wrote mine/greet.yaml\n');
  expect(readFileSync(join(cwd, 'mine/greet.yaml'), 'utf8')).not.toContain('0000000000');
  const plan = bootplan(['plan', '--metadata', 'mine'], { cwd });
  expect(plan.stdout).toMatch(/^A plan: 1 stage build, /);
  expect(plan.stdout).toContain('greet<stage1>');
  expect(bootplan(['relock', '--metadata', 'mine'], { cwd }).stdout).toBe('every lock holds\n');
  const listed = bootplan(['init', 'other', '--dry-run'], { cwd });
  expect(listed.stdout).toBe(made.stdout.replaceAll('wrote mine', 'would write other'));
  expect(existsSync(join(cwd, 'other'))).toBe(false);

  const again = bootplan(['init', 'mine'], { cwd });
  expect([again.code, again.stderr]).toEqual([64, expect.stringContaining('is there already, and not empty')]);
  files(cwd, { file: '' });
  expect(bootplan(['init', 'file'], { cwd }).code).toBe(64);
  expect(bootplan(['init', 'no/where'], { cwd }).code).toBe(66);
});

test.skipIf(!needs('qemu-system-x86_64') || process.arch !== 'x64')('it is built, and its image boots', () => {
  const cwd = scratch();
  bootplan(['init', 'mine'], { cwd });
  const ran = bootplan(['run', '--metadata', 'mine'], { cwd });
  expect(ran.stderr).toContain('booted, self-test passed');
  expect(ran.code).toBe(0);
  const console = readFileSync(join(cwd, '.bootplan/image/console.log'), 'utf8');
  expect(console).toContain('hello, from the guest');

  // What one edits first: a source, and its lock.
  const greeting = join(cwd, 'mine/src/greet/greet.c');
  writeFileSync(greeting, readFileSync(greeting, 'utf8').replace('hello,', 'good morning,'));
  expect(bootplan(['relock', '--metadata', 'mine'], { cwd }).stdout).toContain('1 changed');
  expect(bootplan(['run', '--metadata', 'mine', '--dry-run'], { cwd }).stdout).toContain(
    'would build greet<stage1> for stage1',
  );
});
