/** Sizes as people write them: `500M`, `1.5G`, plain bytes. Powers of 1024. */
import { valueAt } from '../by-name.ts';
import type { ByName } from '../model.ts';

const units: ByName<number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** In bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(text.trim());
  return match ? Math.floor(Number(match[1]) * valueAt(units, match[2]!.toUpperCase())!) : undefined;
}
