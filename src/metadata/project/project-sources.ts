/** The source files of a metadata directory put together: sources, binaries, recipes, and what does not fit. */

import type { Binary, Diagnostic, Group, Recipe, Relation, Source } from '../../model.ts';
import { binaryName, sourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { stagedNeeds } from '../declared-stages/stage-needs.ts';
import { variantsOf } from '../declared-stages/stages.ts';
import { architectureMatches } from '../relations/architecture.ts';
import { crossProfile } from '../relations/cross.ts';
import { parseFormula } from '../relations/formula.ts';
import { reduceGroups } from '../relations/reduce.ts';
import type { YamlFile } from '../yaml/yaml.ts';
import { splitOf } from './binary-control.ts';
import { duplicates, unprovided } from './project-checks.ts';
import { NativeBinaries } from './project-cross.ts';
import type { Assembled, Declared, ProjectOptions, SeedYaml, SourceFile } from './project-shape.ts';
import { recipeOf } from './recipe.ts';
import { buildFields, groupsAt, providesOf, stageDependsOf, stageNeedsOf } from './yaml-source.ts';

/** The real architecture of a binary on this host, or undefined when it is not built here. */
function hostArchitecture(field: string | undefined, host: string): string | undefined {
  const words = (field ?? 'any').split(/\s+/).filter((w) => w !== '');
  if (words.some((w) => w !== 'all' && architectureMatches(host, w))) return host;
  return words.includes('all') ? 'all' : undefined;
}

/** Is everything that it builds good for every architecture? */
const isForAllAlone = ({ value }: SourceFile): boolean =>
  value.Packages.every((b) => (b.Architecture ?? value.Architecture ?? 'any').trim() === 'all');

function declaredBinaries(file: SourceFile, host: string, profiles: ReadonlySet<string>): Declared[] {
  const { yaml, value } = file;
  return value.Packages.flatMap((b, i) => {
    const architecture = hostArchitecture(b.Architecture ?? value.Architecture, host);
    if (architecture === undefined) return [];
    const groups = (field: 'Depends' | 'Pre-Depends' | 'Provides' | 'Conflicts' | 'Breaks') =>
      reduceGroups(groupsAt(yaml, ['Packages', i, field], b[field]).groups, host, profiles);
    const binary = {
      name: binaryName(b.Package),
      version: value.Version,
      architecture,
      multiArch: b['Multi-Arch'],
      essential: b.Essential ?? false,
      priority: b.Priority ?? value.Priority ?? 'optional',
      section: b.Section ?? value.Section ?? 'misc',
      depends: [...groups('Pre-Depends'), ...groups('Depends')],
      conflicts: groups('Conflicts'),
      breaks: groups('Breaks'),
      provides: providesOf(groups('Provides')),
      available: false,
      origin: yaml.place(['Packages', i, 'Package']),
    };
    return [{ file, place: ['Packages', i, 'Package'], binary, yaml: b }];
  });
}

/** A binary as a stage makes it: with that stage's Depends. */
function inStage(declared: Declared, stage: number): Declared {
  const field = stageDependsOf(declared.yaml!).get(stage);
  if (field === undefined) return declared;
  return { ...declared, yaml: { ...declared.yaml!, Depends: declared.yaml![field] ?? [] } };
}

function seedBinaries(seed: { yaml: YamlFile; value: SeedYaml } | undefined, host: string): Declared[] {
  return (seed?.value.Seed ?? []).map((s, i) => ({
    file: undefined,
    place: ['Seed', i, 'Package'],
    yaml: undefined,
    binary: {
      name: binaryName(s.Package),
      version: s.Version,
      architecture: host,
      multiArch: undefined,
      essential: false,
      priority: 'optional',
      section: 'misc',
      depends: [],
      conflicts: [],
      breaks: [],
      provides: [],
      available: true,
      origin: seed!.yaml.place(['Seed', i, 'Package']),
    },
  }));
}

/**
 * @param native for a cross build what is built on the building machine's architecture; then every source has its full
 *   build alone, since what it is built with is there
 */
export function assembleSources(
  files: readonly SourceFile[],
  seed: { yaml: YamlFile; value: SeedYaml } | undefined,
  options: ProjectOptions,
  native?: Assembled,
): Assembled {
  const host = options.architecture;
  const named = [...files].sort((a, b) => byteOrder(a.value.Source, b.value.Source));
  const usual = { host, profiles: [...(options.profiles ?? []), ...(native ? [crossProfile] : [])] };
  const own = { host: options.buildArchitecture ?? host, profiles: options.profiles ?? [] };
  const isForAll = (f: SourceFile) => native !== undefined && isForAllAlone(f);
  const readingOf = (f: SourceFile) => {
    const { host: architecture, profiles } = isForAll(f) ? own : usual;
    return { architecture, profiles, active: new Set(profiles) };
  };
  const ofFile = new Map(
    named.map((f) => [f, declaredBinaries(f, readingOf(f).architecture, readingOf(f).active)] as const),
  );
  const isBuilt = (d: Declared) => native === undefined || d.binary.architecture === host;
  const ordered = named.filter((f) => isForAll(f) || ofFile.get(f)!.some(isBuilt));
  const declared = [...ordered.flatMap((f) => ofFile.get(f)!), ...seedBinaries(seed, host)].sort((a, b) =>
    byteOrder(a.binary.name, b.binary.name),
  );
  const problems = duplicates(named, declared, seed?.yaml);
  const tools = native && new NativeBinaries(options.buildArchitecture ?? host, native.binaries);
  const ours = new Map<string, Declared>(declared.map((d) => [d.binary.name, d]));
  const ofHost = (name: string) => ours.has(name) && !isForAll(ours.get(name)!.file!);
  const crossing = (f: SourceFile) => (r: Relation) =>
    isForAll(f) ? tools!.ownRelation(r) : tools!.relation(r, ofHost);
  const bySource = new Map(ordered.map((f, i) => [f, i]));
  const binariesOfOwn = declared.map((d): Binary => ({ ...d.binary, source: d.file && bySource.get(d.file) }));
  const recipes = new Map<string, Recipe>();
  const sources = ordered.map((file): Source => {
    const { yaml, value } = file;
    const { architecture, profiles, active } = readingOf(file);
    const own = declared.map((d, index) => ({ d, index })).filter(({ d }) => d.file === file);
    const made = variantsOf({
      source: value.Source,
      fields: buildFields(value),
      architecture,
      profiles,
      noIndep: options.noIndep ?? false,
      binaries: own.map(({ d, index }) => ({ index, formula: parseFormula(d.yaml!['Build-Profiles'] ?? '') })),
      origin: yaml.place(['Source']),
    });
    problems.push(...made.diagnostics.map((d) => atField(yaml, d)));
    const needs = stageNeedsOf(own.map(({ d }) => d.yaml!));
    const plain = made.ok ? made.value : [];
    const all =
      tools !== undefined || needs.size === 0 || plain.length < 2 ? plain : stagedNeeds(plain, needs, binariesOfOwn);
    const variants = tools
      ? all.slice(0, 1).map((v) => ({ ...v, buildDepends: tools.groups(v.buildDepends, crossing(file)) }))
      : all;
    if (value.recipe && made.ok) {
      const splits = own.map(({ d }) => splitOf(value, d, ours, architecture, active));
      const produced = variants.map((variant) => ({
        variant,
        names: new Set(variant.produces.map((i) => declared[i]!.binary.name)),
        ...(needs.has(variant.stage) && {
          splits: own.map(({ d }) => splitOf(value, inStage(d, variant.stage), ours, architecture, active)),
        }),
      }));
      const stages = all.map((v) => v.stage);
      const crossed = tools === undefined ? 'no' : isForAll(file) ? 'for all' : 'yes';
      const frame = { source: sourceName(value.Source), version: value.Version, stages, crossed } as const;
      const recipe = recipeOf(yaml, frame, value.recipe, splits, produced);
      recipes.set(value.Source, recipe.recipe);
      problems.push(...recipe.problems);
    }
    return {
      name: sourceName(value.Source),
      version: value.Version,
      maintainer: value.Maintainer,
      uploaders: value.Uploaders === undefined ? [] : value.Uploaders.split(/,\s*/),
      architectures: [...new Set(own.map(({ d }) => d.yaml!.Architecture ?? value.Architecture ?? 'any'))],
      section: value.Section ?? 'misc',
      variants,
      origin: yaml.place(['Source']),
    };
  });
  const asked = (group: Group, f: SourceFile) => (tools ? group.map(crossing(f)) : group);
  const copies = tools?.copies ?? [];
  problems.push(
    ...unprovided(
      ordered,
      sources,
      [...binariesOfOwn, ...copies],
      asked,
      (group, f) => reduceGroups([group], readingOf(f).architecture, readingOf(f).active),
      host,
      tools !== undefined,
    ),
  );
  const place = binariesOfOwn.map((binary, index) => ({ binary, index: index as number | undefined }));
  const binaries = [...place, ...copies.map((binary) => ({ binary, index: undefined }))].sort((a, b) =>
    byteOrder(a.binary.name, b.binary.name),
  );
  const moved = new Map(binaries.flatMap(({ index }, now) => (index === undefined ? [] : [[index, now] as const])));
  return {
    sources: sources.map((s) => ({
      ...s,
      variants: s.variants.map((v) => ({ ...v, produces: v.produces.map((b) => moved.get(b)!) })),
    })),
    binaries: binaries.map(({ binary }) => binary),
    recipes,
    native: new Set(copies.map((b) => b.name)),
    problems,
  };
}

/**
 * Remarks of the stage reader name a field; here that field has a line. The longest name that fits is the one meant.
 */
function atField(yaml: YamlFile, d: Diagnostic): Diagnostic {
  const message = d.message.toLowerCase();
  const named = Object.keys(yaml.value as object).filter(
    (k) => /build-(depends|conflicts)/i.test(k) && message.includes(k.toLowerCase()),
  );
  const field = named.sort((a, b) => b.length - a.length)[0] ?? 'Source';
  const { origin: _, excerpt: __, ...rest } = d;
  return yaml.problem([field], rest, { what: field === 'Source' ? 'value' : 'key' });
}
