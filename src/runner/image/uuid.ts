/** Identifiers that are the same in every run: disks, partitions, file systems. */
import { sha256 } from '../files/digest.ts';

/** A UUID from a name, of version 8 (RFC 9562): made as the maker likes. */
export function uuidOf(name: string): string {
  const hex = sha256(name);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
