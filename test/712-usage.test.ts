/** What a mistyped command line is told: in one line what is wrong, in one what would be right. */
import { expect, test } from 'vitest';
import { usageError } from '../src/command-line/usage-error.ts';
import { bootplan } from './rig/program.ts';

const metadata = ['--metadata', 'metadata/minidistro'];

test.each([
  [['cycels'], 'there is no command cycels', 'did you mean cycles? bootplan --help says what there is'],
  [['plan', '--metdata', 'x'], 'there is no flag --metdata', 'did you mean --metadata? bootplan plan --help'],
  [['plan', 'diff', '--al'], 'there is no flag --al', 'did you mean --all? bootplan plan diff --help'],
  [['plan', ...metadata, '--wishes', 'some'], '--wishes some is none of: none, last-resort', 'plan --help'],
  [
    ['plan', '--time-limit', 'x', ...metadata],
    '--time-limit wants a whole number, and x is none',
    'bootplan plan --help',
  ],
  [
    ['explain', ...metadata],
    'bootplan explain wants SOURCE (a source package, with or without src:)',
    'bootplan explain --help',
  ],
  [
    ['plan', '--time-limit', '0', ...metadata],
    '--time-limit wants a whole number of at least 1, and 0 is less',
    'plan',
  ],
  [['cycles', ...metadata, '--up-to', '99'], '--up-to wants a whole number of at most 12, and 99 is more', 'cycles'],
  [['plan', 'export', 'x', '--format=sbild'], '--format sbild is none of: order, sbuild', 'did you mean sbuild?'],
  [['plan', 'diff'], 'bootplan plan diff wants BEFORE (', 'bootplan plan diff --help'],
  [['plan', '--metadata'], '--metadata wants a value after it', 'bootplan plan --help'],
  [['plan', ...metadata, 'x', 'y'], 'more words than the command takes: x', 'bootplan plan --help'],
  [['annotate', 'x.yaml'], '--to is missing', 'bootplan annotate --help'],
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

test('help COMMAND is COMMAND --help; a command that is not there is told', () => {
  for (const words of [[], ['cycles'], ['plan', 'diff'], ['plan']])
    expect(bootplan(['help', ...words])).toEqual(bootplan([...words, '--help']));
  expect(bootplan(['help', 'cycels']).stderr).toContain('did you mean cycles?');
});

test('a command tells its own flags first, and those of all commands last', () => {
  const { stdout } = bootplan(['plan', '--help']);
  const headings = stdout.match(/^[A-Z ]*FLAGS$/gm);
  expect(headings).toEqual(['FLAGS', 'INPUT FLAGS', 'COMMON FLAGS']);
  expect(stdout).toMatch(/--json +print the result as JSON/);
});

test('paths that cannot be taken are told in sentences, not in the names of errors', () => {
  for (const [argv, what] of [
    [['plan', 'diff', 'a', 'b'], 'there is no file or directory a'],
    [['plan', 'export', 'nowhere.json'], 'there is no file or directory nowhere.json'],
    [['progress', ...metadata, '--history', '/etc', '-n'], '/etc is a directory where a file is wanted'],
    [['run', '--state', '/proc/nope'], 'the directory /proc/nope cannot be made'],
  ] as const) {
    const ran = bootplan(argv);
    expect([ran.code, ran.stderr]).toEqual([66, expect.stringContaining(what)]);
    expect(ran.stderr).not.toMatch(/\bE[A-Z]{4,}\b/);
  }
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
