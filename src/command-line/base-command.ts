/**
 * What every command shares: the flags that mean the same everywhere, data on stdout and talk on stderr, one JSON
 * result per command. A command parses flags, calls one function, prints, and returns its result.
 */

import { resolve } from 'node:path';
import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type { Talk } from '../application/output/talk.ts';
import { entriesOf } from '../by-name.ts';
import { formatDiagnostic, sortDiagnostics } from '../diagnostics.ts';
import { startedIn } from '../directories.ts';
import { EnvironmentError, type ExitCode, exitCode } from '../errors.ts';
import type { ByName, Diagnostic } from '../model.ts';
import { wordsFirst } from './words-first.ts';

interface FileFlag {
  readonly multiple?: boolean;
  readonly multipleNonGreedy?: boolean;
  readonly helpValue?: string;
}

function enter(directory: string): void {
  try {
    process.chdir(resolve(startedIn, directory));
  } catch (cause) {
    throw new EnvironmentError(
      `-C ${directory}: no directory that can be entered`,
      exitCode.missingInput,
      'check the path and its permissions',
      {
        cause,
      },
    );
  }
}

/** A command; each of them parses, calls one use case, prints, and chooses the exit code. */
export abstract class BaseCommand extends Command implements Talk {
  static override enableJsonFlag = true;

  static override baseFlags = {
    directory: Flags.string({
      char: 'C',
      helpValue: 'DIR',
      description: 'run as if started in DIR',
      helpGroup: 'COMMON',
    }),
    quiet: Flags.boolean({ char: 'q', description: 'no talk on stderr but errors', helpGroup: 'COMMON' }),
    verbose: Flags.boolean({ char: 'v', description: 'more talk on stderr', helpGroup: 'COMMON' }),
    color: Flags.string({
      options: ['auto', 'always', 'never'],
      default: 'auto',
      helpValue: 'WHEN',
      description: 'colour: auto, always or never (NO_COLOR is heeded)',
      helpGroup: 'COMMON',
    }),
  };

  protected quiet = false;
  /** Clears what is drawn over while one waits: called before anything else is written. */
  protected clear: () => void = () => {};
  protected verbose = false;

  /** Applies the common flags; call it with the parsed flags before anything else. */
  protected begin(flags: { directory?: string | undefined; quiet: boolean; verbose: boolean; color: string }): void {
    this.quiet = flags.quiet;
    this.verbose = flags.verbose;
    if (flags.color === 'never') process.env.NO_COLOR = '1';
    if (flags.color === 'always') {
      delete process.env.NO_COLOR;
      process.env.FORCE_COLOR = '1';
    }
    if (flags.directory !== undefined) enter(flags.directory);
  }

  /** Talk: a line on stderr, unless --quiet. */
  readonly talk = (line: string): void => {
    this.clear();
    if (!this.quiet) process.stderr.write(`${line}\n`);
  };

  /** Data: a text on stdout, unless --json asks for the result instead. */
  protected data(text: string): void {
    this.clear();
    if (this.jsonEnabled() || text === '') return;
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /**
   * Warnings and notes of a good input, on stderr. Notes only with --verbose; at most ten of each code, then a count.
   */
  readonly remarks = (diagnostics: readonly Diagnostic[]): void => {
    const perCode = new Map<string, number>();
    for (const d of sortDiagnostics(diagnostics)) {
      if (d.severity === 'note' && !this.verbose) continue;
      const seen = (perCode.get(d.code) ?? 0) + 1;
      perCode.set(d.code, seen);
      if (this.verbose || seen <= 10) this.talk(formatDiagnostic(d));
    }
    if (this.verbose) return;
    for (const [code, n] of perCode) if (n > 10) this.talk(`... and ${n - 10} more of ${code}; --verbose shows all`);
  };

  /** The exit code of a true answer; the last one said counts. */
  protected exitWith(code: ExitCode): void {
    process.exitCode = code;
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  /** A command that takes words of its own gets those behind `--sources FILE`. */
  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Interfaces.Input<F, B, A>, argv = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const { args = {}, flags = {} } = this.ctor as unknown as { args?: object; flags?: ByName<FileFlag> };
    if (Object.keys(args).length === 0) return super.parse(options, argv);
    const several = entriesOf(flags).filter(
      ([, { multiple, multipleNonGreedy, helpValue }]) => multiple && !multipleNonGreedy && helpValue === 'FILE',
    );
    return super.parse(options, [...wordsFirst(argv, new Set(several.map(([name]) => `--${name}`)))]);
  }

  /** Errors are handled in one place, src/command-line/failure.ts. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
