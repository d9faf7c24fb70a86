/** Outputs that are made only when their inputs changed: beside each lies `.hash`, the sha256 of its inputs. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { sha256 } from '../digest.ts';
import { flush, publishText, unfinished } from '../publish.ts';

/**
 * Makes `path` by `make`, unless it is there and its `.hash` says that it was made from the same inputs. Deleting the
 * `.hash` forces it. The file appears whole, and its `.hash` after it.
 * @param inputs a text that names every input by its digest
 * @returns whether it was made
 */
export async function ifInputsChanged(
  path: string,
  inputs: string,
  make: (to: string) => Promise<void>,
): Promise<boolean> {
  const digest = sha256(inputs);
  const sidecar = `${path}.hash`;
  if (existsSync(path) && existsSync(sidecar) && readFileSync(sidecar, 'utf8').trim() === digest) return false;
  rmSync(sidecar, { force: true });
  const beside = path + unfinished;
  rmSync(beside, { force: true });
  await make(beside);
  flush(beside);
  renameSync(beside, path);
  publishText(sidecar, `${digest}\n`);
  return true;
}
