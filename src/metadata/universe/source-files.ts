/** The files that a source package consists of, as its index names them (deb-src-control(5), Checksums-Sha256). */
import type { Diagnostic, FetchItem } from '../../model.ts';
import type { ControlText } from '../control/control-text.ts';
import { readStanzas } from '../control/deb822.ts';
import { besideIndex } from './archive-root.ts';

/** A name with nothing in it that leads elsewhere. */
const fileName = /^[A-Za-z0-9][A-Za-z0-9.+~_-]*$/;

/**
 * The files of sources in one Sources index, by `NAME VERSION`. O(bytes).
 * @param wanted those that are asked for, by the same words
 * @returns with a problem for each that has no files with a sha256
 */
export function sourceFilesIn(
  text: ControlText,
  wanted: ReadonlySet<string>,
): { readonly files: ReadonlyMap<string, readonly FetchItem[]>; readonly problems: readonly Diagnostic[] } {
  const files = new Map<string, readonly FetchItem[]>();
  const problems: Diagnostic[] = [];
  readStanzas(text, (stanza) => {
    const source = stanza.few('package') ?? stanza.few('source') ?? '';
    const version = stanza.few('version') ?? '';
    const key = `${source} ${version}`;
    if (!wanted.has(key) || files.has(key)) return;
    const rows = (stanza.get('checksums-sha256') ?? '').split('\n').map((line) => line.trim().split(/\s+/));
    const directory = stanza.get('directory') ?? '.';
    const nearby = (name: string): Pick<FetchItem, 'nearby'> => {
      const path = besideIndex(text.file, directory === '.' ? name : `${directory}/${name}`);
      return path === undefined ? {} : { nearby: path };
    };
    const items = rows.flatMap(([sha256, , name]): FetchItem[] =>
      /^[0-9a-f]{64}$/.test(sha256 ?? '') && fileName.test(name ?? '')
        ? [{ kind: 'debian', name: name!, source, version, sha256: sha256!, ...nearby(name!), origin: stanza.origin }]
        : [],
    );
    if (items.some(({ name }) => name.endsWith('.dsc'))) {
      files.set(key, items);
      return;
    }
    const message = `${source} ${version} names no .dsc with a sha256: it cannot be fetched`;
    const help = 'give the Sources index of the archive as it is, with Checksums-Sha256';
    problems.push({ code: 'BP159', severity: 'error', message, origin: stanza.origin, help });
  });
  return { files, problems };
}
