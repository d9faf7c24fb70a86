/** Reads indices given as text, through files, as the program does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type InputRequest, readUniverse } from '../../src/metadata/universe/read.ts';
import type { Result, Universe } from '../../src/model.ts';
import { files, root } from './program.ts';
import { request } from './request.ts';

/** The Packages or Sources of test/fixtures/closure: a real archive, closed under build dependencies. */
export const closure = (index: 'Packages' | 'Sources'): string =>
  gunzipSync(readFileSync(join(root, `test/fixtures/closure/${index}.gz`))).toString();

/** @param directory where the files are written, for dose to read too */
export function readIndices(
  directory: string,
  packages: string,
  sources: string,
  more: Partial<InputRequest> = {},
): Promise<Result<Universe>> {
  files(directory, { Packages: packages, Sources: sources });
  return readUniverse(
    request(join(directory, 'Packages'), join(directory, 'Sources'), { alternatives: 'any', ...more }),
  );
}
