/** What a result must be called to be the result of a build: decided by the plan, before the cache is asked. */
import type { BinaryName } from '../../names.ts';
import { debFileName } from '../files/deb-file.ts';
import type { ActionResult, StoredDeb } from './action-result.ts';

/** What the packages of a build are called. */
export interface Expected {
  /** Binaries that the build yields, in any order. */
  readonly names: readonly BinaryName[];
  /** How every version ends: the mark of the archive that the build goes to. */
  readonly suffix: string;
  /** Of its packages, besides `all`. */
  readonly architecture: string;
}

/** Has a package the mark of its archive, and its file the name that we would have given it? */
export const isNamedAs = (
  { name, version, file }: Pick<StoredDeb, 'name' | 'version' | 'file'>,
  { suffix, architecture }: Expected,
): boolean =>
  version.endsWith(suffix) && [architecture, 'all'].some((each) => debFileName(name, version, each) === file);

/** Exactly those packages, each under the name that we would have given its file. O(packages). */
export function isExpected({ debs }: ActionResult, expected: Expected): boolean {
  const { names } = expected;
  const found = new Set(debs.map((deb) => deb.name));
  return (
    debs.length === names.length &&
    names.every((name) => found.has(name)) &&
    debs.every((deb) => isNamedAs(deb, expected))
  );
}
