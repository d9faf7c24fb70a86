/** Two generations of the shared libraries of a package: what those linked with the older miss in the newer. */
import type { AbiChange } from '../../events.ts';
import { byteOrder } from '../../order.ts';
import type { SharedLibrary } from '../formats/elf-dynamic.ts';

/** `libx.so.1` and `libx-2.0.so` are versions of `libx`. */
const stem = (soname: string): string => soname.replace(/(-[\d.]+)?\.so.*$/, '');

/**
 * Libraries of one SONAME belong together; of the others those that are versions of one library, in byte order. A
 * library that was not there before changes nothing for anybody.
 *
 * @returns what differs, in byte order of the earlier SONAME; nothing when SONAMEs and exported symbols are the same
 */
export function abiChanges(before: readonly SharedLibrary[], after: readonly SharedLibrary[]): readonly AbiChange[] {
  const left = new Map(after.map((library) => [library.soname, library]));
  const sorted = [...before].sort((a, b) => byteOrder(a.soname, b.soname));
  const pairs = new Map<SharedLibrary, SharedLibrary | undefined>();
  const take = (library: SharedLibrary, soname: string | undefined): void => {
    pairs.set(library, soname === undefined ? undefined : left.get(soname));
    if (soname !== undefined) left.delete(soname);
  };
  for (const library of sorted) if (left.has(library.soname)) take(library, library.soname);
  for (const library of sorted) {
    if (pairs.has(library)) continue;
    const versions = [...left.keys()].filter((soname) => stem(soname) === stem(library.soname));
    take(library, versions.sort(byteOrder)[0]);
  }
  return sorted.flatMap((library): AbiChange[] => {
    const now = pairs.get(library);
    if (now === undefined) return [{ soname: library.soname, now: '', removed: library.exports, added: [] }];
    const [had, has] = [new Set(library.exports), new Set(now.exports)];
    const removed = library.exports.filter((name) => !has.has(name));
    const added = now.exports.filter((name) => !had.has(name));
    const same = library.soname === now.soname && removed.length === 0 && added.length === 0;
    return same ? [] : [{ soname: library.soname, now: now.soname, removed, added }];
  });
}
