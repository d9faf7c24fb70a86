/** A console recorded elsewhere is judged as if the machine had been started here. */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCode, Interrupted } from '../src/errors.ts';
import { answerOf, checkBoot, judgeConsole } from '../src/runner/boot/boot.ts';
import { consoleText } from '../src/runner/boot/console-file.ts';
import { guestBuildLine } from '../src/runner/image/guest-build.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';
import { fits } from './rig/schema.ts';

const recorded = (name: string) => join(root, 'test/fixtures/605-diagnosis', name);

test('a console that passed is a pass, one that did not has its cause and its fix', () => {
  const good = bootplan(['boot', '--judge', recorded('good-boot.log')]);
  expect([good.code, good.stdout.split('\n')[0]]).toEqual([
    0,
    'booted, self-test passed, by the marker on the console',
  ]);
  const bad = bootplan(['boot', '--judge', recorded('wrong-arch-init.log')]);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('boot failed, by this console\ncause:    /sbin/init is not a program for this machine');
  expect(bad.stdout).toContain('\nfix: ');
  const json = bootplan(['boot', '--judge', recorded('no-init-found.log'), '--json']);
  expect(fits<{ diagnosis: { id: string } }>(json.stdout, 'boot').diagnosis.id).toBe('no-init');
});

test('the marker does not outweigh a panic or a failed check, whichever came first', () => {
  const here = files(scratch(), {
    after: 'BOOTPLAN-OK\n[    4.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000000\n',
    before: 'BOOTPLAN: failed: the rebuilt compiler differs\nBOOTPLAN-OK\n',
  });
  for (const [name, cause] of [
    ['after', 'The init ended'],
    ['before', 'self-test failed: the rebuilt compiler differs'],
  ] as const) {
    const ran = bootplan(['boot', '--judge', join(here, name)]);
    expect([name, ran.code]).toEqual([name, 1]);
    expect(ran.stdout).toContain(cause);
  }
});

test('of what the guest writes to its port the bad counts, and what is no answer', () => {
  const judged = (answer: string) => judgeConsole('Linux version 6\nBOOTPLAN-OK\n', answerOf(answer));
  expect(['', 'exit 0\n', 'exit 0', 'exit 0\r\n\n', 'exit 0\nexit 0\n'].map((said) => judged(said).verdict)).toEqual(
    Array.from({ length: 5 }, () => 'pass'),
  );
  const bad = ['exit 1\n', 'exit 0\nexit 1\n', 'exit 3\nexit 0\n', 'exit 0\nand more\n', 'exit zero\n', 'exit -1\n'];
  expect(bad.map((said) => judged(said).verdict)).toEqual(bad.map(() => 'fail'));
  expect(judged('exit 0\nexit 7\n')).toMatchObject({ selfTest: 7, cause: expect.stringContaining('exit code 7') });
  expect(judged('\u0000garbage\n').cause).toMatch(/wrote to its port is no answer: ".*garbage"/);
});

test('the marker alone is no pass where the guest had something to build', () => {
  const guestBuild = { source: 'tcc', version: '1-1', files: 3, sha256: 'a'.repeat(64) };
  const proof = guestBuildLine(guestBuild);
  expect(judgeConsole(`${proof}\r\nBOOTPLAN-OK\r\n`, { proof }).verdict).toBe('pass');
  const silent = judgeConsole('BOOTPLAN-OK\n', { proof });
  expect([silent.verdict, silent.diagnosis?.id, silent.diagnosis?.evidence.text]).toEqual([
    'fail',
    'guest-build',
    `never said: ${proof}`,
  ]);
  const other = judgeConsole(`${proof.replaceAll('a'.repeat(64), 'b'.repeat(64))}\nBOOTPLAN-OK\n`, { proof });
  expect([other.verdict, other.diagnosis?.evidence.line]).toEqual(['fail', 1]);
});

test('of a console without end its two ends count, and letters are what they were', () => {
  const flood = `${'and so on '.repeat(2000)}\n`.repeat(600);
  const here = files(scratch(), {
    late: `${flood}Ünit ●: /sbin/ünit: error while loading shared libraries: libü.so: nothing\n`,
    early: `Initramfs unpacking failed: junk within compressed archive\n${flood}`,
  });
  expect(bootplan(['boot', '--judge', join(here, 'late')]).stdout).toContain('/sbin/ünit lacks the library libü.so');
  const early = bootplan(['boot', '--judge', join(here, 'early')]);
  expect(early.stdout).toContain('The kernel could not unpack the initramfs');
});

test('a console of 2 GB is read by its two ends', () => {
  const here = scratch();
  const sparse = (name: string, first: string, last: string): string => {
    const file = join(here, name);
    writeFileSync(file, first);
    truncateSync(file, 2 ** 31);
    appendFileSync(file, last);
    return file;
  };
  const early = bootplan(['boot', '--judge', sparse('early', 'I/O error, dev vda, sector 8\n', '\nlogin:\n')]);
  expect(early.stdout).toContain('cause:    The guest could not read its disk');
  const late = bootplan(['boot', '--judge', sparse('late', 'Linux version 6\n', '\nBOOTPLAN: failed: no compiler\n')]);
  expect([late.code, late.stdout]).toEqual([1, expect.stringContaining('its self-test failed: no compiler')]);
  expect(late.stdout).toMatch(/bytes are left out here/);
});

test('a pipe is kept by its two ends as a file is', () => {
  const here = scratch();
  for (const length of [0, 1, 63, 64, 65, 127, 128, 129, 191, 192, 193, 1000]) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const file = join(files(here, { [`of-${length}`]: text }), `of-${length}`);
    const pipe = join(here, `pipe-${length}`);
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', file, pipe], { stdio: 'ignore' });
    expect(consoleText(pipe, 128), String(length)).toBe(consoleText(file, 128));
    writer.unref();
  }
});

test('of a device without an end a gigabyte is read', () => {
  const half = '\0'.repeat(2 ** 19);
  const text = consoleText('/dev/zero', 2 ** 20);
  expect(text === `${half}\n... ${2 ** 30 - 2 ** 20} bytes are left out here ...\n${half}`).toBe(true);
});

test('what is no file is no image, and no machine is started with it', async () => {
  const here = files(scratch(), { 'directory/x': '' });
  execFileSync('mkfifo', [join(here, 'pipe')]);
  for (const image of [join(here, 'directory'), join(here, 'pipe'), '/dev/zero', join(here, 'nowhere')])
    await expect(checkBoot({ image, architecture: 'amd64', accelerator: 'tcg' })).rejects.toMatchObject({
      exit: exitCode.missingInput,
    });
});

test('a boot that is stopped from outside has neither passed nor failed', async () => {
  const image = join(files(scratch(), { 'empty.raw': new Uint8Array(1 << 20) }), 'empty.raw');
  const signal = AbortSignal.timeout(500);
  const boot = checkBoot({ image, architecture: 'amd64', accelerator: 'tcg', signal });
  await expect(boot).rejects.toThrow(Interrupted);
});

test('bytes that are no text, nothing at all, and a file that is not there', () => {
  const here = files(scratch(), { junk: Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) % 256), empty: '' });
  for (const name of ['junk', 'empty']) {
    const ran = bootplan(['boot', '--judge', join(here, name)]);
    expect([name, ran.code, ran.stderr]).toEqual([name, 1, '']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the point
    expect(ran.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
  expect(bootplan(['boot', '--judge', join(here, 'nowhere')]).code).toBe(66);
});
