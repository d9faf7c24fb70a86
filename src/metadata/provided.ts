/** Does anything in a small universe satisfy a group? Exact on versions; used where every name must be known. */
import type { Binary, Group, Relation } from '../model.ts';
import { satisfies } from './version.ts';

/** Binary indices by each name they have or provide, with the version they have it in. */
export type NameIndex = ReadonlyMap<
  string,
  readonly { readonly binary: number; readonly version: string | undefined }[]
>;

export function nameIndex(binaries: readonly Binary[]): NameIndex {
  const index = new Map<string, { binary: number; version: string | undefined }[]>();
  const add = (name: string, binary: number, version: string | undefined) => {
    const list = index.get(name);
    if (list) list.push({ binary, version });
    else index.set(name, [{ binary, version }]);
  };
  binaries.forEach((b, i) => {
    add(b.name, i, b.version);
    // An unversioned Provides satisfies unversioned dependencies only.
    for (const p of b.provides) add(p.name, i, p.version);
  });
  return index;
}

/** The binaries that satisfy one alternative, ascending. */
export function satisfying(index: NameIndex, relation: Relation): readonly number[] {
  return (index.get(relation.name) ?? [])
    .filter(
      (c) =>
        relation.op === undefined || (c.version !== undefined && satisfies(c.version, relation.op, relation.version!)),
    )
    .map((c) => c.binary);
}

export const isProvided = (index: NameIndex, group: Group): boolean =>
  group.some((r) => satisfying(index, r).length > 0);
