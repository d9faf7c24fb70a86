/**
 * What is taken as given before the first build. A name that is given has its run-time dependencies installed with it,
 * so naming the roots is enough.
 */

import type { Binary, Diagnostic, Origin } from '../../model.ts';
import { type BinaryName, binaryName } from '../../names.ts';
import { nearest } from '../../text/nearest-names.ts';
import type { BinaryRecord } from '../control/packages.ts';

/**
 * `build-essential`: what every Debian build environment holds, that is Essential, Priority: required and
 * build-essential. `none`: nothing at all. Otherwise the names somebody wrote down.
 */
export type Seed =
  | 'build-essential'
  | 'none'
  | {
      readonly file: string;
      readonly names: readonly { readonly name: BinaryName; readonly origin: Origin; readonly excerpt: string }[];
    };

/** Is it part of every build environment (Debian policy 3.8, 4.2; debootstrap --variant=buildd)? */
export const isBase = (b: Pick<Binary, 'name' | 'essential' | 'priority'>): boolean =>
  b.essential || b.priority === 'required' || b.name === 'build-essential';

/** The names given, and those that every build needs without saying so. */
export function seedNames(
  seed: Seed,
  binaries: readonly BinaryRecord[],
  problems: Diagnostic[],
): { names: ReadonlySet<BinaryName>; implicit: readonly BinaryName[] } {
  const isImplicit = (r: BinaryRecord) => r.binary.essential || r.binary.name === 'build-essential';
  const implicit = [...new Set(binaries.filter(isImplicit).map((r) => r.binary.name))];
  if (seed === 'none') return { names: new Set(), implicit };
  if (seed === 'build-essential') {
    const names = new Set(binaries.filter((r) => isBase(r.binary)).map((r) => r.binary.name));
    if (!binaries.some((r) => r.binary.name === 'build-essential') && binaries.length > 0) {
      const message =
        'no index holds the binary build-essential: builds are taken to need no compiler they do not name';
      const help = 'name what is there before the first build with --seed FILE';
      problems.push({ code: 'BP155', severity: 'warning', message, help });
    }
    return { names, implicit };
  }
  const known = new Set(binaries.map((r) => r.binary.name));
  for (const { name, origin, excerpt } of seed.names) {
    if (known.has(name)) continue;
    const guess = nearest(name, known);
    const help = guess ? `did you mean ${guess}?` : 'the seed names binaries of the Packages files, one per line';
    problems.push({
      code: 'BP161',
      severity: 'error',
      message: `the seed names ${name}, which no index holds`,
      origin,
      excerpt,
      help,
    });
  }
  return { names: new Set(seed.names.map((n) => n.name)), implicit };
}

/** dpkg's words for what it knows of, and does not have. */
const notThere = /^Status:.*\s(?:not-installed|config-files|half-installed)\s*$/;
const notWanted = /\s(?:deinstall|purge)\s*$/;

/**
 * A file of names: one binary per line (`#` begins a comment; `name:arch`, `name (= version)`, `name_version` and
 * dpkg's `name\tinstall` are understood), or a Packages index or dpkg status file, of which the names count. What dpkg
 * has removed is not there.
 */
export function readSeed(file: string, text: string): Seed {
  const isIndex = /^Package:/m.test(text);
  const names: { name: BinaryName; origin: Origin; excerpt: string }[] = [];
  text.split('\n').forEach((excerpt, i) => {
    if (isIndex && notThere.test(excerpt)) names.pop();
    const line = isIndex ? (/^Package:\s*(.*)$/.exec(excerpt)?.[1] ?? '') : excerpt.replace(/#.*/, '').trim();
    const name = /^[^\s:_(=]+/.exec(line)?.[0];
    if (name === undefined || notWanted.test(line)) return;
    const column = excerpt.indexOf(name) + 1;
    names.push({ name: binaryName(name), origin: { file, line: i + 1, column, length: name.length }, excerpt });
  });
  return { file, names };
}
