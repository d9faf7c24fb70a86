/** The end of a build that came out well: what the plan asked for is taken into the cache of this state directory. */

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { FileDigest } from '../../digests.ts';
import { Bug } from '../../errors.ts';
import type { BinaryName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { BuildOutcome } from '../builder.ts';
import { type ActionResult, installedFile, type StoredFile } from '../cache/action-result.ts';
import type { Cache } from '../cache/cache.ts';
import type { Staged } from './build-inputs.ts';

/** An outcome with packages, built here or adopted. */
export type GoodOutcome = BuildOutcome & { readonly ok: true; readonly adopted?: true };

/** What the plan asked for of what was built, byte order of name. @param bytesOf the size of a content */
export const wantedDebs = (
  { debs }: Pick<GoodOutcome, 'debs'>,
  produces: readonly BinaryName[],
  bytesOf: (sha256: FileDigest) => number,
): ActionResult['debs'] =>
  debs
    .filter((deb) => produces.includes(deb.name))
    .sort((a, b) => byteOrder(a.name, b.name))
    .map(({ name, version, file, sha256, contentSha256 }) => ({
      name,
      version,
      file,
      sha256,
      bytes: bytesOf(sha256),
      contentSha256,
    }));

/**
 * Contents first, then the result that refers to them. Nobody else is told: that is the caller's to do.
 *
 * @param log host path of its log, which need not be there
 */
export async function keep(cache: Cache, staged: Staged, outcome: GoodOutcome, log: string): Promise<ActionResult> {
  const { produces } = staged.build;
  for (const deb of outcome.debs.filter(({ name }) => produces.includes(name)))
    if ((await cache.putFile(deb.path)) !== deb.sha256) throw new Bug(`${deb.file} is not what its builder says`);
  const logDigest = existsSync(log) ? await cache.putFile(log) : cache.putText('');
  cache.putText(staged.document);
  const beside: StoredFile[] = [];
  const keepBeside = (file: string, sha256: FileDigest) => beside.push({ file, sha256, bytes: cache.sizeOf(sha256) });
  for (const path of outcome.beside ?? []) keepBeside(basename(path), await cache.putFile(path));
  if (outcome.installed !== undefined)
    keepBeside(installedFile, cache.putText(`${JSON.stringify(outcome.installed, null, 1)}\n`));
  const result: ActionResult = {
    debs: wantedDebs(outcome, produces, (sha256) => cache.sizeOf(sha256)),
    log: { sha256: logDigest, bytes: cache.sizeOf(logDigest) },
    cpuSeconds: outcome.cpuSeconds,
    sandboxed: outcome.sandboxed,
    ...(outcome.adopted && { adopted: true }),
    ...(outcome.machine !== undefined && { machine: outcome.machine }),
    ...(beside.length > 0 && { beside }),
  };
  cache.put(staged.action, result);
  return result;
}
