/** The stanzas of a Packages index, as text, found by what they are about. */

import { InputError } from '../../../../errors.ts';
import { readText } from '../../../../metadata/control/compressed.ts';
import { sourceOf } from '../../../../metadata/control/packages.ts';
import { binaryName, sourceName } from '../../../../names.ts';
import { fileNameOf, type IndexedFile } from './deb-pool.ts';

/** One stanza, and the file that it describes. */
export interface IndexStanza {
  readonly file: IndexedFile;
  /** Without the line end after the last field. */
  readonly text: string;
}

const fieldOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'mi').exec(text)?.[1]?.trim();

/** One stanza read; undefined when it is no .deb that can be fetched and checked. */
export function stanzaOf(text: string): IndexStanza | undefined {
  const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) => fieldOf(text, field));
  const [sha256, size] = [fieldOf(text, 'SHA256'), fieldOf(text, 'Size')];
  if (!name || !version || !architecture || !/^[0-9a-f]{64}$/.test(sha256 ?? '')) return undefined;
  const { source } = sourceOf(fieldOf(text, 'Source'), name, version);
  return {
    file: {
      name: binaryName(name),
      version,
      architecture,
      source: sourceName(source),
      sha256: sha256!,
      bytes: Number(size ?? 0),
    },
    text,
  };
}

/** The indices as one text. @throws InputError for a file that cannot be read or unpacked */
export async function indexText(files: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) {
    const read = await readText(file);
    if (!read.ok) throw new InputError(read.diagnostics);
    parts.push(read.value.bytes.toString('utf8').trim());
  }
  return `${parts.join('\n\n')}\n`;
}

/** The stanzas of these files of an index, by file name. O(bytes of the index). */
export function stanzasNamed(index: string, wanted: ReadonlySet<string>): ReadonlyMap<string, IndexStanza> {
  const names = new Set([...wanted].map((file) => file.slice(0, file.indexOf('_'))));
  const found = new Map<string, IndexStanza>();
  for (const text of index.split(/\n\n+/)) {
    const name = /^Package:[ \t]*(\S+)$/m.exec(text)?.[1];
    if (name === undefined || !names.has(name)) continue;
    const stanza = stanzaOf(text);
    if (stanza !== undefined && wanted.has(fileNameOf(stanza.file)) && !found.has(fileNameOf(stanza.file)))
      found.set(fileNameOf(stanza.file), stanza);
  }
  return found;
}
