/** The name of a .deb file: always computed from what the package is, never taken from a record as it stands there. */

/** As dpkg names it: without the epoch. */
export const debFileName = (name: string, version: string, architecture: string): string =>
  `${name}_${version.replace(/^\d+:/, '')}_${architecture}.deb`;

/** As apt names it in its own archive: with the epoch, escaped. */
export const aptFileName = (name: string, version: string, architecture: string): string =>
  `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;

/** The parts of a name that apt gave, or undefined when no package has that name. */
export function partsOfAptFileName(
  file: string,
): { readonly name: string; readonly version: string; readonly architecture: string } | undefined {
  const [, name, escaped = '', architecture] =
    /^([a-z0-9][a-z0-9+.-]*)_([A-Za-z0-9][A-Za-z0-9.+~%-]*)_([a-z0-9][a-z0-9-]*)\.deb$/.exec(file) ?? [];
  const version = escaped.replaceAll('%3a', ':');
  if (name === undefined || architecture === undefined || version.includes('%')) return undefined;
  return { name, version, architecture };
}
