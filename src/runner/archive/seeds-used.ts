/** What the seed of a run was, by the records that its preparation left in the state directory. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SeedDigest } from '../../digests.ts';
import { byteOrder } from '../../order.ts';
import { readSeed } from '../fetch/seed-record.ts';
import type { Material } from './provenance.ts';

/** One seed, by what it was made from. */
export interface SeedUsed {
  readonly name: string;
  /** The number of Debian packages. */
  readonly packages: number;
  /** Of all their names and digests. */
  readonly sha256: SeedDigest;
}

/** The Debian packages that stand behind seed binaries, by the names of those that were installed together. */
export function seedMaterials(records: string, names: readonly string[]): readonly Material[] {
  const path = join(records, `${[...names].sort(byteOrder).join('+')}.json`);
  return names.length > 0 && existsSync(path)
    ? readSeed(path).debs.map(({ file, sha256 }) => ({ name: file, sha256 }))
    : [];
}

/**
 * Those of the records that were installed; others are left from another plan, or from one that was only looked at.
 * @param installed digests of the seeds that builds of the run had
 */
export function seedsUsed(records: string, installed: ReadonlySet<string>): readonly SeedUsed[] {
  if (!existsSync(records)) return [];
  const files = readdirSync(records).filter((name) => name.endsWith('.json'));
  return files.sort(byteOrder).flatMap((file) => {
    const seed = readSeed(join(records, file));
    if (!installed.has(seed.digest)) return [];
    return { name: seed.names.join(' + '), packages: seed.debs.length, sha256: seed.digest };
  });
}
