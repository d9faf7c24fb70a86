/**
 * The three kinds of failure, and the one table of exit codes. An expected bad answer ("there is a cycle") is not an
 * error: commands return it and choose `exitCode.bad`.
 */
import type { Diagnostic } from './model.ts';

/** Exit codes: sysexits where it has one. */
export const exitCode = {
  good: 0,
  /** A true, but bad answer: new cycles, stuck sources, a failed build. */
  bad: 1,
  /** The answer is not proved: a limit ended the search. */
  unproved: 2,
  usage: 64,
  badInput: 65,
  missingInput: 66,
  missingTool: 69,
  bug: 70,
  disk: 74,
  tryAgain: 75,
  configuration: 78,
  /** The terminal went away. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** One of the numbers of the table above. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The user's input is wrong (65) or missing (66). Carries every problem found. */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly exit: ExitCode;
  constructor(diagnostics: readonly Diagnostic[], exit: ExitCode = exitCode.badInput) {
    super(diagnostics.map((d) => d.message).join('\n'));
    this.diagnostics = diagnostics;
    this.exit = exit;
  }
}

/** The world failed: a tool is missing, the disk is full, a lock is held. `help` says what to do. */
export class EnvironmentError extends Error {
  readonly exit: ExitCode;
  readonly help: string;
  constructor(message: string, exit: ExitCode, help: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
    this.help = help;
  }
}

/** The user said stop, and what was at work was ended. Nothing is wrong; whoever can go on later catches it. */
export class Interrupted extends Error {}

/** What was ended has no outcome, and is no error. */
export function unlessInterrupted(error: unknown): undefined {
  if (!(error instanceof Interrupted)) throw error;
}

/** We are wrong. Printed with a stack. */
export class Bug extends Error {}
