/** Small random archives in which installing is hard: many versions, virtual names, conflicts, essentials. */
import * as fc from 'fast-check';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const virtualNames = ['v', 'w'];
const versions = ['1', '2', '3'];

const maybe = (weight: number, text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant('') }, { weight, arbitrary: text });

const bound = fc
  .tuple(fc.constantFrom('<<', '<=', '=', '>=', '>>'), fc.constantFrom(...versions))
  .map(([op, version]) => ` (${op} ${version})`);

/** How dose reads qualifiers: `:any` and `:native` on a real name mean nothing to it, whatever its Multi-Arch is. */
export type Readers = 'all' | 'with dose';

/**
 * One relation; `prefix` keeps the names of one problem apart from those of another in the same archive. What is `:any`
 * has no version, since dose forgets the version there and could not be compared with.
 */
const relation = (prefix: string, qualifiers: readonly string[], readers: Readers): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names, ...virtualNames), maybe(1, fc.constantFrom(...qualifiers)), maybe(4, bound))
    .map(([name, drawn, version]) => {
      const disputed = readers === 'with dose' && !virtualNames.includes(name) && /:any|:native/.test(drawn);
      const qualifier = disputed ? '' : drawn;
      const isVersioned = qualifier !== ':any' && (readers === 'all' || qualifier !== ':native');
      return `${prefix}${name}${qualifier}${isVersioned ? version : ''}`;
    });

const list = (item: fc.Arbitrary<string>, maxLength: number, separator: string, minLength = 0): fc.Arbitrary<string> =>
  fc.array(item, { minLength, maxLength }).map((items) => items.join(separator));

const field = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map((text) => (text === '' ? '' : `${name}: ${text}\n`));

const provided = (prefix: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...virtualNames, 'a', 'b'), maybe(4, fc.constantFrom(...versions)))
    .map(([name, version]) => `${prefix}${name}${version && ` (= ${version})`}`);

export interface InstallProblem {
  /** Stanzas of a Packages index. */
  readonly packages: string;
  /** One stanza of a Sources index. */
  readonly source: string;
}

/**
 * @param prefix begins every name
 * @param readers who has to agree on the meaning of what is drawn
 * @param essentials whether some binaries are Essential: only for an archive that holds nothing else
 */
export function installProblems(
  prefix: string,
  essentials: boolean,
  readers: Readers = 'all',
): fc.Arbitrary<InstallProblem> {
  const relationWith = (qualifiers: readonly string[]) => relation(prefix, qualifiers, readers);
  const needs = list(list(relationWith([':any', ':amd64', ':i386']), 3, ' | ', 1), 3, ', ');
  const clashes = list(relationWith([':amd64']), 2, ', ');
  const body = fc
    .tuple(
      field('Depends', needs),
      field('Pre-Depends', maybe(2, relationWith([':any']))),
      field('Conflicts', maybe(4, clashes)),
      field('Breaks', maybe(2, clashes)),
      field('Provides', maybe(4, list(provided(prefix), 2, ', '))),
      field('Multi-Arch', maybe(3, fc.constantFrom('same', 'foreign', 'allowed'))),
      field('Essential', essentials ? maybe(1, fc.constant('yes')) : fc.constant('')),
    )
    .map((fields) => fields.join(''));
  const binary = fc
    .record({ name: fc.constantFrom(...names), version: fc.constantFrom(...versions), all: fc.boolean(), body })
    .map(({ name, version, all, body }) => ({
      key: `${name} ${version}`,
      text: `Package: ${prefix}${name}\nVersion: ${version}\nArchitecture: ${all ? 'all' : 'amd64'}\n${body}`,
    }));
  const build = fc
    .tuple(
      list(list(relationWith([':any', ':native']), 3, ' | ', 1), 3, ', ', 1),
      // dose knows no difference between what is provided and what is real there.
      maybe(2, list(relationWith(readers === 'all' ? [':native', ':any', ':amd64'] : ['']), 2, ', ')),
    )
    .map(([needs, clashes]) => `Build-Depends: ${needs}\n${clashes && `Build-Conflicts: ${clashes}\n`}`);
  return fc
    .tuple(fc.uniqueArray(binary, { maxLength: 9, selector: ({ key }) => key }), build)
    .map(([binaries, build]) => ({
      packages: binaries.map(({ text }) => `${text}\n`).join(''),
      source: `Package: ${prefix}src\n${build}\n`,
    }));
}
