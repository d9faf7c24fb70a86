/** The mark that an archive leaves on the versions of what it holds. */
import { entriesOf, valueAt } from '../by-name.ts';
import { finalMark, ownMark } from '../metadata/project/binary-control.ts';
import type { ByName } from '../model.ts';

/**
 * Sorts, by Debian's rules, in the order in which the archives come to be: `~stage1` < `~stage2` < `~tainted` < none,
 * and all after the version without a mark. So apt, seeing several of our archives, takes the cleanest.
 */
export function versionSuffix(archive: string): string {
  if (archive === 'final') return '+bp1';
  return archive === 'interim' ? '+bp1~tainted' : `+bp1~${archive}`;
}

/**
 * The control fields of a package for one archive: its version, and those of its relations that mean builds of here.
 */
export const markedControl = (control: ByName<string>, suffix: string): ByName<string> => ({
  ...Object.fromEntries(
    entriesOf(control).map(([name, value]) => [
      name,
      name === 'Description'
        ? value
        : value.replaceAll(ownMark, () => suffix).replaceAll(finalMark, () => versionSuffix('final')),
    ]),
  ),
  Version: `${valueAt(control, 'Version')}${suffix}`,
});
