/** What trials have shown, of what a proposal is about. */

import type { Universe } from '../../model.ts';
import { sourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import type { Knowledge } from './edit-lines.ts';
import type { TriedLine } from './proposal.ts';

/** The evidence about versions of sources that are here. */
export function triedLines({ sources }: Universe, { evidence }: Knowledge): readonly TriedLine[] {
  const here = new Set(sources.map((s) => `${s.name} ${s.version}`));
  return [...evidence]
    .map(([key, word]): TriedLine => {
      const [, source, version, dependency] = /^(\S+) (\S+) (.*)$/s.exec(key)!;
      return { source: sourceName(source!), version: version!, dependency: dependency!, ...word };
    })
    .filter((t) => here.has(`${t.source} ${t.version}`))
    .sort((a, b) => byteOrder(a.source, b.source) || byteOrder(a.dependency, b.dependency));
}
