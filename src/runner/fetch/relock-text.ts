/** The locks in the text of one source file, replaced where they stand: every other character stays as it is. */

import { isAlias, isMap, isScalar, isSeq, parseDocument, type Scalar, stringify, type YAMLMap } from 'yaml';
import type { FileDigest } from '../../digests.ts';

/** One text that was replaced. */
export interface LockChange {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** What a lock is to say. */
export interface SourceVersion {
  readonly version: string;
  /** File name -> sha256. */
  readonly files: ReadonlyMap<string, string>;
}

/** The digest of something beside the metadata, or why it has none, in words. */
export type LocalDigest = { readonly sha256: FileDigest } | { readonly problem: string };

/** The text with its locks replaced, and what was replaced. */
export interface RelockedText {
  readonly text: string;
  readonly changes: readonly LockChange[];
  /** What is to be had nowhere. */
  readonly missing: readonly string[];
}

/** The same file of another version: what follows the version in its name tells which. */
const ending = (name: string): string =>
  /\.(dsc|diff\.gz|(?:orig(?:-[a-z0-9-]+)?|debian)\.tar\.\w+(?:\.asc)?|tar\.\w+)$/.exec(name)?.[0] ?? name;

type Edits = Map<number, { readonly end: number; readonly text: string }>;

class Editor {
  readonly changes: LockChange[] = [];
  readonly missing: string[] = [];
  readonly edits: Edits = new Map();

  /** Quotes stay as they were; what YAML would read as something else than text gets them. */
  replace(node: Scalar, to: string): void {
    const [start, end] = node.range!;
    const quote = node.type === 'QUOTE_DOUBLE' ? '"' : node.type === 'QUOTE_SINGLE' ? "'" : '';
    this.edits.set(start, { end, text: quote === '' ? stringify(to).trimEnd() : `${quote}${to}${quote}` });
  }

  applied(text: string): string {
    const ordered = [...this.edits].sort(([a], [b]) => b - a);
    return ordered.reduce((made, [start, { end, text: now }]) => made.slice(0, start) + now + made.slice(end), text);
  }
}

/** Rewrites the text of one source file; the versions on offer are asked for by name. */
export async function relockText(
  text: string,
  offered: (source: string) => Promise<readonly SourceVersion[]>,
  digestOf: (local: string) => Promise<LocalDigest>,
): Promise<RelockedText> {
  const document = parseDocument(text);
  const real = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const scalarOf = (map: YAMLMap, key: string): Scalar | undefined => {
    const node = real(map.get(key, true));
    return isScalar(node) ? node : undefined;
  };
  const editor = new Editor();

  async function debian(source: string, version: Scalar, files: YAMLMap): Promise<void> {
    const locked = String(version.value);
    const versions = await offered(source);
    const same = versions.find((v) => v.version === locked);
    const chosen = same ?? versions[0];
    if (chosen === undefined) {
      editor.missing.push(`${source}: no mirror of this machine has such a source`);
      return;
    }
    for (const { key, value } of files.items) {
      const [name, digest] = [real(key), real(value)];
      if (!isScalar(name) || !isScalar(digest)) continue;
      const [was, sum] = [String(name.value), String(digest.value)];
      const now = same?.files.has(was) ? was : [...chosen.files.keys()].find((f) => ending(f) === ending(was));
      const is = now === undefined ? undefined : chosen.files.get(now);
      if (now === undefined || is === undefined) {
        const there = [...chosen.files.keys()].join(', ');
        editor.missing.push(`${source}: ${was} is no file of version ${chosen.version}; it has ${there}`);
        continue;
      }
      if (now === was && is === sum) continue;
      editor.changes.push({ what: `${source}: ${was}`, from: sum, to: `${now} ${is}` });
      if (now !== was) editor.replace(name, now);
      if (is !== sum) editor.replace(digest, is);
    }
    if (chosen.version === locked) return;
    editor.changes.push({ what: `${source}: version`, from: locked, to: chosen.version });
    editor.replace(version, chosen.version);
    const own = isMap(document.contents) ? scalarOf(document.contents as YAMLMap, 'Version') : undefined;
    if (own !== undefined && String(own.value) === locked) editor.replace(own, chosen.version);
  }

  const list = real(document.getIn(['recipe', 'fetch'], true));
  for (const entry of isSeq(list) ? list.items : []) {
    const item = real(entry);
    if (!isMap(item)) continue;
    const [source, version, local, sha256] = ['debian', 'version', 'local', 'sha256'].map((key) => scalarOf(item, key));
    const files = real(item.get('files', true));
    if (source !== undefined && version !== undefined && isMap(files))
      await debian(String(source.value), version, files);
    if (local === undefined || sha256 === undefined) continue;
    const [name, was] = [String(local.value), String(sha256.value)];
    const now = await digestOf(name);
    if ('problem' in now) editor.missing.push(`${name} ${now.problem}`);
    else if (now.sha256 !== was) {
      editor.changes.push({ what: name, from: was, to: now.sha256 });
      editor.replace(sha256, now.sha256);
    }
  }
  return { text: editor.applied(text), changes: editor.changes, missing: editor.missing };
}
