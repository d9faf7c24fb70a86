/** The mark that an archive leaves on the versions of what it holds. */

/**
 * Sorts, by Debian's rules, in the order in which the archives come to be: `~stage1` < `~stage2` < `~tainted` < none,
 * and all after the version without a mark. So apt, seeing several of our archives, takes the cleanest.
 */
export function versionSuffix(archive: string): string {
  if (archive === 'final') return '+bp1';
  return archive === 'interim' ? '+bp1~tainted' : `+bp1~${archive}`;
}
