/** Who maintains which sources: the one answer for every list of people. */

import type { Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { Maintained } from '../../reports/writing/dd-list.ts';

/** In the order of the names; one that the universe does not know has nobody. */
export function maintainersOf(universe: Universe, names: readonly SourceName[]): readonly Maintained[] {
  const known = new Map(universe.sources.map((s) => [s.name, s]));
  return names.map((source) => {
    const { maintainer = '', uploaders = [] } = known.get(source) ?? {};
    return { source, maintainer, uploaders };
  });
}
