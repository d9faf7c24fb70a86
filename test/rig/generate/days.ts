/** Thirty days of a small archive: each day something harmless changes, and on some days something that matters. */
import type { Universe } from '../../../src/model.ts';
import { universe } from '../universe.ts';

/** A cycle of three: `<n>-a` needs `<n>-b` needs `<n>-c` needs `<n>-a`; stage 1 of `<n>-a` breaks it. */
interface Ring {
  version: number;
  /** How it is spoiled today; '' while its stage breaks it. */
  spoiled: '' | 'stage' | 'need' | 'runtime';
}

export interface PlantedDay {
  readonly date: string;
  readonly universe: Universe;
  /** What must be named, and nothing else: `lost ring3-a: stage` and the like, byte order. */
  readonly planted: readonly string[];
  /** Sources that cannot be built that day. */
  readonly stuck: number;
}

/** A small generator of numbers, the same on every machine (D. H. Lehmer, 1951). */
function lehmer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

const kinds = ['stage', 'need', 'runtime'] as const;

function text(rings: readonly Ring[], versions: readonly number[]): string {
  const lines = ['seed: gcc', 'tool 1: gcc', 'tool => helper', 'helper 1: gcc'];
  rings.forEach(({ version, spoiled }, n) => {
    const name = `ring${n}`;
    lines.push(`${name}-a ${version}: ${name}-b`, `${name}-b 1: ${name}-c`, `${name}-c 1: ${name}-a`);
    if (spoiled !== 'stage') lines.push(`${name}-a stage1: ${name}-tool${spoiled === 'need' ? `, ${name}-c` : ''}`);
    lines.push(`${name}-tool 1: gcc`, `${name}-user 1: ${name}-b`);
    if (spoiled === 'runtime') lines.push(`${name}-tool => ${name}-b`);
  });
  versions.forEach((v, n) => {
    lines.push(`leaf${n} ${v}: tool${v % 2 === 0 ? ', helper' : ''}`);
  });
  return lines.join('\n');
}

/** @param seed gives another thirty days */
export function plantedDays(seed: number, count = 30): readonly PlantedDay[] {
  const random = lehmer(seed);
  const rings: Ring[] = Array.from({ length: 6 }, () => ({ version: 1, spoiled: '' }));
  const leaves = [1, 1, 1, 1];
  return Array.from({ length: count }, (_, day) => {
    const planted: string[] = [];
    leaves[random(leaves.length)]!++;
    // Nothing on the first day, which has no day before; then on about every second day one ring, or two.
    const moves = day === 0 ? 0 : [0, 0, 1, 1, 1, 2][random(6)]!;
    for (const n of new Set(Array.from({ length: moves }, () => random(rings.length)))) {
      const ring = rings[n]!;
      ring.version++;
      const kind = ring.spoiled === '' ? kinds[random(3)]! : ring.spoiled;
      planted.push(`${ring.spoiled === '' ? 'lost' : 'freed'} ring${n}-a: ${kind}`);
      ring.spoiled = ring.spoiled === '' ? kind : '';
    }
    return {
      date: new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10),
      universe: universe(text(rings, leaves)),
      planted: planted.sort(),
      stuck: 4 * rings.filter((r) => r.spoiled !== '').length,
    };
  });
}
