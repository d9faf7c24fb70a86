/**
 * How large the sources of an index are, packed: the sum of the files that Checksums-Sha256 names (deb-src-control(5)).
 */
import type { ControlText } from '../control/control-text.ts';
import { readStanzas } from '../control/deb822.ts';

/** Bytes by name of source; of several versions the largest. O(bytes of the index). */
export function sourceSizesIn(text: ControlText): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  readStanzas(text, (stanza) => {
    const source = stanza.few('package') ?? stanza.few('source');
    if (source === undefined) return;
    const rows = (stanza.get('checksums-sha256') ?? '').split('\n').map((line) => line.trim().split(/\s+/));
    const bytes = rows.reduce((sum, [, size]) => sum + (Number(size) || 0), 0);
    sizes.set(source, Math.max(bytes, sizes.get(source) ?? 0));
  });
  return sizes;
}
