/** Records of sources and binaries put together: one distribution at one instant, on one architecture. */

import { hasErrors } from '../../diagnostics.ts';
import type { SourceVertex } from '../../indices.ts';
import type { Binary, Diagnostic, Group, Result, Source, Universe } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Annotations } from '../annotations/annotations.ts';
import type { BinaryRecord } from '../control/packages.ts';
import type { SourceRecord } from '../control/sources.ts';
import { stagesOfProfiles } from '../declared-stages/declared-profiles.ts';
import { stagedNeeds } from '../declared-stages/stage-needs.ts';
import { variantsOf } from '../declared-stages/stages.ts';
import { parseGroups } from '../relations/relation.ts';
import { compareVersions } from '../relations/version.ts';
import { type Seed, seedNames } from './seed.ts';
import { seedClosure } from './seed-closure.ts';
import { originsOf, type UnbuiltBinary, unbuiltBinaries } from './source-binaries.ts';
import { type SourcePart, sourceParts } from './source-parts.ts';

/** What was read, before architectures and profiles are chosen. */
export interface Records {
  /** By name, one version of each. */
  readonly sources: ReadonlyMap<string, SourceRecord>;
  readonly binaries: readonly BinaryRecord[];
  readonly annotations: Annotations;
}

/** What is chosen of it. */
export interface UniverseOptions {
  readonly architecture: string;
  readonly profiles: readonly string[];
  readonly noIndep: boolean;
  readonly archAll: 'available' | 'build';
  readonly alternatives: 'first' | 'any';
  readonly seed: Seed;
  /** Whole builds, with what Architecture: all binaries need, although those are given. */
  readonly indep?: boolean;
  /**
   * `archive`: only what the indices hold today, each source as one build. Otherwise also what the sources will build.
   */
  readonly world?: 'archive' | 'sources';
  /** Each source also has the stages that its build profiles declare, under whatever name: see declared-profiles.ts. */
  readonly declaredProfiles?: boolean;
  /** What every build needs is of another architecture, and no part of this universe. */
  readonly crossed?: boolean;
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

const inOrder = (x: BinaryRecord['binary'], y: BinaryRecord['binary']): number =>
  byteOrder(x.name, y.name) || byteOrder(x.architecture, y.architecture) || compareVersions(y.version, x.version);

/** Binaries that can be installed here, each (name, architecture, version) once, in the order of the Universe. */
function installable(records: readonly BinaryRecord[], architecture: string): BinaryRecord[] {
  const here = records.filter((r) => r.binary.architecture === architecture || r.binary.architecture === 'all');
  here.sort((x, y) => inOrder(x.binary, y.binary));
  return here.filter((r, i) => i === 0 || inOrder(here[i - 1]!.binary, r.binary) !== 0);
}

/** How each record of a source and each binary becomes a source of the universe. */
class Owners {
  private readonly forThis: (SourceVertex | undefined)[];
  private readonly forAll: (SourceVertex | undefined)[];

  constructor(records: number, parts: readonly SourcePart[]) {
    this.forThis = Array.from({ length: records });
    this.forAll = Array.from({ length: records });
    parts.forEach(({ record, part, noIndep }, s) => {
      if (part !== 'all') this.forThis[record] = s;
      if (!noIndep) this.forAll[record] = s;
    });
  }

  /** The source that builds binaries of this architecture out of a record, if there is one. */
  builderOf(record: number, architecture: string): SourceVertex | undefined {
    return architecture === 'all' ? this.forAll[record] : this.forThis[record];
  }

