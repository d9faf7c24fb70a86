/** Annotations out of files: several as one. */
import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Result } from '../../model.ts';
import { readText } from '../control/compressed.ts';
import { checkReadable } from '../control/readable.ts';
import { type Annotations, mergedAnnotations, readAnnotations } from './annotations.ts';

/** Throws InputError (66) for files that are not there; every other problem of all of them is in the result. */
export async function readAnnotationFiles(files: readonly string[]): Promise<Result<Annotations>> {
  await checkReadable(files);
  const problems: Diagnostic[] = [];
  const found: Annotations[] = [];
  for (const file of files) {
    const text = await readText(file);
    problems.push(...text.diagnostics);
    if (!text.ok) continue;
    const read = readAnnotations(text.value);
    problems.push(...read.problems);
    found.push(read.annotations);
  }
  return resultOf(mergedAnnotations(found), problems);
}
