/** One place turns errors into exit codes; a message says what happened, where, and what to do. */
import { spawnSync } from 'node:child_process';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe as describeError } from '../src/command-line/failure.ts';
import { formatDiagnostic, visible } from '../src/diagnostics.ts';
import { Bug, EnvironmentError, exitCode } from '../src/errors.ts';
import { byteOrder } from '../src/order.ts';
import { bootplan, files, root, scratch } from './rig/program.ts';

const here = scratch();

test('usage errors are 64, with the way to help', () => {
  for (const args of [['nonsense'], ['cycles', '--no-such-flag'], ['plan', '--time-limit', 'soon']]) {
    const ran = bootplan(args);
    expect([args, ran.code]).toEqual([args, 64]);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/help: bootplan( [a-z]+)* --help/);
  }
});

test('missing metadata is 66, bad metadata 65, and --json says so as JSON', () => {
  expect(bootplan(['cycles', '--metadata', join(here, 'nowhere')]).code).toBe(66);
  files(here, { 'bad/a.yaml': 'Source: a b\nVersion: "1"\nMaintainer: x\nPackages: []\n' });
  const ran = bootplan(['cycles', '--metadata', join(here, 'bad'), '--json']);
  expect(ran.code).toBe(65);
  const { error } = JSON.parse(ran.stdout);
  expect(error.code).toBe(65);
  expect(error.diagnostics.length).toBe(2);
});

test('what the system refuses is no bug of ours', () => {
  const exitOf = (code: string) =>
    describeError(Object.assign(new Error(`${code}: no`), { code, syscall: 'rename' })).exit;
  const codes = ['ENOENT', 'EBUSY', 'EPERM', 'ENXIO', 'EFBIG', 'ENOSPC', 'EMFILE', 'ENOMEM'];
  expect(codes.map(exitOf)).toEqual([66, 74, 74, 74, 74, 74, 75, 75]);
  const script =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the other program's.
    'mkdir "${1%/*}"; ulimit -f 1; exec bin/bootplan plan --metadata metadata/minidistro --quiet --output "$1"';
  const limited = spawnSync('bash', ['-c', script, 'bash', join(here, 'limited/plan.json')], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([limited.status, limited.stderr]).toEqual([74, expect.stringContaining('file too large')]);
  expect(readdirSync(join(here, 'limited'))).toEqual([]);
});

test('a file of more than a gigabyte is told with its place', () => {
  files(here, { huge: '' });
  truncateSync(join(here, 'huge'), 2 ** 30 + 1);
  const ran = bootplan(['cycles', '--graph', join(here, 'huge')]);
  expect([ran.code, ran.stderr]).toEqual([65, expect.stringMatching(/1 GiB.*\n.*huge:1/)]);
});

test('a message of several lines is several lines, and what is in them is shown, never sent', () => {
  const { text } = describeError(new EnvironmentError('apt said:\nE: no\u001b[2J\n', exitCode.tryAgain, 'wait'));
  expect(text).toBe('bootplan: apt said:\n  E: no\\x1b[2J\nhelp: wait');
  expect(describeError(new Bug('wrong')).text).toMatch(/^ {4}at /m);
});

test('-C starts somewhere else', () => {
  expect(bootplan(['cycles', '-C', here, '--metadata', 'bad']).code).toBe(65);
});

test('a reader that closes early is no failure', () => {
  const piped = spawnSync('bash', ['-c', 'set -o pipefail; bin/bootplan --help | head -c 1'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([piped.status, piped.stderr]).toEqual([0, '']);
});

test('a caret stays readable on a line of ten megabytes', () => {
  const excerpt = `${'x'.repeat(5_000_000)}!${'y'.repeat(5_000_000)}`;
  const text = formatDiagnostic({
    code: 'BP100',
    severity: 'error',
    message: 'here',
    origin: { file: 'f', line: 1, column: 5_000_001, length: 1 },
    excerpt,
  });
  expect(text.length).toBeLessThan(500);
  const [, , line, caret] = text.split('\n');
  expect(line!.indexOf('!')).toBe(caret!.indexOf('^'));
});

test('control characters are shown, never sent', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (s) => !/[\p{Cc}\u202a-\u202e]/u.test(visible(s).replace(/[\n\t]/g, '')),
    ),
  );
});

test('byte order is the order of the UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const wellFormed = a.isWellFormed() && b.isWellFormed();
      return !wellFormed || Math.sign(byteOrder(a, b)) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('a quota that is used up is told by its name, as a full disk', () => {
  const unnamed = 'Unknown system error -122';
  const error = Object.assign(new Error(`${unnamed}: ${unnamed}, write '/x'`), {
    code: unnamed,
    errno: -122,
    syscall: 'write',
  });
  const { exit, text } = describeError(error);
  expect([exit, text.split('\n')[0]]).toEqual([74, "bootplan: EDQUOT: disk quota exceeded, write '/x'"]);
});