  /** The source that such a binary is from, even where nothing builds it here. */
  sourceOf(record: number, architecture: string): SourceVertex | undefined {
    return this.builderOf(record, architecture) ?? this.forThis[record];
  }
}

/** The newest binary of the index for each name that the seed has. */
function seedIndices(binaries: readonly Binary[], names: ReadonlySet<string>): readonly number[] {
  const newest = new Map<string, number>();
  binaries.forEach(({ name, version, unbuilt }, b) => {
    if (unbuilt || !names.has(name)) return;
    const other = newest.get(name);
    if (other === undefined || compareVersions(version, binaries[other]!.version) > 0) newest.set(name, b);
  });
  return [...newest.values()];
}

/** One count, not thousands of lines: on a port that is behind this is the normal state. */
function unknownNeeds(unbuilt: readonly UnbuiltBinary[]): readonly Diagnostic[] {
  const unknown = unbuilt.filter((u) => u.unknown);
  if (unknown.length === 0) return [];
  const count = unknown.length === 1 ? 'binary was' : 'binaries were';
  const few = unknown.slice(0, 3).map((u) => u.binary.name);
  const more = unknown.length > few.length ? ', ...' : '';
  const message = `${unknown.length} ${count} never built here (${few.join(', ')}${more}): nothing is known of what they need at run time`;
  const help = 'lay the debian/control of their sources over the index: --control FILE';
  return [{ code: 'BP158', severity: 'note', message, help }];
}

/** Whole and uncut: every source that this architecture builds is a target. All problems are reported. */
export function assembleUniverse(records: Records, options: UniverseOptions): Result<Universe> {
  const problems: Diagnostic[] = [];
  const { architecture, profiles, archAll, alternatives } = options;
  const sourceRecords = [...records.sources.values()];
  const found = installable(records.binaries, architecture);
  const { names: seed, implicit } = seedNames(options.seed, found, problems);
  const origins = originsOf(found, sourceRecords);
  const ofToday = options.world === 'archive';
  const unbuilt = ofToday ? [] : unbuiltBinaries(found, sourceRecords, origins, options);
  problems.push(...unknownNeeds(unbuilt));
  const lacksAll = new Set(unbuilt.flatMap((u) => (u.binary.architecture === 'all' ? [u.source] : [])));
  const parts = sourceParts(sourceRecords, (s) => lacksAll.has(s), {
    architecture,
    noIndep: options.noIndep,
    whole: ofToday || options.indep === true,
    archAll,
  });
  const owners = new Owners(sourceRecords.length, parts);

  const drafts = [
    ...found.map(({ binary }, b) => ({ binary, from: origins.of[b]!, builtBy: origins.builtBy[b]! })),
    ...unbuilt.map(({ binary, source }) => ({ binary, from: source, builtBy: source })),
  ];
  if (unbuilt.length > 0) drafts.sort((x, y) => inOrder(x.binary, y.binary));
  const draft = drafts.map(({ binary, from, builtBy }): Binary => {
    const { architecture: own } = binary;
    const available = own === 'all' && archAll === 'available' && !binary.unbuilt;
    const source = owners.builderOf(builtBy, own) ?? (available ? owners.sourceOf(from, own) : undefined);
    return { ...binary, source, available };
  });
  const seeds = seedIndices(draft, seed);
  const { given, problems: lost } = seedClosure(draft, seeds, architecture);
  problems.push(...lost);
  const inSeed = new Set(seeds);
  const own: number[][] = parts.map(() => []);
  const binaries: Binary[] = draft.map((binary, b): Binary => {
    const { from, builtBy } = drafts[b]!;
    const builder = owners.builderOf(builtBy, binary.architecture);
    if (builder !== undefined) own[builder]!.push(b);
    if (!given.has(b)) return binary;
    const source = binary.source ?? owners.sourceOf(from, binary.architecture);
    return inSeed.has(b) ? { ...binary, source, available: true } : { ...binary, source, withSeed: true };
  });

  // What the seed does not hold of the implicit dependencies every build has.
  const missing = options.crossed === true ? [] : implicit.filter((name) => !seed.has(name));
  const always: readonly Group[] = missing.flatMap((name) => parseGroups(name).groups);
  const told = new Set<number>();
  const sources = parts.map((part, s): Source => {
    const record = sourceRecords[part.record]!;
    const annotation = records.annotations.get(record.name);
    const stages = options.declaredProfiles ? stagesOfProfiles(record, annotation?.stages) : annotation?.stages;
    const named = (names: ReadonlySet<string>) => new Set(own[s]!.filter((b) => names.has(binaries[b]!.name)));
    const made = variantsOf({
      source: record.name,
      fields:
        annotation && annotation.fields.size > 0 ? new Map([...record.fields, ...annotation.fields]) : record.fields,
      architecture,
      profiles,
      noIndep: part.noIndep,
      noArch: part.noArch,
      lenient: record.lenient === true,
      byPart:
        ofToday && !options.noIndep && record.architectures.some((a) => a === 'all') && record.architectures.length > 1,
      annotation: stages,
      droppable: annotation?.droppable,
      drops: annotation?.drops,
      adds: annotation?.adds,
      omits: annotation && new Map([...annotation.omits].map(([stage, names]) => [stage, named(names)])),
      binaries: own[s]!.map((index) => ({ index, formula: record.formulas.get(binaries[index]!.name) })),
      origin: record.origin,
      place: (field, offset, length) =>
        record.fields.has(field)
          ? record.place(field, offset, length)
          : { origin: annotation?.origin ?? record.origin },
    });
    // Both parts of a source have the same fields, and the same problems in them.
    if (!told.has(part.record)) for (const problem of made.diagnostics) problems.push(problem);
    told.add(part.record);
    const { version, maintainer, uploaders, architectures, section, origin } = record;
    const isAssumed = (stage: number) =>
      options.declaredProfiles === true && stages?.has(stage) === true && annotation?.stages.has(stage) !== true;
    const declared = !made.ok ? [] : made.value.map((v) => (isAssumed(v.stage) ? { ...v, assumed: true as const } : v));
    const needed =
      annotation === undefined || annotation.needs.size === 0 || ofToday || declared.length < 2
        ? declared
        : stagedNeeds(declared, annotation.needs, binaries);
    const variants =
      always.length === 0 ? needed : needed.map((v) => ({ ...v, buildDepends: [...v.buildDepends, ...always] }));
    const { name, part: which } = part;
    const supplied = annotation?.supply !== undefined && { supply: annotation.supply };
    const build = annotation !== undefined && annotation.build.length > 0 && { build: annotation.build };
    const source = {
      name,
      version,
      maintainer,
      uploaders,
      architectures,
      section,
      variants,
      origin,
      ...supplied,
      ...build,
    };
    return which === undefined ? source : { ...source, part: which };
  });
  if (hasErrors(problems)) return { ok: false, diagnostics: problems };
  const universe: Universe = {
    architecture,
    profiles: [...new Set(profiles)].sort(byteOrder),
    sources,
    binaries,
    targets: parts.flatMap(({ isTarget }, i) => (isTarget ? [i] : [])),
    seed: [...seed].sort(byteOrder),
    alternatives,
  };
  return { ok: true, value: universe, diagnostics: problems };
}
