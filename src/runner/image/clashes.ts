/** Packages that an image takes together though no build ever did: what two of them bring under one name. */
import { visible } from '../../diagnostics.ts';
import { InputError } from '../../errors.ts';
import type { Diagnostic } from '../../model.ts';
import type { IndexedDeb } from '../archive/archive-index.ts';
import { contentsOf } from '../files/deb-contents.ts';
import { globMatcher } from '../formats/globs.ts';

const isDirectory = (line: string): boolean => line.startsWith('5');

/**
 * Unpacked one over the other, the later package would win without a word. A directory may be in many, and so may a
 * file or link that is the same in all; what the recipes allow is not looked at.
 *
 * @param duplicates globs of the recipes
 * @param scratch a directory for one temporary file
 * @throws InputError naming every path with the packages that have it
 */
export async function refuseClashes(
  debs: readonly IndexedDeb[],
  duplicates: readonly string[],
  scratch: string,
): Promise<void> {
  const allowed = duplicates.map(globMatcher);
  const seen = new Map<string, { readonly deb: string; readonly line: string }>();
  const problems: Diagnostic[] = [];
  for (const { name: deb, path: file } of debs)
    for (const [member, line] of (await contentsOf(file, scratch)).files) {
      const path = member.replace(/^\.?\/|\/$/g, '');
      const before = seen.get(path);
      if (before === undefined) seen.set(path, { deb, line });
      else if (before.line === line || (isDirectory(before.line) && isDirectory(line))) continue;
      else if (!allowed.some((matches) => matches(path))) {
        const message = `${visible(path)} is in ${before.deb} and in ${deb}, and not the same`;
        const help = 'leave one out of `packages` of image.yaml, or allow it: `duplicates` of a recipe';
        problems.push({ code: 'BP517', severity: 'error', message, help });
      }
    }
  if (problems.length > 0) throw new InputError(problems);
}
