/**
 * Names as people write them. In a universe of two architectures what is for the host has its architecture in the name
 * (src/metadata/universe/crossed.ts); in debian/control it has not, and what a name tells of a package does not change.
 */
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Binary, Group, Universe } from '../../model.ts';
import { type BinaryName, binaryName } from '../../names.ts';

/** A binary, and what it depends on, under the names that debian/control has. */
export const binaryAsWritten = (universe: Universe, binary: Binary): Binary =>
  binary.multiArchName === undefined
    ? binary
    : { ...binary, name: binary.multiArchName, depends: binary.depends.map((group) => asWritten(universe, group)) };

/** A name as debian/control has it. */
export function nameAsWritten({ architecture, buildArchitecture }: Universe, name: string): BinaryName {
  const host = `:${architecture}`;
  return binaryName(buildArchitecture !== undefined && name.endsWith(host) ? name.slice(0, -host.length) : name);
}

/** A member of Build-Depends as debian/control has it. */
export const asWritten = (universe: Universe, group: Group): Group =>
  universe.buildArchitecture === undefined
    ? group
    : group.map((r) => ({ ...r, name: nameAsWritten(universe, r.name) }));

/** The same as text. */
export const writtenText = (universe: Universe, group: Group): string => formatGroup(asWritten(universe, group));
