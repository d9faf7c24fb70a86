/** Dependencies as people know them: by the names that debian/control has. */
import { visible } from '../../diagnostics.ts';
import { inWords } from '../writing/count.ts';

/** The name that debian/control has, which may be a virtual one. */
const asked = (group: string): string => visible(/^[^\s:(|]+/.exec(group)?.[0] ?? group);

/** Dependencies by the names that debian/control has. */
export const askedNames = (lines: readonly { readonly group: string }[]): string =>
  inWords(lines.map((l) => asked(l.group)));

/** What the names of dependencies say that they are there for: a guess. @param purposes in words, one a line */
export function judgedByName(lines: readonly { readonly group: string }[], purposes: readonly string[]): string {
  const [their, are] = lines.length === 1 ? ['its name', 'is'] : ['their names', 'are'];
  return `judged by ${their}, ${askedNames(lines)} ${are} there for ${inWords([...new Set(purposes)])}`;
}
