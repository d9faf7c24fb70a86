/**
 * Back-porting of what was changed in builds of Debian sources: into a file of annotations. What a plan should know has
 * a key of its own there (profiles of a stage, more build dependencies); the rest goes as it is under `build`.
 */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesOf, valueAt } from '../../by-name.ts';
import type { ByName, Diagnostic, Project, RecipeStep } from '../../model.ts';
import { wholeText } from '../../whole-file.ts';
import { AnnotationEditor } from '../yaml/annotation-editor.ts';
import { applyOverrides } from './apply-overrides.ts';
import { patchPlaces, refusedPhases } from './backport.ts';
import type { Change, Overrides, SourceChange } from './overrides.ts';

/** The files as they will be, and what they change. */
export interface AnnotationBackport {
  /** Path -> what it will hold: the annotations, patches and their series. */
  readonly files: ReadonlyMap<string, string>;
  readonly sources: readonly string[];
  /** Source -> stage -> the steps that it must have afterwards. */
  readonly expected: ReadonlyMap<string, ReadonlyMap<number, readonly RecipeStep[]>>;
  /** Source -> stage -> the profiles that it must have afterwards, where they are changed. */
  readonly profiles: ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>;
}

const profilesVariable = 'DEB_BUILD_PROFILES';
const packagesVariable = 'EXTRA_BUILD_DEPENDS';

const wordsIn = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/\s+/).filter((word) => word !== '');

/** `name` and `name=version`, as apt-get reads them, in the syntax of a field; nothing for what a field cannot say. */
function relationOf(word: string): string | undefined {
  const [, name, version] = /^([a-z0-9][a-z0-9+.-]*[a-z0-9+.])(?:=(\S+))?$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return version === undefined ? name : `${name} (= ${version})`;
}

const without = (env: ByName<string> | undefined, names: readonly string[]): ByName<string> | undefined => {
  const left = entriesOf(env ?? {}).filter(([name]) => !names.includes(name));
  return left.length === 0 ? undefined : Object.fromEntries(left);
};

/** A change without these variables, and without what is empty then. */
function lessEnvironment<T extends Change>({ env, ...rest }: T, names: readonly string[]): Omit<T, 'env'> & Change {
  const left = without(env, names);
  return { ...rest, ...(left && { env: left }) } as Omit<T, 'env'> & Change;
}

/** One change, in its parts. */
interface Parted {
  /** Stage -> profiles besides those that all builds have. */
  readonly profiles: ReadonlyMap<number, readonly string[]>;
  readonly always: readonly string[];
  readonly inStage: ReadonlyMap<number, readonly string[]>;
  readonly rest: SourceChange;
  /** Words that no field can say. */
  readonly unsaid: readonly string[];
}

function parted(change: SourceChange, usual: readonly string[]): Parted {
  const always = wordsIn(valueAt(change.env ?? {}, packagesVariable));
  const profiles = new Map<number, readonly string[]>();
  const inStage = new Map<number, readonly string[]>();
  const stages = entriesOf(change.stages ?? {}).map(([stage, one]) => {
    const k = Number(stage);
    const moved: string[] = [];
    const own = wordsIn(valueAt(one.env ?? {}, profilesVariable));
    const special = own.filter((name) => !usual.includes(name));
    if (k > 0 && special.length > 0 && usual.every((name) => own.includes(name))) {
      profiles.set(k, special);
      moved.push(profilesVariable);
    }
    const packages = wordsIn(valueAt(one.env ?? {}, packagesVariable));
    // The stage's word counts in the place of the source's: it must have all of that to be more of the same.
    if (k > 0 && packages.length > 0 && always.every((name) => packages.includes(name))) {
      inStage.set(
        k,
        packages.filter((name) => !always.includes(name)),
      );
      moved.push(packagesVariable);
    }
    return [stage, lessEnvironment(one, moved)] as const;
  });
  const left = stages.filter(([, one]) => Object.keys(one).length > 0);
  const { stages: _, ...whole } = lessEnvironment(change, [packagesVariable]);
  const rest = { ...whole, ...(left.length > 0 && { stages: Object.fromEntries(left) }) };
  const unsaid = [...always, ...[...inStage.values()].flat()].filter((word) => relationOf(word) === undefined);
  return { profiles, always, inStage, rest, unsaid };
}

/** With patches by the names that they get. */
function placed(change: SourceChange, places: ReadonlyMap<string, string>): SourceChange {
  const one = <T extends Change>(part: T): T => ({
    ...part,
    ...(part.patches && { patches: part.patches.map((path) => places.get(path)!) }),
  });
  const stages = entriesOf(change.stages ?? {}).map(([stage, inStage]) => [stage, one(inStage)] as const);
  return { ...one(change), ...(change.stages && { stages: Object.fromEntries(stages) }) };
}

