/** This machine's apt sources, read from both formats, with source indices added. Pure; sources.list(5), deb822. */

/** A one-line entry: type, options, URI, suite, the rest. */
const oneLine = /^\s*(deb|deb-src)(\s+\[[^\]]*\])?\s+(\S+)\s+(\S+)(.*)$/;

/** apt leaves the packages of a `file:` mirror where they are; what is fetched is to be in the cache. */
const copied = (uri: string): string => uri.replace(/^file:/i, 'copy:');

/** The same of the URIs of a stanza, which may go on over several lines. */
function withCopied(lines: readonly string[]): readonly string[] {
  let inUris = false;
  return lines.map((line) => {
    inUris = /^\s/.test(line) ? inUris : /^uris:/i.test(line);
    return inUris ? line.replace(/(^|[\s:])file:(?=\/)/gi, '$1copy:') : line;
  });
}

/** `bookworm`, `bookworm-updates`, `bookworm/updates`; a suite of another distribution's packages is none of these. */
const belongs = (suite: string, codename: string): boolean => new RegExp(`^${codename}([-/]|$)`).test(suite);

/**
 * Options of an entry without the list of architectures, when this machine's own is in it: a private apt asks for one
 * architecture, and the mirror that is good for this machine is the one to ask for another.
 */
function unrestricted(options: string, own: string): string {
  const kept = options
    .replace(/[[\]]/g, ' ')
    .trim()
    .split(/\s+/)
    .filter(
      (option) =>
        !/^arch\+?=/.test(option) ||
        !option
          .replace(/^[^=]*=/, '')
          .split(',')
          .includes(own),
    );
  return kept.join('') === '' ? '' : ` [${kept.join(' ')}]`;
}

/**
 * The lines of a .list file that belong to the distribution, each as deb and as deb-src.
 * @param own this machine's architecture
 */
export function withSourcesList(text: string, codename: string, own: string): string {
  const lines = new Set<string>();
  for (const line of text.split('\n')) {
    const [, , options = '', uri, suite, rest = ''] = oneLine.exec(line) ?? [];
    if (uri === undefined || suite === undefined || !belongs(suite, codename)) continue;
    for (const type of ['deb', 'deb-src'])
      lines.add(`${type}${unrestricted(options, own)} ${copied(uri)} ${suite}${rest.replace(/#.*/, '').trimEnd()}`);
  }
  return [...lines].map((line) => `${line}\n`).join('');
}

/**
 * The stanzas of a .sources file that belong to the distribution, with both types.
 * @param own this machine's architecture
 */
export function withSourcesDeb822(text: string, codename: string, own: string): string {
  const kept = text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '');
    const suites = /^suites:(.*)$/im.exec(lines.join('\n'))?.[1]?.trim().split(/\s+/) ?? [];
    const wanted = suites.filter((suite) => belongs(suite, codename));
    if (wanted.length === 0) return [];
    return [
      withCopied(lines)
        .filter((line) => !(/^architectures:/i.test(line) && line.split(/[:\s]+/).includes(own)))
        .map((line) =>
          line.replace(/^types:.*/i, 'Types: deb deb-src').replace(/^suites:.*/i, `Suites: ${wanted.join(' ')}`),
        )
        .join('\n'),
    ];
  });
  return kept.map((stanza) => `${stanza}\n`).join('\n');
}
