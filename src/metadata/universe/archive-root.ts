/** Where the files of an archive lie when its indices are part of a copy of it on this machine. */
import { dirname, join } from 'node:path';

/**
 * The host path of a file that an index names: below the directory that holds `dists`, else below that of the index.
 * Undefined for names that lead elsewhere. Nobody has looked whether it is there. Pure.
 *
 * @param name a value of Filename, or of Directory with a file of it
 */
export function besideIndex(index: string, name: string): string | undefined {
  const parts = name.replace(/^\.\//, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const at = index.lastIndexOf('/dists/');
  return join(at < 0 ? dirname(index) : index.slice(0, at), ...parts);
}
