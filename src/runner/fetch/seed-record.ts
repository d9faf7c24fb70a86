/** What the seed of a state directory was: `seed/*.json`, written when it is first put together. */
import { EnvironmentError, exitCode } from '../../errors.ts';
import { sha256 } from '../digest.ts';
import { readRecord } from '../record.ts';

export interface SeedDeb {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Seed {
  readonly names: readonly string[];
  readonly packages: readonly string[];
  readonly debs: readonly SeedDeb[];
  /** sha256 of all names and digests. */
  readonly digest: string;
}

export const digestOfSeed = (debs: readonly SeedDeb[]): string =>
  sha256(debs.map((d) => `${d.sha256}  ${d.file}\n`).join(''));

const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** @throws EnvironmentError (74) when it is not as it was written */
export function readSeed(path: string): Seed {
  const remedy = 'delete it: the seed is looked up again';
  const { names, packages, debs, digest } = readRecord<Partial<Seed> | null>(path, remedy) ?? {};
  if (areTexts(names) && areTexts(packages) && Array.isArray(debs) && debs.every((deb) => deb instanceof Object))
    if (digestOfSeed(debs) === digest) return { names, packages, debs, digest };
  throw new EnvironmentError(`${path} was changed or damaged: its parts do not agree`, exitCode.disk, remedy);
}