/** Series of quilt(1) beside the patches: those of all builds, and those that a stage alone has. */
function* seriesOf(source: string, change: SourceChange): Generator<readonly [string, readonly string[]]> {
  const names = (patches: readonly string[]): readonly string[] => patches.map((path) => path.slice(source.length + 1));
  if (change.patches) yield [`${source}/series`, names(change.patches)];
  for (const [stage, { patches }] of entriesOf(change.stages ?? {}))
    if (patches) yield [`${source}/series.stage${stage}`, names(patches)];
}

function withLines(path: string, lines: readonly string[]): string {
  const text = existsSync(path) ? wholeText(path) : '';
  const there = text.split('\n').filter((line) => line !== '');
  return [...there, ...lines.filter((line) => !there.includes(line))].map((line) => `${line}\n`).join('');
}

/**
 * What back-porting would write into a file of annotations, which need not be there; problems when there is no place
 * for something. Nothing is written here.
 */
export function backportToAnnotations(
  project: Project,
  overrides: Overrides,
  file: string,
): AnnotationBackport | { readonly problems: readonly Diagnostic[] } {
  const problems = [...refusedPhases(overrides)];
  const refuse = (message: string, help: string): void => {
    problems.push({ code: 'BP151', severity: 'error', message: `${overrides.file}: ${message}`, help });
  };
  const editor = new AnnotationEditor(existsSync(file) ? wholeText(file) : '');
  if (!editor.isMapping)
    refuse(`${file} has no place for it: it is no mapping`, 'name a YAML file as the last of --annotations');
  if (problems.length > 0) return { problems };
  const files = new Map<string, string>();
  const profiles = new Map<string, ReadonlyMap<number, readonly string[]>>();
  const left = new Map<string, SourceChange>();
  for (const [source, change] of entriesOf(overrides.value.sources ?? {})) {
    if (source.includes(':')) refuse(`annotations speak of whole sources, and not of ${source}`, 'write it by hand');
    const parts = parted(change, project.universe.profiles);
    for (const word of parts.unsaid) {
      const help = `in ${packagesVariable} write NAME, or NAME=VERSION`;
      refuse(`no build dependency of ${source} reads \`${word}\``, help);
    }
    const places = patchPlaces(dirname(file), overrides, source);
    for (const [path, place] of places) files.set(join(dirname(file), place), overrides.patches.get(path)!);
    const rest = placed(parts.rest, places);
    for (const [path, lines] of seriesOf(source, rest))
      files.set(join(dirname(file), path), withLines(join(dirname(file), path), lines));
    for (const [stage, names] of parts.profiles) editor.list(source, `stage${stage}`, names);
    const relations = (words: readonly string[]): readonly string[] => words.map((word) => relationOf(word) ?? word);
    editor.more(source, 'adds', relations(parts.always));
    for (const [stage, words] of parts.inStage) editor.more(source, `stage${stage}-adds`, relations(words));
    editor.build(source, rest);
    profiles.set(source, parts.profiles);
    left.set(source, parts.rest);
  }
  if (problems.length > 0) return { problems };
  files.set(file, editor.toString());
  const { recipes } = applyOverrides(project, { ...overrides, value: { sources: Object.fromEntries(left) } });
  const expected = new Map(
    [...recipes].map(([source, { variants }]) => [
      source,
      new Map([...variants].map(([stage, { steps }]) => [stage, steps])),
    ]),
  );
  return { files, sources: [...left.keys()], expected, profiles };
}

/** What reads otherwise than it must, if anything. */
export function misread(project: Project, { expected, profiles }: AnnotationBackport): string | undefined {
  /** Under other profiles a build may ask dpkg for something else. */
  const text = (steps: readonly RecipeStep[], whole: boolean): string =>
    JSON.stringify(steps.map(({ name, run, env }) => [name, whole && run, entriesOf(env).sort()]));
  for (const [source, stages] of expected) {
    const recipe = project.recipes.get(source);
    const found = project.universe.sources.find(({ name }) => name === source);
    for (const [stage, steps] of stages) {
      const whole = profiles.get(source)?.has(stage) !== true;
      if (recipe !== undefined && text(recipe.variants.get(stage)?.steps ?? [], whole) !== text(steps, whole))
        return `${source}, stage ${stage}`;
    }
    for (const [stage, names] of profiles.get(source) ?? []) {
      const active = found?.variants.find((variant) => variant.stage === stage)?.profiles ?? [];
      if (!names.every((name) => active.includes(name))) return `the profiles of ${source}, stage ${stage}`;
    }
  }
  return undefined;
}
