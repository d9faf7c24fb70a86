/**
 * What sources build: names, architectures and versions of binaries come from Binary, Package-List and the version of
 * the source; an index of binaries adds only what it knows of those that were built already. So what a newer source
 * will build is there beside the copy of the older one, and what was never built is there at all.
 */

import type { Binary, Group, Relation } from '../../model.ts';
import { binaryName, type SourceName } from '../../names.ts';
import type { BinaryRecord } from '../control/packages.ts';
import type { SourceRecord } from '../control/sources.ts';
import { stageOfProfile } from '../declared-stages/stage-fields.ts';
import { concernsArchitecture } from '../relations/architecture.ts';
import { type Formula, formulaHolds } from '../relations/formula.ts';
import { interned } from '../relations/relation.ts';
import { compareVersions } from '../relations/version.ts';

/** Where one binary of an index comes from, as indices into the sources; -1 for none. */
export interface Origins {
  /** The source that it belongs to by name, whatever the version. */
  readonly of: Int32Array;
  /** The source whose build yields just this one. */
  readonly builtBy: Int32Array;
}

/** Does the index of sources say that this source builds a binary of this name? Cut-down indices may not say. */
function lists(record: SourceRecord): (name: string) => boolean {
  if (record.binaries.length === 0) return () => true;
  if (record.binaries.length <= 20) return (name) => record.binaries.includes(name);
  const names = new Set(record.binaries);
  return (name) => names.has(name);
}

/**
 * A binary comes out of its source when that lists it, in a version that is no older than the index has it from; of
 * several versions of one binary only the newest does.
 *
 * @param binaries by name, then architecture, then version, highest first
 */
export function originsOf(binaries: readonly BinaryRecord[], sources: readonly SourceRecord[]): Origins {
  const indexOf = new Map<string, number>();
  for (let s = 0; s < sources.length; s++) indexOf.set(sources[s]!.name, s);
  const isListed = sources.map(lists);
  const of = new Int32Array(binaries.length).fill(-1);
  const builtBy = new Int32Array(binaries.length).fill(-1);
  for (let b = 0; b < binaries.length; b++) {
    const { binary, source, sourceVersion } = binaries[b]!;
    const s = indexOf.get(source);
    if (s === undefined) continue;
    of[b] = s;
    const previous = binaries[b - 1]?.binary;
    if (previous?.name === binary.name && previous.architecture === binary.architecture) continue;
    const { version } = sources[s]!;
    const isCurrent = sourceVersion === version || compareVersions(sourceVersion, version) >= 0;
    if (isCurrent && isListed[s]!(binary.name)) builtBy[b] = s;
  }
  return { of, builtBy };
}

/** A binary that is in no index: what its source will build, and what is known of it. */
export interface UnbuiltBinary {
  readonly binary: Omit<Binary, 'source' | 'available'>;
  readonly source: number;
  /** Whether what it needs at run time is a guess: nothing. */
  readonly unknown: boolean;
}

/** For which architecture, and under which profiles, it is asked. */
export interface Here {
  readonly architecture: string;
  readonly profiles: readonly string[];
}

/** Whether a full build or a stage of the source may yield it. */
const isEverBuilt = (source: SourceName, formula: Formula | undefined, active: ReadonlySet<string>): boolean =>
  formulaHolds(formula, active) ||
  formula!.some((bracket) => bracket.some((literal) => stageOfProfile(source, literal) > 0));

/** `+b1` is added by a rebuild of the same source. */
const withoutRebuild = (version: string): string => version.replace(/\+b\d+$/, '');

/** The version that the new source gives to what the old one gave another: mostly the source's own. */
function newVersion(old: BinaryRecord, source: string): string {
  if (withoutRebuild(old.binary.version) === old.sourceVersion) return source;
  return compareVersions(source, old.binary.version) > 0 ? source : old.binary.version;
}

/**
 * What each source builds beyond what the index of binaries has of its version.
 *
 * @param binaries as for `originsOf`
 */
