/** A command line that cannot be understood, in our words: what is wrong with it, and the nearest thing that would be right. */
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

/** Of oclif's lines those that say something: not where help is, and no note on an order of words that ours may have. */
function said(message: string): string {
  const [text = ''] = message.split('\n\nNote: ');
  const lines = text.split('\n').filter((line) => line !== 'See more help with --help');
  return lines.map((line) => line.trim().replace(/\s+/g, ' ')).join(' ');
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
  const unknown = /^command (\S+) not found/.exec(message)?.[1];
  if (unknown?.startsWith('-')) return wrong(`flags follow the command: bootplan COMMAND ${unknown}`);
  if (unknown !== undefined) return wrong(`there is no command ${unknown}`, nearest(unknown, Object.keys(commands)));
  const flags = /^Nonexistent flags?: (.*)$/m.exec(message)?.[1]?.split(', ') ?? [];
  if (flags.length > 0) {
    const known = Object.keys(valueAt(commands, id)?.flags ?? {});
    const guess = flags[0]!.startsWith('--') ? nearest(flags[0]!.slice(2).replace(/=.*/, ''), known) : undefined;
    return wrong(`there is no flag ${flags.join(', ')}`, guess && `--${guess}`);
  }
  return wrong(said(message));
}
