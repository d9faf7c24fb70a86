/** The files that image.yaml lays over the packages: where they lie on this machine. */
import { join } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { InputError } from '../../errors.ts';
import { leadsOut } from '../../metadata/project/beside.ts';
import type { Diagnostic, ImageSpec } from '../../model.ts';
import { byteOrder } from '../../order.ts';

/**
 * Path in the image -> host path, byte order.
 * @throws InputError (65) naming every file that is not in the metadata, but led to from there by a link
 */
export function ownFiles(directory: string, { files }: Pick<ImageSpec, 'files'>): ReadonlyMap<string, string> {
  const sorted = entriesOf(files).sort(([a], [b]) => byteOrder(a, b));
  const problems = sorted.flatMap(([name, from]): Diagnostic[] => {
    if (!leadsOut(directory, from)) return [];
    const message = `${from}, which is ${name} in the image, leads out of the metadata`;
    return [{ code: 'BP523', severity: 'error', message, help: 'put the file itself there, in the place of the link' }];
  });
  if (problems.length > 0) throw new InputError(problems);
  return new Map(sorted.map(([name, from]) => [name, join(directory, from)]));
}
