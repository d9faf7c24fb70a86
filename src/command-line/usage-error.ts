/**
 * A command line that cannot be understood, in our words: what is wrong with it, and the nearest thing that would be
 * right.
 */
import { valueAt } from '../by-name.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { ByName } from '../model.ts';
import { nearest } from '../text/nearest-names.ts';

/** By id (`plan:diff`): the flags of each command, by name. */
export type KnownCommands = ByName<{ readonly flags?: ByName<object> }>;

/** The command that the words begin with; '' when there is none. */
function commandOf(argv: readonly string[], commands: KnownCommands): string {
  const [first = '', second = ''] = argv;
  return [`${first}:${second}`, first].find((id) => Object.hasOwn(commands, id)) ?? '';
}

/**
 * Of oclif's lines those that say something: not where help is, and no note on an order of words that ours may have.
 */
function said(message: string): string {
  const [text = ''] = message.split('\n\nNote: ');
  const lines = text.split('\n').filter((line) => line !== 'See more help with --help');
  return lines.map((line) => line.trim().replace(/\s+/g, ' ')).join(' ');
}

const number = 'wants a whole number';

/** What oclif says -> what we say; the first that fits. Missing words come with their descriptions, a line each. */
const sayings: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/^Parsing (--\S+) Expected an integer but received: (.*)/, (flag, got) => `${flag} ${number}, and ${got} is none`],
  [
    /^Parsing (--\S+) Expected an integer greater than or equal to (\S+) but received: (.*)/,
    (flag, least, got) => `${flag} ${number} of at least ${least}, and ${got} is less`,
  ],
  [
    /^Parsing (--\S+) Expected an integer less than or equal to (\S+) but received: (.*)/,
    (flag, most, got) => `${flag} ${number} of at most ${most}, and ${got} is more`,
  ],
  [/^Expected (--[^=\s]+)=(.*) to be one of: (.*)/, (flag, got, all) => `${flag} ${got} is none of: ${all}`],
  [/^Flag (--\S+) expects a value/, (flag) => `${flag} wants a value after it`],
  [/^Unexpected arguments?: (.*)/, (words) => `more words than the command takes: ${words}`],
  [/Missing required flag (\S+)/, (flag) => `--${flag} is missing`],
  [/(--\S+?)(?:=\S*)? cannot also be provided when using (--\S+)/, (a, b) => `${a} and ${b} exclude each other`],
  [/All of the following must be provided when using (--\S+): (--\S+)/, (a, b) => `${a} needs ${b}`],
];

/** The words that are missing: `SOURCE (a source package)`. */
function missingWords(message: string): string | undefined {
  const listed = /^Missing \d+ required args?:\n([\s\S]*?)(?:\n\n|\nSee more|$)/.exec(message)?.[1];
  if (listed === undefined) return undefined;
  const words = listed.split('\n').map((line) => /^\s*(\S+)\s+(.*?)\s*$/.exec(line));
  return words.flatMap((w) => (w ? [`${w[1]!.toUpperCase()} (${w[2]})`] : [])).join(' and ');
}

/**
 * @param message oclif's
 * @param commands what there is; empty when it is not known
 */
export function usageError(message: string, argv: readonly string[], commands: KnownCommands): EnvironmentError {
  const id = commandOf(argv, commands);
  const help = id === '' ? 'bootplan --help' : `bootplan ${id.replaceAll(':', ' ')} --help`;
  const wrong = (what: string, guess?: string) =>
    new EnvironmentError(
      what,
      exitCode.usage,
      guess === undefined ? `${help} says what there is` : `did you mean ${guess}? ${help} says what there is`,
    );
  const unknown = /^[Cc]ommand (\S+) not found/.exec(message)?.[1];
  if (unknown?.startsWith('-')) return wrong(`flags follow the command: bootplan COMMAND ${unknown}`);
  if (unknown !== undefined) return wrong(`there is no command ${unknown}`, nearest(unknown, Object.keys(commands)));
  const flags = /^Nonexistent flags?: (.*)$/m.exec(message)?.[1]?.split(', ') ?? [];
  if (flags.length > 0) {
    const known = Object.keys(valueAt(commands, id)?.flags ?? {});
    const guess = flags[0]!.startsWith('--') ? nearest(flags[0]!.slice(2).replace(/=.*/, ''), known) : undefined;
    return wrong(`there is no flag ${flags.join(', ')}`, guess && `--${guess}`);
  }
  const missing = missingWords(message);
  if (missing !== undefined) return wrong(`bootplan ${id.replaceAll(':', ' ')} wants ${missing}`);
  const text = said(message);
  const [, got, all] = /^Expected --[^=\s]+=(.*) to be one of: (.*)/.exec(text) ?? [];
  const guess = got && all && nearest(got, all.split(', '));
  for (const [pattern, words] of sayings) {
    const found = pattern.exec(text);
    if (found) return wrong(words(...found.slice(1)), guess || undefined);
  }
  return wrong(text);
}