export function unbuiltBinaries(
  binaries: readonly BinaryRecord[],
  sources: readonly SourceRecord[],
  { builtBy, of }: Origins,
  { architecture, profiles }: Here,
): readonly UnbuiltBinary[] {
  const active = new Set(profiles);
  const current = new Map<number, string[]>();
  const takenElsewhere = new Set<string>();
  const outdated = new Map<number, number[]>();
  const put = <T>(map: Map<number, T[]>, key: number, value: T) => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  for (let b = 0; b < binaries.length; b++) {
    if (builtBy[b]! >= 0) put(current, builtBy[b]!, binaries[b]!.binary.name);
    else if (of[b]! >= 0) put(outdated, of[b]!, b);
  }
  const lacking = sources.flatMap((record, s) => {
    const there = current.get(s) ?? [];
    if (record.binaries.length === 0 || there.length === record.binaries.length) return [];
    const known = new Set(there);
    const names = record.binaries.filter((name) => !known.has(name));
    return names.length === 0 ? [] : [{ s, names }];
  });
  const asked = new Set(lacking.flatMap(({ names }) => names));
  for (let b = 0; b < binaries.length; b++) {
    const { name } = binaries[b]!.binary;
    if (builtBy[b]! >= 0 && asked.has(name)) takenElsewhere.add(name);
  }

  return lacking.flatMap(({ s, names }) => {
    const record = sources[s]!;
    const list = record.listed();
    const old = outdated.get(s) ?? [];
    return names.flatMap((name): UnbuiltBinary[] => {
      if (takenElsewhere.has(name)) return [];
      const listed = list.get(name);
      const stanza = record.controls?.get(name);
      const before = old.map((b) => binaries[b]!).find((r) => r.binary.name === name);
      if ((listed?.type ?? stanza?.type ?? (name.endsWith('-udeb') ? 'udeb' : 'deb')) !== 'deb') return [];
      const formula = record.formulas.get(name) ?? listed?.formula;
      if (!isEverBuilt(record.name, formula, active)) return [];
      const own = architectureOf(
        [...(listed?.architectures ?? []), ...(listed?.architectures.length ? [] : (stanza?.architectures ?? []))],
        before?.binary.architecture,
        record.architectures,
        architecture,
      );
      if (own === undefined) return [];
      const known = before === undefined ? undefined : carriedOver(before, record);
      const version = before === undefined ? record.version : newVersion(before, record.version);
      const binary = {
        ...(stanza?.relations(version) ?? known ?? { depends: [], conflicts: [], breaks: [], provides: [] }),
        name: binaryName(name),
        version,
        architecture: own,
        // Nothing is known of it, and `allowed` is what every qualifier takes.
        multiArch: known?.multiArch ?? stanza?.multiArch ?? 'allowed',
        essential: known?.essential ?? stanza?.essential ?? listed?.essential ?? false,
        priority: known?.priority ?? listed?.priority ?? 'optional',
        section: known?.section ?? listed?.section ?? '',
        unbuilt: true,
        origin: before?.binary.origin ?? record.origin,
      } as const;
      return [{ binary, source: s, unknown: before === undefined && stanza === undefined }];
    });
  });
}

/** What of the list is built here: the architecture itself, `all`, or undefined for nothing. */
function architectureOf(
  list: readonly string[],
  before: string | undefined,
  ofSource: readonly string[],
  host: string,
): string | undefined {
  const at = (names: readonly string[]) => {
    const real = names.filter((a) => a !== 'all');
    if (real.length > 0 && concernsArchitecture(real, host)) return host;
    return names.includes('all') ? 'all' : undefined;
  };
  return list.length > 0 ? at(list) : (before ?? at(ofSource));
}

/**
 * A binary as its source's new version will probably make it: by what the old one said. Binaries of one source are
 * built to fit each other, so bounds between them that speak of the old version speak of the new one, or of none.
 */
function carriedOver({ binary }: BinaryRecord, record: SourceRecord): Omit<Binary, 'source' | 'available'> {
  const isSibling = lists(record);
  const moved = (r: Relation): Relation => {
    if (r.op === undefined || record.binaries.length === 0 || !isSibling(r.name)) return r;
    if (r.op === '>=' || r.op === '>>') return r;
    const { op: _, version: __, ...rest } = r;
    return rest;
  };
  const groups = (list: readonly Group[]): readonly Group[] =>
    list.map((g) => (g.some((r) => moved(r) !== r) ? interned(g.map(moved)) : g));
  const version = withoutRebuild(binary.version);
  return {
    ...binary,
    depends: groups(binary.depends),
    provides: binary.provides.map((p) =>
      p.version !== undefined && withoutRebuild(p.version) === version ? { ...p, version: record.version } : p,
    ),
  };
}
