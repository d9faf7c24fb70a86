/**
 * What the seed of a state directory was: `seed/*.json`, written when it is first put together. Its digest is no
 * signature: who can write there may name other packages, but never a file or an argument of apt that is none of one.
 */
import { type FileDigest, type SeedDigest, seedDigest } from '../../digests.ts';
import { aptFileName, partsOfAptFileName } from '../files/deb-file.ts';
import { sha256 } from '../files/digest.ts';
import { damaged, readRecord } from '../files/json-record.ts';

/** One Debian package of a seed. */
export interface SeedDeb {
  readonly file: string;
  readonly sha256: FileDigest;
  readonly bytes: number;
}

/** A seed, by the names that were asked for and the packages that came. */
export interface Seed {
  readonly names: readonly string[];
  readonly packages: readonly string[];
  readonly debs: readonly SeedDeb[];
  /** sha256 of all names and digests. */
  readonly digest: SeedDigest;
}

/** The digest of a seed's packages, in their order. */
export const digestOfSeed = (debs: readonly SeedDeb[]): SeedDigest =>
  seedDigest(sha256(debs.map((d) => `${d.sha256}  ${d.file}\n`).join('')));

/** A package as apt names it in its archive; nothing for any other file. */
function isAptName(file: string): boolean {
  const parts = partsOfAptFileName(file);
  return parts !== undefined && aptFileName(parts.name, parts.version, parts.architecture) === file;
}

/** @throws EnvironmentError (74) when it is not as it was written */
export function readSeed(path: string): Seed {
  const remedy = 'delete it: the seed is looked up again';
  const seed = readRecord<Seed>(path, 'records#/$defs/seed', remedy);
  const agrees = digestOfSeed(seed.debs) === seed.digest && seed.debs.every(({ file }) => isAptName(file));
  if (!agrees) throw damaged(path, remedy, 'its parts do not agree');
  return seed;
}
