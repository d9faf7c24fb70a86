/** Byte order, the one order of names everywhere. */

/**
 * Compares by UTF-8 bytes. JavaScript compares UTF-16 code units, which differs only where surrogates meet
 * U+E000..U+FFFF, so the fast path is exact for everything else.
 */
export function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const ca = a.charCodeAt(i);
    const cb = b.charCodeAt(i);
    if (ca === cb) continue;
    if (ca >= 0xd800 && cb >= 0xd800) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0) || ca - cb;
    return ca - cb;
  }
  return a.length - b.length;
}

/** Where a name is, or would be, among `count` names in byte order: the first that is not below it. O(log count). */
export function placeInOrder(count: number, nameAt: (i: number) => string, name: string): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byteOrder(nameAt(middle), name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
