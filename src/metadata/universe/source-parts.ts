/**
 * What of a source is built, and as how many builds. A build daemon builds the binaries of its own architecture
 * (`dpkg-buildpackage -B`, which asks for Build-Depends and -Arch) and, on one architecture only, those for all (`-A`,
 * which asks for Build-Depends and -Indep). A build of the one kind never waits for what only the other needs.
 */

import type { Source } from '../../model.ts';
import { allPart, type SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { SourceRecord } from '../control/sources.ts';
import { architectureMatches } from '../relations/architecture.ts';

/** One source of the universe: a source of the archive, or a part of it. */
export interface SourcePart {
  readonly record: number;
  readonly name: SourceName;
  /** Left out when it builds all that the source has for this architecture. */
  readonly part?: NonNullable<Source['part']>;
  readonly noIndep: boolean;
  readonly noArch: boolean;
  /** Must exist at the end when everything is asked for. */
  readonly isTarget: boolean;
}

/** What the builds are for. */
export interface PartOptions {
  readonly architecture: string;
  readonly noIndep: boolean;
  /** Builds are whole, `Architecture: all` included. */
  readonly whole: boolean;
  readonly archAll: 'available' | 'build';
}

/**
 * In byte order of name; sources that this architecture does not build are left out.
 *
 * @param lacksAll whether an `Architecture: all` binary of a source is in no index, and so has to be built
 */
export function sourceParts(
  sources: readonly SourceRecord[],
  lacksAll: (record: number) => boolean,
  { architecture, noIndep, whole, archAll }: PartOptions,
): readonly SourcePart[] {
  const parts: SourcePart[] = [];
  sources.forEach(({ name, architectures }, record) => {
    const forAll = architectures.includes('all');
    const forThis = architectures.some((a) => a !== 'all' && architectureMatches(architecture, a));
    const add = (part: Partial<SourcePart>) =>
      parts.push({ record, name, noIndep: false, noArch: false, isTarget: true, ...part });
    if (!forThis && (!forAll || noIndep)) return;
    if (noIndep) add({ noIndep, ...(forAll && { part: 'arch' }) });
    else if (whole) add({});
    else if (!forThis) add({ noArch: true, isTarget: archAll === 'build' });
    else {
      const builtForAll = forAll && (archAll === 'build' || lacksAll(record));
      add({ noIndep: forAll || archAll === 'available', ...(forAll && { part: 'arch' }) });
      if (builtForAll) add({ name: allPart(name), part: 'all', noArch: true, isTarget: archAll === 'build' });
    }
  });
  return parts.sort((a, b) => byteOrder(a.name, b.name));
}
