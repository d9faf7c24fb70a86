/**
 * Outputs that are made only when they have to be: beside each lies `.hash`, the sha256 of its inputs and, on the next
 * line, its own. What was changed since it was made is made again, whatever its inputs.
 */

import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import type { FileDigest } from '../../digests.ts';
import { wholeText } from '../../whole-file.ts';
import { sha256, sha256File } from '../files/digest.ts';
import { flush, publishText, unfinished } from '../files/publish.ts';

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** An output, and whether it had to be made. */
export interface Output {
  /** Whether it was made now. */
  readonly made: boolean;
  readonly sha256: FileDigest;
}

/**
 * Makes `path` by `make`, unless it is there and its `.hash` says that it was made from the same inputs and came out
 * as it is now. Deleting the `.hash` forces it. The file appears whole, and its `.hash` after it.
 * @param inputs a text that names every input by its digest
 */
export async function ifInputsChanged(
  path: string,
  inputs: string,
  make: (to: string) => Promise<void>,
): Promise<Output> {
  const digest = sha256(inputs);
  const sidecar = `${path}.hash`;
  const [madeFrom, content = ''] = existsSync(sidecar) ? wholeText(sidecar).trim().split('\n') : [];
  if (madeFrom === digest && isFile(path) && (await sha256File(path)) === content)
    return { made: false, sha256: content };
  rmSync(sidecar, { force: true });
  const beside = path + unfinished;
  rmSync(beside, { force: true });
  await make(beside);
  flush(beside);
  renameSync(beside, path);
  const came = await sha256File(path);
  publishText(sidecar, `${digest}\n${came}\n`);
  return { made: true, sha256: came };
}
