/**
 * Every code of a diagnostic, each with one meaning. The type of `Diagnostic.code` is made from this table, and so is
 * docs/diagnostics.md. A code that is no longer used is not given to another problem.
 */
import { inputCodes } from './inputs.ts';
import { projectCodes } from './projects.ts';
import { workCodes } from './work.ts';

/** Code -> what it means, of all that bootplan can say. */
export const diagnosticCodes = { ...inputCodes, ...projectCodes, ...workCodes };

/** One of the codes: no other compiles. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
