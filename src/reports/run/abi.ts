/** A change of what a shared library promises, in words. */
import type { AbiChange } from '../../events.ts';
import { namesAndMore } from '../writing/count.ts';

const named = 8;

function symbols(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  return `; symbols ${what}: ${namesAndMore(names, named)}`;
}

/** `ABI changed: libx.so.1 → libx.so.2; symbols removed: x_open` */
export function abiLine({ soname, now, removed, added }: AbiChange): string {
  if (now === '') return `ABI changed: ${soname} is gone`;
  const names = soname === now ? soname : `${soname} → ${now}`;
  return `ABI changed: ${names}${symbols('removed', removed)}${symbols('added', added)}`;
}
