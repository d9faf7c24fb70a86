/** Who builds: never root. */
import { readFileSync } from 'node:fs';

/** `nobody`, on every Linux system: what root becomes before a recipe runs. Its files are seen as uid 1000 inside. */
export const buildUser = 65534;

/**
 * True when bootplan is root and may become that user. An ordinary user, or root of a container that knows no other
 * user, builds as itself in a user namespace.
 */
export function mayDropTo(uid: number): boolean {
  if (process.getuid?.() !== 0) return false;
  const map = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n');
  return map.some((line) => {
    const [inside, , count] = line.trim().split(/\s+/).map(Number);
    return inside! <= uid && uid < inside! + count!;
  });
}
