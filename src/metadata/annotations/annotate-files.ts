/** The files of an annotate request, read and turned one after the other. */
import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Result } from '../../model.ts';
import { readText } from '../control/compressed.ts';
import { checkReadable } from '../control/readable.ts';
import { type Annotated, annotateText, type Notation } from './annotate.ts';
import { readAnnotationFiles } from './annotation-files.ts';

/** One file, before and after. */
export interface AnnotatedFile {
  readonly file: string;
  readonly annotated: readonly Annotated[];
  readonly before: string;
  readonly after: string;
}

/** Throws InputError (66) for files that are not there; all other problems of all files are in the result. */
export async function annotateFiles(
  files: readonly string[],
  to: Notation,
  annotationFiles: readonly string[],
): Promise<Result<readonly AnnotatedFile[]>> {
  await checkReadable([...files, ...annotationFiles]);
  const annotations = await readAnnotationFiles(annotationFiles);
  const problems: Diagnostic[] = [...annotations.diagnostics];
  const merged = annotations.ok ? annotations.value : new Map();
  const results: AnnotatedFile[] = [];
  for (const file of files) {
    const text = await readText(file);
    const result = text.ok ? annotateText(text.value, to, merged) : text;
    problems.push(...result.diagnostics);
    if (result.ok) results.push({ file, ...result.value });
  }
  return resultOf(results, problems);
}
