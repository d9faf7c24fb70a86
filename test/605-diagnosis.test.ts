/** Consoles as they were, and the lines that kernels and systems print, each with the cause that it stands for. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfInit } from '../src/runner/boot/causes/exit-status.ts';
import { diagnose } from '../src/runner/boot/diagnosis.ts';
import { readableConsole } from '../src/runner/boot/readable-console.ts';
import { lines as said } from './consoles/lines.ts';
import { root } from './rig/program.ts';

const recorded = (name: string): string => readFileSync(`${root}/test/fixtures/605-diagnosis/${name}.log`, 'utf8');

describe('recorded consoles', () => {
  test.each([
    [
      'wrong-arch-init',
      'init-not-started',
      /\/sbin\/init is not a program for this machine \(errno 8.*another architecture/,
      /file \.\/sbin\/init/,
    ],
    ['no-init-found', 'no-init', /has no init/, /Add the package with the init/],
    [
      'missing-module-debian-kernel',
      'no-root-device',
      /no driver for the root device "vda" \(error -6/,
      /initramfs that loads them/,
    ],
  ])('%s', (name, id, cause, fix) => {
    const found = diagnose(recorded(name));
    expect(found.id).toBe(id);
    expect(found.cause).toMatch(cause);
    expect(found.fix.join('\n')).toMatch(fix);
    const lines = recorded(name).split('\n');
    expect(lines[found.evidence.line - 1]).toContain(found.evidence.text);
  });

  test('a boot that went well is not explained away', () => {
    for (const name of ['good-boot', 'good-selfhost'])
      expect(diagnose(recorded(name)).id, 'no row may match what is normal').toBe('unknown');
  });
});

describe('lines that consoles show', () => {
  test.each(said)('%j is %s', (console, id, cause) => {
    const found = diagnose(console);
    expect(found.id, found.cause).toBe(id);
    expect(found.cause).toMatch(cause);
    expect(found.fix.length).toBeGreaterThan(0);
  });

  test('time stamps, colours and carriage returns change nothing', () => {
    for (const [console, id] of said) {
      const raw = console.replace(/^/gm, '[    1.234567] \u001b[1;31m').replaceAll('\n', '\u001b[0m\r\n');
      expect(diagnose(raw).id).toBe(id);
    }
  });

  test('what QEMU itself says counts when the guest said nothing', () => {
    const machineSaid = "qemu-system-x86_64: -drive file=x: Could not open 'x': Permission denied";
    expect(diagnose('', { machineSaid })).toMatchObject({ id: 'machine-refused', where: 'machine' });
  });

  test('silence, a limit, and what nobody knows are told apart', () => {
    expect(diagnose('', { timedOut: true, seconds: 9 }).id).toBe('no-output');
    expect(diagnose('hello\n\n', { timedOut: true, seconds: 9 })).toMatchObject({
      id: 'time-limit',
      evidence: { line: 1, text: 'hello' },
    });
    expect(diagnose('one\ntwo\n')).toMatchObject({
      id: 'unknown',
      where: 'unknown',
      evidence: { line: 2, text: 'two' },
    });
  });
});

test('any text has a diagnosis whose evidence is a line of it', () => {
  const pieces = fc.constantFrom(...said.map(([console]) => console), '\u001b[2J', '\r\n', 'errno', 'VFS:', '\0');
  const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 12 }).map((a) => a.join('\n'));
  fc.assert(
    fc.property(text, (console) => {
      const { evidence } = diagnose(console);
      if (evidence.line === 0) return readableConsole(console).trim() === '';
      return readableConsole(console).split('\n')[evidence.line - 1]!.includes(evidence.text);
    }),
  );
});

test('the status of process 1 is read as wait(2) reads it', () => {
  expect(endOfInit(0x6500)).toMatchObject({ signal: 0, exitCode: 101 });
  expect(endOfInit(0x0b)).toMatchObject({ signal: 11 });
  expect(endOfInit(0x8b)).toMatchObject({ signal: 11 });
  expect(endOfInit(0)).toMatchObject({ signal: 0, exitCode: 0, words: expect.stringContaining('returned') });
});
