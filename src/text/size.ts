/** Sizes as people write them: `500M`, `1.5G`, plain bytes. Powers of 1024. */

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** In bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(text.trim());
  return match ? Math.floor(Number(match[1]) * units[match[2]!.toUpperCase()]!) : undefined;
}
