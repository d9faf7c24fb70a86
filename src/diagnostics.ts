/** Diagnostics as text: what happened, where (file:line with a caret), what to do. */
import type { Diagnostic, Result } from './model.ts';
import { byteOrder } from './order.ts';

/**
 * Control characters (also C1, bidirectional, invisible, half ones) made visible: names are shown, never interpreted.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/gu, (c) =>
    c < '\u0100' ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\u${c.charCodeAt(0).toString(16)}`,
  );
}

const shownWidth = 100;

/** The excerpt cut to a window around the caret, so that a line of megabytes stays readable. */
function caretLines(excerpt: string, line: number, column: number, length: number): string[] {
  const start = Math.max(0, column - 1 - (shownWidth >> 1));
  const shown = visible(excerpt.slice(start, start + shownWidth).replaceAll('\t', ' '));
  const pad = visible(excerpt.slice(start, column - 1).replaceAll('\t', ' ')).length;
  const gutter = String(line);
  const carets = '^'.repeat(Math.max(1, Math.min(length, shownWidth - pad)));
  return [`${gutter} | ${shown}`, `${' '.repeat(gutter.length)} | ${' '.repeat(pad)}${carets}`];
}

/** One diagnostic in the layout of modern compilers; the last line is the remedy. */
export function formatDiagnostic(d: Diagnostic): string {
  const lines = [`${d.severity}[${d.code}]: ${visible(d.message)}`];
  if (d.origin) {
    const { file, line, column, length } = d.origin;
    lines.push(`  --> ${visible(file)}:${line}${column === undefined ? '' : `:${column}`}`);
    if (d.excerpt !== undefined) lines.push(...caretLines(d.excerpt, line, column ?? 1, length ?? 1));
  }
  if (d.help !== undefined) lines.push(`help: ${visible(d.help)}`);
  return lines.join('\n');
}

/** Order: file, line, column, code. */
export const sortDiagnostics = (ds: readonly Diagnostic[]): Diagnostic[] =>
  ds.toSorted(
    (a, b) =>
      byteOrder(a.origin?.file ?? '', b.origin?.file ?? '') ||
      (a.origin?.line ?? 0) - (b.origin?.line ?? 0) ||
      (a.origin?.column ?? 0) - (b.origin?.column ?? 0) ||
      byteOrder(a.code, b.code),
  );

/** Whether one of them is an error, and no warning or remark. */
export const hasErrors = (ds: readonly Diagnostic[]): boolean => ds.some((d) => d.severity === 'error');

/** A value with remarks, or, when one of them is an error, the remarks alone. */
export function resultOf<T>(value: T, diagnostics: readonly Diagnostic[]): Result<T> {
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}
