/**
 * What a .changes says was built, and what the .buildinfo beside it says it was built with: deb-changes(5),
 * deb-buildinfo(5).
 */

import { visible } from '../../diagnostics.ts';
import type { FileDigest } from '../../digests.ts';
import { unsigned } from '../../metadata/control/control.ts';
import { readStanzas } from '../../metadata/control/deb822.ts';
import { sourceOf } from '../../metadata/control/packages.ts';
import { type BinaryName, binaryName } from '../../names.ts';

/** A file that a .changes vouches for. */
export interface VouchedFile {
  /** A name of a file, and of nothing else: no `/`, no leading dot. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: FileDigest;
}

/** The fields of a .changes that are looked at. */
export interface ChangesFile {
  readonly source: string;
  /** Of the source; a binary-only build has another. */
  readonly sourceVersion: string;
  readonly version: string;
  readonly profiles: readonly string[];
  readonly files: readonly VouchedFile[];
}

/** What a .buildinfo says was installed. */
export interface ListedBinary {
  readonly name: BinaryName;
  readonly version: string;
}

/** The fields of a .buildinfo that are looked at. */
export interface BuildinfoFile {
  readonly source: string;
  readonly version: string;
  /** Of the machine that it was built on. */
  readonly architecture: string;
  /** Without the word that it is the closure of the build dependencies, and not all that was there. */
  readonly installed: readonly ListedBinary[];
  /** Of its environment; undefined where it says nothing of them. */
  readonly profiles: readonly string[] | undefined;
}

/** A value, or what is wrong with the text, in words. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

const plainFile = /^[A-Za-z0-9][A-Za-z0-9.+~_-]*$/;
const words = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter(Boolean);

/** More than any package: what is larger cannot be read here in one piece. */
export const mostBytes = 2 ** 31 - 1;

/** The fields of the one stanza of a text, by lower-case name. Pure. @param file for messages */
export function fieldsOf(bytes: Buffer, file: string): Read<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  let stanzas = 0;
  const problems = readStanzas(unsigned({ file, bytes }), (stanza) => {
    stanzas++;
    for (const name of stanza.names) fields.set(name, stanza.get(name)!);
  });
  if (problems.length > 0)
    return { ok: false, problems: problems.map(({ message, origin }) => `line ${origin?.line ?? 0}: ${message}`) };
  if (stanzas !== 1) return { ok: false, problems: [`it has ${stanzas} stanzas, and not one`] };
  return { ok: true, value: fields };
}

/** Checksums-Sha256 as rows; a name that is none, a size or a digest that is none, and a name twice are problems. */
function vouchedFiles(text: string, problems: string[]): readonly VouchedFile[] {
  const files = new Map<string, VouchedFile>();
  for (const line of text.split('\n').map((row) => row.trim())) {
    if (line === '') continue;
    const [sha256 = '', size = '', name = '', ...more] = line.split(/\s+/);
    const bytes = /^\d{1,15}$/.test(size) ? Number(size) : Number.NaN;
    if (!plainFile.test(name) || more.length > 0) problems.push(`${visible(line.slice(0, 200))} names no file`);
    else if (!/^[0-9a-f]{64}$/.test(sha256)) problems.push(`${name} has no sha256`);
    else if (!(bytes >= 0 && bytes <= mostBytes)) problems.push(`${name} is said to have ${visible(size)} bytes`);
    else if (files.has(name)) problems.push(`${name} is named twice`);
    else files.set(name, { name, bytes, sha256 });
  }
  return [...files.values()];
}

/** Pure. @param file for messages */
export function readChanges(bytes: Buffer, file: string): Read<ChangesFile> {
  const fields = fieldsOf(bytes, file);
  if (!fields.ok) return fields;
  const get = (name: string): string | undefined => fields.value.get(name);
  const problems = ['source', 'version', 'checksums-sha256']
    .filter((name) => !get(name))
    .map((name) => `it has no ${name}`);
  const version = get('version') ?? '';
  const files = vouchedFiles(get('checksums-sha256') ?? '', problems);
  const { source, sourceVersion } = sourceOf(get('source') ?? '', '', version);
  const profiles = words(get('built-for-profiles'));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { source, sourceVersion, version, profiles, files } };
}

const listed = /^([a-z0-9][a-z0-9+.-]+)(?::[a-z0-9-]+)? \(= ([A-Za-z0-9][A-Za-z0-9.+:~-]*)\)$/;

/** Pure. @param file for messages */
export function readBuildinfo(bytes: Buffer, file: string): Read<BuildinfoFile> {
  const fields = fieldsOf(bytes, file);
  if (!fields.ok) return fields;
  const get = (name: string): string | undefined => fields.value.get(name);
  const needed = ['source', 'version', 'build-architecture', 'installed-build-depends'];
  const problems = needed.filter((name) => !get(name)).map((name) => `it has no ${name}`);
  const installed = (get('installed-build-depends') ?? '').split(',').flatMap((text): ListedBinary[] => {
    const entry = text.replace(/\s+/g, ' ').trim();
    if (entry === '') return [];
    const [, name, version] = listed.exec(entry) ?? [];
    if (name !== undefined && version !== undefined) return [{ name: binaryName(name), version }];
    problems.push(`${visible(entry.slice(0, 200))} is no installed package`);
    return [];
  });
  const profiles = /^\s*DEB_BUILD_PROFILES="([^"]*)"$/m.exec(get('environment') ?? '')?.[1];
  const version = get('version') ?? '';
  const value: BuildinfoFile = {
    source: sourceOf(get('source') ?? '', '', version).source,
    version,
    architecture: get('build-architecture') ?? '',
    installed,
    profiles: profiles === undefined ? undefined : words(profiles),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}
