/** What a mistyped command line is told: in one line what is wrong, in one what would be right. */
import { expect, test } from 'vitest';
import { usageError } from '../src/command-line/usage-error.ts';
import { bootplan } from './rig/program.ts';

const metadata = ['--metadata', 'metadata/minidistro'];

test.each([
  [['cycels'], 'there is no command cycels', 'did you mean cycles? bootplan --help says what there is'],
  [['plan', '--metdata', 'x'], 'there is no flag --metdata', 'did you mean --metadata? bootplan plan --help'],
  [['plan', 'diff', '--al'], 'there is no flag --al', 'did you mean --all? bootplan plan diff --help'],
  [['plan', ...metadata, '--wishes', 'some'], 'Expected --wishes=some to be one of: none, last-resort', 'plan --help'],
  [['plan', '--time-limit', 'x', ...metadata], 'Expected an integer but received: x', 'bootplan plan --help'],
  [['explain', ...metadata], 'Missing 1 required arg: source a source package', 'bootplan explain --help'],
  [['-C', 'elsewhere', 'plan'], 'flags follow the command: bootplan COMMAND -C', 'bootplan --help'],
])('%j', (argv, what, help) => {
  const ran = bootplan(argv);
  expect([ran.code, ran.stdout]).toEqual([64, '']);
  const lines = ran.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^bootplan: /);
  expect(lines[0]).toContain(what);
  expect(lines[1]).toMatch(/^help: /);
  expect(lines[1]).toContain(help);
  expect(ran.stderr).not.toContain('\\x');
  expect(ran.stderr).not.toContain('Note:');
});

test('a directory to start in that is not there is named as it was given', () => {
  const ran = bootplan(['plan', '-C', 'nowhere', ...metadata]);
  expect([ran.code, ran.stderr]).toEqual([66, expect.stringMatching(/^bootplan: -C nowhere: no directory/)]);
});

test('where nothing is known nothing is guessed', () => {
  expect(usageError('command plam not found', ['plam'], {}).help).toBe('bootplan --help says what there is');
});

test('a source behind a whole set of targets is asked about', () => {
  const ran = bootplan(['explain', ...metadata, '--targets', 'all', 'dash']);
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/^src:dash /)]);
});
