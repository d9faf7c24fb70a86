/** What was installed in the chroot of a build, by dpkg's own status file, each binary with where it came from. */

import type { InstalledBinary } from '../../../../events.ts';
import { type BinaryName, binaryName } from '../../../../names.ts';
import { byteOrder } from '../../../../order.ts';
import type { InputDeb } from '../../../builder.ts';
import type { IndexedFile } from './deb-pool.ts';

/** A binary of one version that is there. */
export interface Present {
  readonly name: BinaryName;
  readonly version: string;
}

/** The packages that a dpkg status file says are installed. Pure. */
export function installedIn(status: string): readonly Present[] {
  return status.split(/\n\n+/).flatMap((stanza) => {
    if (!/^Status: \S+ ok installed$/m.test(stanza)) return [];
    const [name, version] = ['Package', 'Version'].map(
      (field) => new RegExp(`^${field}: (.*)$`, 'm').exec(stanza)?.[1],
    );
    return name === undefined || version === undefined ? [] : [{ name: binaryName(name), version }];
  });
}

/** What dpkg says is installed, with where it came from. */
export interface Recorded {
  /** Byte order of name. */
  readonly installed: readonly InstalledBinary[];
  /** What neither a build of the plan nor the seed gave. */
  readonly unknown: readonly string[];
}

/** Who gave each of them: the build that made it, else the seed. Pure. */
export function recordedSet(
  present: readonly Present[],
  inputs: readonly InputDeb[],
  seed: readonly IndexedFile[],
): Recorded {
  const ours = new Map(inputs.map((input) => [`${input.name} ${input.version}`, input]));
  const seeds = new Map(seed.map((file) => [`${file.name} ${file.version}`, file]));
  const unknown: string[] = [];
  const installed = present.flatMap(({ name, version }): InstalledBinary[] => {
    const input = ours.get(`${name} ${version}`);
    if (input !== undefined) {
      const { build, archive, sha256 } = input;
      return [{ name, version, build, archive, sha256 }];
    }
    const file = seeds.get(`${name} ${version}`);
    if (file !== undefined) return [{ name, version, build: 'seed', archive: 'seed', sha256: file.sha256 }];
    unknown.push(`${name} ${version}`);
    return [];
  });
  return { installed: installed.sort((a, b) => byteOrder(a.name, b.name)), unknown };
}

/**
 * What must not have been installed: a copy of a source that is built here from outside, though a build of the plan had
 * yielded it before; the trap of version order, when an archive leaks. In words. Pure.
 *
 * @param built binary -> the earlier build of the plan that yields it
 */
export function strangers(
  installed: readonly InstalledBinary[],
  built: ReadonlyMap<string, string>,
): readonly string[] {
  return installed.flatMap(({ name, version, build }) => {
    const by = built.get(name);
    return build === 'seed' && by !== undefined ? [`${name} ${version} of the seed, though ${by} yields it`] : [];
  });
}
