/** Sources by maintainer, in the form that dd-list (devscripts) writes and mass-bug readers know. */

import { visible } from '../../diagnostics.ts';
import type { SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';

/** A source, and who answers for it. */
export interface Maintained {
  readonly source: SourceName;
  readonly maintainer: string;
  readonly uploaders: readonly string[];
}

/** dd-list sorts people by their upper-case names. */
const byUpperCase = (a: string, b: string) => byteOrder(a.toUpperCase(), b.toUpperCase()) || byteOrder(a, b);

/** A person, then three blanks and a source per line, then an empty line; `(U)` marks a source one only uploads. */
export function ddList(sources: readonly Maintained[], options: { readonly uploaders: boolean }): string {
  const lines = new Map<string, Set<string>>();
  const add = (person: string, line: string) => {
    const known = lines.get(person) ?? new Set<string>();
    lines.set(person, known.add(line));
  };
  for (const { source, maintainer, uploaders } of sources) {
    add(maintainer || '(no maintainer)', source);
    if (options.uploaders) for (const person of uploaders) add(person, `${source} (U)`);
  }
  return [...lines]
    .sort(([a], [b]) => byUpperCase(a, b))
    .map(
      ([person, own]) =>
        `${visible(person)}\n${[...own]
          .sort(byteOrder)
          .map((l) => `   ${visible(l)}\n`)
          .join('')}\n`,
    )
    .join('');
}
