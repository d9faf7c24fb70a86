/** Records of sources and binaries put together: one distribution at one instant, on one architecture. */
import { hasErrors } from '../../diagnostics.ts';
import type { Binary, Diagnostic, Group, Result, Source, Universe } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Annotations } from '../annotations/annotations.ts';
import type { BinaryRecord } from '../control/packages.ts';
import type { SourceRecord } from '../control/sources.ts';
import { variantsOf } from '../declared-stages/stages.ts';
import { architectureMatches } from '../relations/architecture.ts';
import { parseGroups } from '../relations/relation.ts';
import { compareVersions } from '../relations/version.ts';
import { type Seed, seedNames } from './seed.ts';

export interface Records {
  /** By name, one version of each. */
  readonly sources: ReadonlyMap<string, SourceRecord>;
  readonly binaries: readonly BinaryRecord[];
  readonly annotations: Annotations;
}

export interface UniverseOptions {
  readonly architecture: string;
  readonly profiles: readonly string[];
  readonly noIndep: boolean;
  readonly archAll: 'available' | 'build';
  readonly alternatives: 'first' | 'any';
  readonly seed: Seed;
}

/**
 * The newest version of each source; sources kept for Built-Using alone are left out. Of two equal versions the one
 * read first stays.
 */
export function newestSources(records: readonly SourceRecord[]): ReadonlyMap<string, SourceRecord> {
  const newest = new Map<string, SourceRecord>();
  for (const record of records) {
    if (record.extraSourceOnly) continue;
    const other = newest.get(record.name);
    if (other === undefined || compareVersions(record.version, other.version) > 0) newest.set(record.name, record);
  }
  return newest;
}

/** Binaries that can be installed here, each (name, architecture, version) once, in the order of the Universe. */
function installable(records: readonly BinaryRecord[], architecture: string): BinaryRecord[] {
  const here = records.filter((r) => r.binary.architecture === architecture || r.binary.architecture === 'all');
  const order = (x: BinaryRecord, y: BinaryRecord) =>
    byteOrder(x.binary.name, y.binary.name) ||
    byteOrder(x.binary.architecture, y.binary.architecture) ||
    compareVersions(y.binary.version, x.binary.version);
  here.sort(order);
  return here.filter((r, i) => i === 0 || order(here[i - 1]!, r) !== 0);
}

/**
 * The source that builds each binary, as its index in `sources`, or -1. A binary comes out of the newest version of
 * its source when that says so; of two versions of one binary, only the newer does.
 */
function owners(binaries: readonly BinaryRecord[], sources: readonly SourceRecord[]): Int32Array {
  const indexOf = new Map<string, number>();
  for (let s = 0; s < sources.length; s++) indexOf.set(sources[s]!.name, s);
  const listed = sources.map((s) => (s.binaries.length > 20 ? new Set(s.binaries) : s.binaries));
  const owner = new Int32Array(binaries.length).fill(-1);
  for (let b = 0; b < binaries.length; b++) {
    const { binary, source } = binaries[b]!;
    const previous = binaries[b - 1]?.binary;
    if (previous?.name === binary.name && previous.architecture === binary.architecture) continue;
    const s = indexOf.get(source);
    if (s === undefined) continue;
    const names = listed[s]!;
    const builds = names instanceof Set ? names.has(binary.name) : (names as readonly string[]).includes(binary.name);
    // Indices that were cut down to dependency fields may not say what a source builds.
    if (builds || sources[s]!.binaries.length === 0) owner[b] = s;
  }
  return owner;
}

/** Can anything of the source be built for this architecture? */
function concerned(record: SourceRecord, { architecture, noIndep }: UniverseOptions): boolean {
  return record.architectures.some((a) => (a === 'all' ? !noIndep : architectureMatches(architecture, a)));
}

/** Whole and uncut: every source that concerns the architecture is a target. All problems are reported. */
export function assembleUniverse(records: Records, options: UniverseOptions): Result<Universe> {
  const problems: Diagnostic[] = [];
  const { architecture, profiles, noIndep, archAll, alternatives } = options;
  const sourceRecords = [...records.sources.values()]
    .filter((r) => concerned(r, options))
    .sort((a, b) => byteOrder(a.name, b.name));
  const found = installable(records.binaries, architecture);
  const owner = owners(found, sourceRecords);
  const { names: seed, implicit } = seedNames(options.seed, found, problems);

  const own: number[][] = sourceRecords.map(() => []);
  const binaries = found.map(({ binary }, b): Binary => {
    const all = binary.architecture === 'all';
    const s = owner[b]!;
    if (s >= 0 && !(all && noIndep)) own[s]!.push(b);
    const available = seed.has(binary.name) || (all && archAll === 'available');
    return { ...binary, source: s, available };
  });

  // What the seed does not hold of the implicit dependencies every build has.
  const missing = implicit.filter((name) => !seed.has(name));
  const always: readonly Group[] = missing.flatMap((name) => parseGroups(name).groups);
  const sources = sourceRecords.map((record, s): Source => {
    const annotation = records.annotations.get(record.name);
    const made = variantsOf({
      source: record.name,
      fields:
        annotation && annotation.fields.size > 0 ? new Map([...record.fields, ...annotation.fields]) : record.fields,
      architecture,
      profiles,
      noIndep,
      annotation: annotation?.stages,
      droppable: annotation?.droppable,
      binaries: own[s]!.map((index) => ({ index, formula: record.formulas.get(found[index]!.binary.name) })),
      origin: record.origin,
      place: (field, offset, length) =>
        record.fields.has(field)
          ? record.place(field, offset, length)
          : { origin: annotation?.origin ?? record.origin },
    });
    for (const problem of made.diagnostics) problems.push(problem);
    const { name, version, maintainer, uploaders, architectures, section, origin } = record;
    const variants = !made.ok
      ? []
      : always.length === 0
        ? made.value
        : made.value.map((v) => ({ ...v, buildDepends: [...v.buildDepends, ...always] }));
    return { name, version, maintainer, uploaders, architectures, section, variants, origin };
  });
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };
  const universe: Universe = {
    architecture,
    profiles: [...new Set(profiles)].sort(byteOrder),
    sources,
    binaries,
    targets: sources.map((_, i) => i),
    seed: [...seed].sort(byteOrder),
    alternatives,
  };
  return { ok: true, value: universe, diagnostics: problems };
}
