/** What --keep and --prefer name, and nothing here has: mostly a slip of the pen, which would be dropped in silence. */

import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source, Universe } from '../../model.ts';
import { archiveSource } from '../../names.ts';
import { nearest } from '../../text/nearest-names.ts';

const asked = ({ variants }: Source): readonly string[] =>
  variants.flatMap(({ buildDepends }) => buildDepends.flatMap((g) => [formatGroup(g), ...g.map((r) => r.name)]));

/** One sentence each, in the order given. @param prefer names of dependencies */
export function unmetWords({ sources }: Universe, keep: Iterable<string>, prefer: Iterable<string>): readonly string[] {
  const bySource = new Map<string, Set<string>>();
  for (const s of sources) {
    const name = archiveSource(s.name);
    bySource.set(name, new Set([...(bySource.get(name) ?? []), ...asked(s)]));
  }
  const all = new Set([...bySource.values()].flatMap((names) => [...names]));
  const alike = (name: string, names: Iterable<string>): string => {
    const near = nearest(name, names);
    return near === undefined ? '' : `; ${near} is`;
  };
  const unmet: string[] = [];
  for (const word of keep) {
    const [source = '', dependency] = word.split(':');
    const own = bySource.get(source);
    if (source !== '' && own === undefined)
      unmet.push(`--keep ${word}: ${source} is no source that the targets need${alike(source, bySource.keys())}`);
    else if (dependency !== undefined && !(own ?? all).has(dependency))
      unmet.push(
        `--keep ${word}: ${source || 'no source'} ${source === '' ? 'asks' : 'does not ask'} for ${dependency}${alike(dependency, own ?? all)}`,
      );
  }
  for (const name of prefer)
    if (!all.has(name)) unmet.push(`--prefer ${name}=...: no source asks for ${name}${alike(name, all)}`);
  return unmet;
}
