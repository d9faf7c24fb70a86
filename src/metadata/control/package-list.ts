/**
 * The field Package-List of a Sources index (dsc(5)): which binaries a source builds, where, and under which profiles.
 */
import { type Formula, parseListedFormula } from '../relations/formula.ts';

/** One line of the field. */
export interface ListedBinary {
  /** `deb`, or `udeb` for what only the installer uses. */
  readonly type: string;
  readonly section: string;
  readonly priority: string;
  readonly essential: boolean;
  /** As in the Architecture field of a binary: names and wildcards. Empty when the list does not say. */
  readonly architectures: readonly string[];
  /** Undefined when it is always built. */
  readonly formula: Formula | undefined;
}

/** Binary -> its line. */
export type PackageList = ReadonlyMap<string, ListedBinary>;

const words = /\s+/;

/** `name type section priority key=value...`, one line per binary. */
export function parsePackageList(text: string): PackageList {
  const list = new Map<string, ListedBinary>();
  for (const line of text.split('\n')) {
    const [name, type = 'deb', section = '', priority = 'optional', ...rest] = line.trim().split(words);
    if (name === undefined || name === '') continue;
    const value = (key: string) => rest.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
    const key = value('profile:v1') === undefined ? 'profile' : 'profile:v1';
    const formula = value(key);
    list.set(name, {
      type,
      section,
      priority,
      essential: value('essential') === 'yes',
      architectures: value('arch')?.split(',') ?? [],
      formula: formula === undefined ? undefined : parseListedFormula(key, formula),
    });
  }
  return list;
}
