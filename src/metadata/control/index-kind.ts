/**
 * What every index stanza is looked at for: whether it is of this kind of index at all, and whether its name is one.
 */
import type { Diagnostic } from '../../model.ts';
import type { Stanza } from './stanza.ts';

const name = /^[A-Za-z0-9][A-Za-z0-9+.-]*$/;

/** Fields that one kind of index has and the other never. */
const telling = {
  Packages: ['filename', 'installed-size', 'depends', 'pre-depends', 'provides', 'multi-arch'],
  Sources: ['binary', 'build-depends', 'build-depends-indep', 'package-list', 'directory'],
} as const;
const flags = { Packages: '--packages', Sources: '--sources' } as const;

/** A stanza of the other kind of index; the files were given the wrong way round. */
export function otherKind(stanza: Stanza, kind: 'Packages' | 'Sources'): Diagnostic | undefined {
  const other = kind === 'Packages' ? 'Sources' : 'Packages';
  const field = telling[other].find((f) => stanza.has(f));
  if (field === undefined) return undefined;
  const first = stanza.names[0]!;
  const place = { ...stanza.place(first), origin: { ...stanza.origin, column: 1, length: first.length } };
  const message = `a ${other} index, given as ${flags[kind]}`;
  const help = `it has a field ${field}; give it as ${flags[other]}`;
  return { code: 'BP148', severity: 'error', message, ...place, help };
}

/** A `Package` that is no name. */
export function nameProblem(stanza: Stanza, field: string, value: string): Diagnostic | undefined {
  if (name.test(value)) return undefined;
  const message = `${JSON.stringify(value.slice(0, 80))} is not a package name`;
  const help = 'letters, digits, `+`, `-` and `.`, the first a letter or digit';
  return { code: 'BP149', severity: 'error', message, ...stanza.place(field, 0, value.length), help };
}
