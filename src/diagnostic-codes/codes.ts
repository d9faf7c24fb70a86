/**
 * Every code of a diagnostic, each with one meaning. The type of `Diagnostic.code` is made from this table, and so is
 * docs/diagnostics.md. A code that is no longer used is not given to another problem.
 */
import { inputCodes } from './inputs.ts';
import { projectCodes } from './projects.ts';
import { workCodes } from './work.ts';

export const diagnosticCodes = { ...inputCodes, ...projectCodes, ...workCodes };

export type DiagnosticCode = keyof typeof diagnosticCodes;
