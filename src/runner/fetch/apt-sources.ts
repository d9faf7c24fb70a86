/** This machine's apt sources, read from both formats, with source indices added. Pure; sources.list(5), deb822. */

/** A one-line entry: type, options, URI, suite, the rest. */
const oneLine = /^\s*(deb|deb-src)(\s+\[[^\]]*\])?\s+(\S+)\s+(\S+)(.*)$/;

/** `bookworm`, `bookworm-updates`, `bookworm/updates`; a suite of another distribution's packages is none of these. */
const belongs = (suite: string, codename: string): boolean => new RegExp(`^${codename}([-/]|$)`).test(suite);

/** The lines of a .list file that belong to the distribution, each as deb and as deb-src. */
export function withSourcesList(text: string, codename: string): string {
  const lines = new Set<string>();
  for (const line of text.split('\n')) {
    const [, , options = '', uri, suite, rest = ''] = oneLine.exec(line) ?? [];
    if (uri === undefined || suite === undefined || !belongs(suite, codename)) continue;
    for (const type of ['deb', 'deb-src'])
      lines.add(`${type}${options} ${uri} ${suite}${rest.replace(/#.*/, '').trimEnd()}`);
  }
  return [...lines].map((line) => `${line}\n`).join('');
}

/** The stanzas of a .sources file that belong to the distribution, with both types. */
export function withSourcesDeb822(text: string, codename: string): string {
  const kept = text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#') && line.trim() !== '');
    const suites = /^suites:(.*)$/im.exec(lines.join('\n'))?.[1]?.trim().split(/\s+/) ?? [];
    const own = suites.filter((suite) => belongs(suite, codename));
    if (own.length === 0) return [];
    return [
      lines
        .map((line) =>
          line.replace(/^types:.*/i, 'Types: deb deb-src').replace(/^suites:.*/i, `Suites: ${own.join(' ')}`),
        )
        .join('\n'),
    ];
  });
  return kept.map((stanza) => `${stanza}\n`).join('\n');
}
