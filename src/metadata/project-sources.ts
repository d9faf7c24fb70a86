/** The source files of a metadata directory put together: sources, binaries, recipes, and what does not fit. */

import type { Binary, BinarySplit, Diagnostic, Recipe, Source } from '../model.ts';
import { byteOrder } from '../order.ts';
import { architectureMatches } from './architecture.ts';
import { parseFormula } from './formula.ts';
import { duplicates, unprovided } from './project-checks.ts';
import type { Assembled, Declared, ProjectOptions, SeedYaml, SourceFile } from './project-shape.ts';
import { recipeOf } from './recipe.ts';
import { variantsOf } from './stages.ts';
import type { YamlFile } from './yaml.ts';
import { buildFields, fieldText, groupsAt, providesOf, type SourceYaml } from './yaml-source.ts';

/** The real architecture of a binary on this host, or undefined when it is not built here. */
function hostArchitecture(field: string | undefined, host: string): string | undefined {
  const words = (field ?? 'any').split(/\s+/).filter((w) => w !== '');
  if (words.some((w) => w !== 'all' && architectureMatches(host, w))) return host;
  return words.includes('all') ? 'all' : undefined;
}

function declaredBinaries(file: SourceFile, host: string): Declared[] {
  const { yaml, value } = file;
  return value.Packages.flatMap((b, i) => {
    const architecture = hostArchitecture(b.Architecture ?? value.Architecture, host);
    if (architecture === undefined) return [];
    const groups = (field: 'Depends' | 'Pre-Depends' | 'Provides' | 'Conflicts' | 'Breaks') =>
      groupsAt(yaml, ['Packages', i, field], b[field]).groups;
    const binary = {
      name: b.Package,
      version: value.Version,
      architecture,
      multiArch: b['Multi-Arch'] ?? ('' as const),
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

function seedBinaries(seed: { yaml: YamlFile; value: SeedYaml } | undefined, host: string): Declared[] {
  return (seed?.value.Seed ?? []).map((s, i) => ({
    file: undefined,
    place: ['Seed', i, 'Package'],
    yaml: undefined,
    binary: {
      name: s.Package,
      version: s.Version,
      architecture: host,
      multiArch: '',
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

const controlFields = [
  'Section',
  'Priority',
  'Multi-Arch',
  'Pre-Depends',
  'Depends',
  'Provides',
  'Conflicts',
  'Breaks',
] as const;

/** The control file of a binary, in Debian's field order; the version is the runner's to complete. */
function splitOf(source: SourceYaml, d: Declared): BinarySplit {
  const b = d.yaml!;
  const optional = controlFields.flatMap((f): [string, string][] => {
    const text = fieldText((b[f] ?? source[f]) as string | undefined);
    return text === '' ? [] : [[f, text]];
  });
  const control: [string, string][] = [
    ['Package', b.Package],
    ...(b.Package === source.Source ? [] : [['Source', source.Source] as [string, string]]),
    ['Version', source.Version],
    ['Architecture', d.binary.architecture],
    ['Maintainer', source.Maintainer],
    ...(b.Essential ? [['Essential', 'yes'] as [string, string]] : []),
    ...optional,
    ['Description', b.Description],
  ];
  return { name: b.Package, files: b.files ?? [], control: Object.fromEntries(control) };
}

export function assembleSources(
  files: readonly SourceFile[],
  seed: { yaml: YamlFile; value: SeedYaml } | undefined,
  options: ProjectOptions,
): Assembled {
  const host = options.architecture;
  const ordered = [...files].sort((a, b) => byteOrder(a.value.Source, b.value.Source));
  const declared = [...ordered.flatMap((f) => declaredBinaries(f, host)), ...seedBinaries(seed, host)].sort((a, b) =>
    byteOrder(a.binary.name, b.binary.name),
  );
  const problems = duplicates(ordered, declared, seed?.yaml);
  const recipes = new Map<string, Recipe>();
  const sources = ordered.map((file): Source => {
    const { yaml, value } = file;
    const own = declared.map((d, index) => ({ d, index })).filter(({ d }) => d.file === file);
    const made = variantsOf({
      source: value.Source,
      fields: buildFields(value),
      architecture: host,
      profiles: options.profiles ?? [],
      noIndep: options.noIndep ?? false,
      binaries: own.map(({ d, index }) => ({ index, formula: parseFormula(d.yaml!['Build-Profiles'] ?? '') })),
      origin: yaml.place(['Source']),
    });
    problems.push(...made.diagnostics.map((d) => atField(yaml, d)));
    const variants = made.ok ? made.value : [];
    if (value.recipe && made.ok) {
      const splits = own.map(({ d }) => splitOf(value, d));
      const produced = variants.map((variant) => ({
        variant,
        names: new Set(variant.produces.map((i) => declared[i]!.binary.name)),
      }));
      const recipe = recipeOf(yaml, { source: value.Source, version: value.Version }, value.recipe, splits, produced);
      recipes.set(value.Source, recipe.recipe);
      problems.push(...recipe.problems);
    }
    return {
      name: value.Source,
      version: value.Version,
      maintainer: value.Maintainer,
      uploaders: value.Uploaders === undefined ? [] : value.Uploaders.split(/,\s*/),
      architectures: [...new Set(own.map(({ d }) => d.yaml!.Architecture ?? value.Architecture ?? 'any'))],
      section: value.Section ?? 'misc',
      variants,
      origin: yaml.place(['Source']),
    };
  });
  const bySource = new Map(ordered.map((f, i) => [f, i]));
  const binaries = declared.map((d): Binary => ({ ...d.binary, source: d.file ? bySource.get(d.file)! : -1 }));
  problems.push(...unprovided(ordered, sources, binaries));
  return { sources, binaries, recipes, problems };
}

/** Remarks of the stage reader name a field; here that field has a line. The longest name that fits is the one meant. */
function atField(yaml: YamlFile, d: Diagnostic): Diagnostic {
  const message = d.message.toLowerCase();
  const named = Object.keys(yaml.value as object).filter(
    (k) => /build-(depends|conflicts)/i.test(k) && message.includes(k.toLowerCase()),
  );
  const field = named.sort((a, b) => b.length - a.length)[0] ?? 'Source';
  const { origin: _, excerpt: __, ...rest } = d;
  return yaml.problem([field], rest, { what: field === 'Source' ? 'value' : 'key' });
}
