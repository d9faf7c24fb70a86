/**
 * A directory of recipes beside the indices of an archive: its sources become records like the archive's own, so that
 * either kind is built with what the other yields.
 */
import type { Binary, Diagnostic, Group, Recipe } from '../../model.ts';
import { sourceName } from '../../names.ts';
import type { ControlBinary } from '../control/control-binary.ts';
import type { SourceRecord } from '../control/sources.ts';
import type { StageNeeds } from '../declared-stages/stage-needs.ts';
import { type Formula, parseFormula } from '../relations/formula.ts';
import { reduceGroups } from '../relations/reduce.ts';
import { parseGroups } from '../relations/relation.ts';
import type { YamlFile } from '../yaml/yaml.ts';
import { readFiles } from './directory-files.ts';
import type { SourceFile } from './project-shape.ts';
import { assembleSources } from './project-sources.ts';
import { type BinaryYaml, buildFields, fieldText, providesOf, stageNeedsOf } from './yaml-source.ts';

/** What the directory adds to the archive. */
export interface Beside {
  readonly records: readonly SourceRecord[];
  /** Source -> stage -> what its binaries need at run time in that stage, where the files say so. */
  readonly needs: ReadonlyMap<string, ReadonlyMap<number, StageNeeds>>;
  /** By source. What its binaries are cut out of is in them. */
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly problems: readonly Diagnostic[];
}

/** What the sources are read for. */
export interface Here {
  readonly architecture: string;
  readonly profiles: readonly string[];
}

/** The archive gives what a seed file gives elsewhere, and an image of it is told by a file of its own. */
function notBeside(key: 'Seed' | 'Image', yaml: YamlFile): Diagnostic {
  const [what, help] = {
    Seed: [
      'the archive is the seed of what is built beside it',
      'leave the file out: build dependencies name packages',
    ],
    Image: ['an image of an archive is told by a file of its own', 'give it with --image-file, out of this directory'],
  }[key];
  return yaml.problem([key], { code: 'BP103', severity: 'error', message: what!, help: help! }, { what: 'key' });
}

/**
 * Like `assembleSources`, without what only a whole distribution can be asked: whether something provides each name.
 */
function soundRecipes(files: readonly SourceFile[], here: Here) {
  const { recipes, problems } = assembleSources(files, undefined, here);
  return { recipes, problems: problems.filter(({ code }) => code !== 'BP115') };
}

function controlOf(binary: BinaryYaml, source: SourceFile['value'], { architecture, profiles }: Here): ControlBinary {
  const groups = (field: 'Depends' | 'Pre-Depends' | 'Provides' | 'Conflicts' | 'Breaks'): readonly Group[] =>
    reduceGroups(parseGroups(fieldText(binary[field])).groups, architecture, new Set(profiles));
  const relations: Pick<Binary, 'depends' | 'conflicts' | 'breaks' | 'provides'> = {
    depends: [...groups('Pre-Depends'), ...groups('Depends')],
    conflicts: groups('Conflicts'),
    breaks: groups('Breaks'),
    provides: providesOf(groups('Provides')),
  };
  return {
    architectures: (binary.Architecture ?? source.Architecture ?? 'any').split(/\s+/),
    type: 'deb',
    multiArch: binary['Multi-Arch'],
    essential: binary.Essential ?? false,
    relations: () => relations,
  };
}

function recordOf({ yaml, value }: SourceFile, here: Here): SourceRecord {
  const keys = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key]));
  const controls = new Map(value.Packages.map((b) => [b.Package, controlOf(b, value, here)]));
  const formulas = value.Packages.flatMap((b): (readonly [string, Formula])[] => {
    const formula = parseFormula(b['Build-Profiles'] ?? '');
    return formula === undefined ? [] : [[b.Package, formula]];
  });
  const { origin } = yaml.placed(['Source']);
  return {
    name: sourceName(value.Source),
    version: value.Version,
    maintainer: value.Maintainer,
    uploaders: value.Uploaders === undefined ? [] : value.Uploaders.split(/,\s*/),
    architectures: [...new Set([...controls.values()].flatMap(({ architectures }) => architectures))],
    section: value.Section ?? 'misc',
    binaries: [...controls.keys()],
    fields: buildFields(value),
    listed: () => new Map(),
    controls,
    formulas: new Map(formulas),
    extraSourceOnly: false,
    place: (field) => yaml.placed([keys.get(field) ?? 'Source']),
    origin: { file: origin.file, line: origin.line ?? 1 },
  };
}

/** Throws InputError only when the directory itself is missing or empty. */
export function recipesBeside(directory: string, here: Here): Beside {
  const { sources, seed, image, problems } = readFiles(directory);
  const strange = [seed && notBeside('Seed', seed.yaml), image && notBeside('Image', image.yaml)];
  const sound = problems.length > 0 ? { recipes: new Map(), problems: [] } : soundRecipes(sources, here);
  return {
    records: sources.map((file) => recordOf(file, here)),
    needs: new Map(sources.map(({ value }) => [value.Source, stageNeedsOf(value.Packages)])),
    recipes: sound.recipes,
    problems: [...problems, ...strange.flatMap((one) => one ?? []), ...sound.problems],
  };
}
