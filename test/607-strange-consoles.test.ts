/**
 * Consoles of machines, kernels, boot loaders and init systems that are not ours: the right cause, and never a false
 * pass.
 */
import { describe, expect, test } from 'vitest';
import { judgeConsole } from '../src/runner/boot/boot.ts';
import { dvd, strange } from './consoles/strange.ts';

describe('causes on strange consoles', () => {
  test.each(strange)('%j is %s', (console, id, words) => {
    const { verdict, diagnosis } = judgeConsole(console);
    expect([verdict, diagnosis?.id, diagnosis?.cause]).toEqual(['fail', id, expect.any(String)]);
    expect(`${diagnosis!.cause}\n${diagnosis!.fix.join('\n')}`).toMatch(words);
  });

  test('the evidence is the disk, not the empty drive beside it', () => {
    const disk = 'BdsDxe: failed to load Boot0002 "UEFI QEMU HARDDISK QM00001 " from PciRoot(0x0): Not Found';
    expect(judgeConsole(`${dvd}\n${disk}\n`).diagnosis?.evidence).toEqual({ line: 2, text: disk });
  });

  const stamps: readonly (readonly [how: string, stamp: string])[] = [
    ['of the kernel', '[    1.234567] '],
    ['with the caller', '[    1.234567][   T1] '],
    ['with the processor', '[    1.234567][    C0] '],
    ['with the level', '<4>[    1.234567] '],
    ['as of dmesg -T', '[Sat Nov 21 06:12:57 2026] '],
    ['of a terminal program', '[2026-11-21 06:12:57] '],
    ['as of ISO 8601', '2026-11-21T06:12:57.123Z '],
    ['of a system log', 'Nov 21 06:12:57 guest kernel: '],
    ['of a terminal program, before those of the kernel', '[2026-11-21 06:12:57.001] [    1.234567] '],
  ];
  test.each(stamps)('time stamps %s change nothing', (_, stamp) => {
    for (const [console, id] of strange)
      expect(judgeConsole(console.replace(/^(?=.)/gm, stamp)).diagnosis?.id, console).toBe(id);
    expect(judgeConsole(`${stamp}Linux version 6\r\n${stamp}BOOTPLAN-OK\r\n`).verdict).toBe('pass');
  });

  test('nor do the escapes of terminals', () => {
    const escapes = [
      '\u001b]0;root@guest: /\u0007',
      '\u001b]3008;start=1;type=boot\u001b\\',
      '\u001b[!p',
      '\u001b[2 q',
      '\u001bP+q544e\u001b\\',
    ];
    for (const command of escapes) {
      for (const [console, id] of strange)
        expect(judgeConsole(console.replace(/^(?=.)/gm, command)).diagnosis?.id, console).toBe(id);
      expect(judgeConsole(`${command}BOOTPLAN-OK\r\n`).verdict).toBe('pass');
    }
  });

  test('a console cut off anywhere never passes, and always has a cause', () => {
    for (const [console] of strange)
      for (let end = 0; end <= console.length; end += 7)
        expect(judgeConsole(console.slice(0, end))).toMatchObject({
          verdict: 'fail',
          cause: expect.stringMatching(/./),
        });
  });
});

test.each([['x'], ['a: '], ['module.ko '], ['/'], ['[12:34:56'], ['\u001b]'], [' '], ['\n'], ['[    1.0] foo: bar\n']])(
  'as much as one likes of %j before the failure is no reason to think long',
  (junk) => {
    const { diagnosis } = judgeConsole(`${junk.repeat(200_000 / junk.length)}BOOTPLAN: failed: no compiler\n`);
    expect(diagnosis?.id).toBe('self-test-failed');
  },
);

describe('no pass', () => {
  test.each([
    'Kernel panic: No init found.  Try passing init= option to kernel.\nBOOTPLAN-OK\n',
    'BOOTPLAN-OK\nKernel panic - not continuing: too bad\n',
    '[    3.0] random: crng init done BOOTPLAN: failed: tcc differs\nBOOTPLAN-OK\n',
    '/ # BOOTPLAN: failed: tcc differs\nBOOTPLAN-OK\n',
    '+ echo BOOTPLAN-OK\n',
    "echo 'BOOTPLAN-OK'\n",
    'Kernel command line: root=/dev/vda BOOTPLAN-OK\n',
    'BOOTPLAN-OKAY\n',
    'BOOTPLAN-O',
    'bootplan-ok\n',
  ])('%j', (console) => {
    const { verdict, cause } = judgeConsole(console);
    expect([verdict, cause]).toEqual(['fail', expect.stringMatching(/./)]);
  });
});

test('a file that a recorder wrote as UTF-16 is read as well', () => {
  const text = Buffer.from('\ufeffLinux version 6\r\nBOOTPLAN-OK\r\n', 'utf16le').toString('utf8');
  expect(judgeConsole(text).verdict).toBe('pass');
});
