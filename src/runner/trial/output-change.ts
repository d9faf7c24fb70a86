/**
 * What a reduced build yields less than the full one, as far as others can tell: binaries, files, libraries,
 * dependencies.
 */
import type { AbiChange } from '../../events.ts';
import { byteOrder } from '../../order.ts';
import { abiChanges } from '../build/abi-change.ts';
import type { SharedLibrary } from '../formats/elf-dynamic.ts';

/** One binary that a trial has built, as it is kept. */
export interface BuiltPackage {
  readonly name: string;
  /** Path and what two equal files have in common. */
  readonly files: readonly (readonly [path: string, line: string])[];
  readonly libraries: readonly SharedLibrary[];
  /** `Field: value` of the fields by which others find it and it finds others, without versions of its own source. */
  readonly relations: readonly string[];
}

/** One binary that is in both builds, and not the same. */
export interface PackageChange {
  readonly name: string;
  /** Paths, byte order. */
  readonly lost: readonly string[];
  readonly added: readonly string[];
  /** How many files have other content. */
  readonly changed: number;
  /** Paths of files that have content in the full build, and none in the reduced one; byte order. */
  readonly emptied: readonly string[];
  readonly abi: readonly AbiChange[];
  /** Relations that only one of the two has. */
  readonly relationsLost: readonly string[];
  readonly relationsAdded: readonly string[];
}

/** What is missing from a reduced build. */
export interface OutputChange {
  /**
   * Binaries that only the full build yields, byte order; those that the stage is said to leave out are not among them.
   */
  readonly lost: readonly string[];
  /** Left out as declared. */
  readonly omitted: readonly string[];
  readonly packages: readonly PackageChange[];
  /** What others may miss, each a sentence; nothing when the stage does what the full build does for them. */
  readonly missed: readonly string[];
}

/** Nobody is built with these. */
const forReaders =
  /^\/usr\/share\/(doc|doc-base|man|info|gtk-doc|locale|help|lintian|bug|metainfo|devhelp)\/|^\/usr\/lib\/debug\//;

const isForReaders = (name: string): boolean => /-(doc|docs|dbg|dbgsym|tests|examples)$/.test(name);

/**
 * @param omits binaries that the stage is declared not to yield. Pure
 */
export function outputChange(
  full: readonly BuiltPackage[],
  reduced: readonly BuiltPackage[],
  omits: ReadonlySet<string>,
): OutputChange {
  const left = new Map(reduced.map((p) => [p.name, p]));
  const gone = full.filter((p) => !left.has(p.name)).map((p) => p.name);
  const packages = full.flatMap((before) => {
    const after = left.get(before.name);
    const change = after && packageChange(before, after);
    return change === undefined || isSame(change) ? [] : [change];
  });
  const lost = gone.filter((name) => !omits.has(name)).sort(byteOrder);
  const missed = [
    ...lost.filter((name) => !isForReaders(name)).map((name) => `${name} is not built`),
    ...packages.filter(({ name }) => !isForReaders(name)).flatMap(missedOf),
  ];
  return { lost, omitted: gone.filter((name) => omits.has(name)).sort(byteOrder), packages, missed };
}

function packageChange(before: BuiltPackage, after: BuiltPackage): PackageChange {
  const [had, has] = [new Map(before.files), new Map(after.files)];
  const only = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
    [...a.keys()].filter((path) => !b.has(path) && !path.endsWith('/')).sort(byteOrder);
  const without = (a: readonly string[], b: readonly string[]): readonly string[] => a.filter((r) => !b.includes(r));
  return {
    name: before.name,
    lost: only(had, has),
    added: only(has, had),
    changed: [...had].filter(([path, line]) => has.has(path) && has.get(path) !== line).length,
    emptied: [...had].filter(([path, line]) => !isEmpty(line) && isEmpty(has.get(path) ?? '')).map(([path]) => path),
    abi: abiChanges(before.libraries, after.libraries),
    relationsLost: without(before.relations, after.relations),
    relationsAdded: without(after.relations, before.relations),
  };
}

/** A regular file of no bytes: its line has no digest. See `tarMembers`. */
const isEmpty = (line: string): boolean => /^[0\0] \d+ {2}$/.test(line);

const isSame = ({ lost, added, changed, abi, relationsLost, relationsAdded }: PackageChange): boolean =>
  changed === 0 && [lost, added, abi, relationsLost, relationsAdded].every((list) => list.length === 0);

function missedOf({ name, lost, emptied, abi, relationsLost }: PackageChange): readonly string[] {
  const files = lost.filter((path) => !forReaders.test(path));
  const empty = emptied.filter((path) => !forReaders.test(path));
  const provided = relationsLost.filter((line) => line.startsWith('Provides:'));
  const symbols = abi.filter(({ removed }) => removed.length > 0);
  return [
    ...(files.length > 0
      ? [`${name} lacks ${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`]
      : []),
    ...(empty.length > 0
      ? [`${empty[0]}${empty.length > 1 ? ` and ${empty.length - 1} more` : ''} of ${name} is empty`]
      : []),
    ...symbols.map(({ soname, removed }) => `${soname} of ${name} lacks ${removed.length} symbols (${removed[0]})`),
    ...provided.map((line) => `${name} has no longer ${line}`),
  ];
}
