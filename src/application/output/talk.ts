/** How a use case speaks while it works: to the person who waits, beside the answer. A command is one. */
import type { Diagnostic } from '../../model.ts';

/** The person who waits. */
export interface Talk {
  /** One line, at once. */
  readonly talk: (line: string) => void;
  /** Warnings and notes of a good input. */
  readonly remarks: (diagnostics: readonly Diagnostic[]) => void;
}
