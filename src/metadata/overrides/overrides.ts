/**
 * Overrides: changes to recipes for as long as one debugs, in a file of their own (docs/overrides.md). Names that the
 * project does not have are errors, all of them, with line and caret: a change that silently does nothing is worse.
 */

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { resultOf } from '../../diagnostics.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { ByName, Diagnostic, Project, Recipe, Result } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';
import { wholeFile, wholeText } from '../../whole-file.ts';
import { leadsOut } from '../project/beside.ts';
import { checkShape, type Path, parseYaml, type YamlFile } from '../yaml/yaml.ts';

/** What can be changed in a source, or in one of its stages. */
export interface Change {
  readonly env?: ByName<string>;
  /** Step -> words that its script finds in `$<STEP>_FLAGS`. */
  readonly flags?: ByName<readonly string[]>;
  /** Paths beside the overrides file, applied by `patch -p1` after the steps `unpack` and `patch`. */
  readonly patches?: readonly string[];
  /** Replaces a step by name; null leaves it out. */
  readonly steps?: ByName<string | null>;
  readonly 'extra-steps'?: readonly ExtraStep[];
}

/** A step of its own, with a place beside one that there is: exactly one of `after` and `before`. */
export interface ExtraStep {
  readonly name: string;
  readonly after?: string;
  readonly before?: string;
  readonly run: string;
}

/** The step beside which an extra step has its place. */
export const besideOf = ({ after, before }: ExtraStep): string => after ?? before ?? '';

/** What is changed in the builds of a source. */
export interface SourceChange extends Change {
  /** Stage (as text; 0 is full) -> what is changed in it alone. */
  readonly stages?: ByName<Change>;
}

/** The file's content, checked against its schema. */
export interface OverridesYaml {
  readonly phases?: ByName<{ readonly env?: ByName<string>; readonly packages?: readonly string[] }>;
  readonly sources?: ByName<SourceChange>;
}

/** The overrides in force. */
export interface Overrides {
  readonly file: string;
  /** sha256 of the file and of its patches. */
  readonly digest: string;
  readonly value: OverridesYaml;
  /** Path as written in the file -> content. */
  readonly patches: ReadonlyMap<string, string>;
}

/** `stage2`, or `full`: full builds have one recipe, whichever archive they go to. */
export const phaseOf = (stage: number): string => (stage === 0 ? 'full' : `stage${stage}`);

/** The variable in which a step finds its flags: `CONFIGURE_FLAGS`. */
export const flagsVariable = (step: string): string => `${step.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_FLAGS`;

/** Step -> every script that it has. */
type Scripts = ReadonlyMap<string, readonly string[]>;

/** A remark about a place of the changes, by its path in them. */
export type Placed = YamlFile['problem'];

class Checker {
  readonly problems: Diagnostic[] = [];
  private readonly placed: Placed;
  constructor(placed: Placed) {
    this.placed = placed;
  }

  refuse(at: Path, message: string, help: string, what: 'key' | 'value' = 'key'): void {
    this.problems.push(this.placed(at, { code: 'BP150', severity: 'error', message, help }, { what }));
  }

  /** Is the last part of the path a name that exists? */
  known(at: Path, name: string, kind: string, names: readonly string[], what: 'key' | 'value' = 'key'): boolean {
    if (names.includes(name)) return true;
    const guess = name.length > 1 ? nearest(name, names) : undefined;
    this.refuse(
      at,
      `there is no ${kind} \`${name}\``,
      guess ? `did you mean \`${guess}\`?` : `there are: ${names.join(', ')}`,
      what,
    );
    return false;
  }

  /**
   * @param steps names and scripts of the steps that the change can speak of
   * @returns the same with the change in: what the change of a stage can speak of
   */
  change(at: Path, change: Change, steps: Scripts): Scripts {
    const names = [...steps.keys()];
    const changed = new Map(steps);
    for (const [step, run] of entriesOf(change.steps ?? {})) if (steps.has(step)) changed.set(step, [run ?? '']);
    for (const { name, run } of change['extra-steps'] ?? []) if (!steps.has(name)) changed.set(name, [run]);
    for (const step of Object.keys(change.steps ?? {})) this.known([...at, 'steps', step], step, 'step', names);
    for (const step of Object.keys(change.flags ?? {})) {
      const place = [...at, 'flags', step];
      const variable = flagsVariable(step);
      const used = new RegExp(`\\$(?:\\{#?)?${variable}(?![A-Za-z0-9_])`);
      if (!this.known(place, step, 'step', [...changed.keys()])) continue;
      if (changed.get(step)!.some((script) => used.test(script))) continue;
      const help = `replace the step under \`steps:\`, or write $${variable} into it where the flags belong`;
      this.refuse(place, `the step \`${step}\` does not use $${variable}`, help);
    }
    const added = new Set<string>();
    for (const [i, step] of (change['extra-steps'] ?? []).entries()) {
      const place = [...at, 'extra-steps', i];
      if ((step.after === undefined) === (step.before === undefined))
        this.refuse(
          place,
          `the extra step \`${step.name}\` has ${step.after === undefined ? 'no place' : 'two places'}`,
          'give it one: `after: STEP`, or `before: STEP`',
          'value',
        );
      else
        this.known(
          [...place, step.after === undefined ? 'before' : 'after'],
          besideOf(step),
          'step',
          [...names, ...added],
          'value',
        );
      if (names.includes(step.name) || added.has(step.name))
        this.refuse(
          [...place, 'name'],
          `there is a step \`${step.name}\` already`,
          'give the extra step a name of its own',
          'value',
        );
      added.add(step.name);
    }
    return changed;
  }
}

/** Scripts of each step, over all variants of a source. */
function stepsOf(project: Project, source: string): Scripts {
  const steps = new Map<string, string[]>();
  for (const { steps: listed } of project.recipes.get(source)?.variants.values() ?? [])
    for (const { name, run } of listed) steps.set(name, [...(steps.get(name) ?? []), run]);
  return steps;
}

/** The steps that a changed source has in one stage: its own, and those that the change has added. */
function inVariant(changed: Scripts, steps: Scripts, recipe: Recipe, stage: number): Scripts {
  const own = new Set(recipe.variants.get(stage)!.steps.map(({ name }) => name));
  return new Map([...changed].filter(([name]) => own.has(name) || !steps.has(name)));
}

function checkNames(placed: Placed, value: OverridesYaml, project: Project): Checker {
  const checker = new Checker(placed);
  const sources = [...project.recipes.keys()];
  const stages = [...new Set([...project.recipes.values()].flatMap((recipe) => [...recipe.variants.keys()]))];
  for (const [phase, { packages = [] }] of entriesOf(value.phases ?? {})) {
    checker.known(['phases', phase], phase, 'phase', stages.map(phaseOf));
    for (const [i, name] of packages.entries())
      checker.known(['phases', phase, 'packages', i], name, 'source', sources, 'value');
  }
  for (const [source, change] of entriesOf(value.sources ?? {})) {
    if (!checker.known(['sources', source], source, 'source', sources)) continue;
    const steps = stepsOf(project, source);
    const changed = checker.change(['sources', source], change, steps);
    for (const [stage, inStage] of entriesOf(change.stages ?? {})) {
      const place = ['sources', source, 'stages', stage];
      const declared = [...project.recipes.get(source)!.variants.keys()].map(String);
      if (checker.known(place, stage, 'stage', declared))
        checker.change(place, inStage, inVariant(changed, steps, project.recipes.get(source)!, Number(stage)));
    }
  }
  return checker;
}

/** A file, or a pipe; a directory is neither. */
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;

/** Every patch that is named, with its place. */
function* patchesIn(value: OverridesYaml): Generator<{ at: Path; path: string }> {
  for (const [source, change] of entriesOf(value.sources ?? {})) {
    for (const [i, path] of (change.patches ?? []).entries()) yield { at: ['sources', source, 'patches', i], path };
    for (const [stage, inStage] of entriesOf(change.stages ?? {}))
      for (const [i, path] of (inStage.patches ?? []).entries())
        yield { at: ['sources', source, 'stages', stage, 'patches', i], path };
  }
}

/**
 * Reads an overrides file (YAML, and so JSON as well) for a project.
 * @throws InputError (66) when there is no such file
 */
export function readOverrides(file: string, project: Project): Result<Overrides> {
  if (!isThere(file)) {
    const message = `there is no overrides file ${file}`;
    const help = 'metadata/examples/overrides.yaml is one to start from';
    throw new InputError([{ code: 'BP100', severity: 'error', message, help }], exitCode.missingInput);
  }
  const text = wholeText(file, 'named');
  const { yaml, problems } = parseYaml(relative('.', file) || file, text);
  if (problems.length > 0) return { ok: false, diagnostics: problems };
  const shape = yaml.value === null ? [] : checkShape(yaml, 'overrides');
  if (shape.length > 0) return { ok: false, diagnostics: shape };
  const value = (yaml.value ?? {}) as OverridesYaml;
  const { patches, problems: wrong } = checkedChanges(value, project, file, yaml.problem);
  const hash = createHash('sha256').update(text);
  for (const [path, content] of patches) hash.update(`\0${path}\0${content}`);
  return resultOf({ file, digest: hash.digest('hex'), value, patches }, wrong);
}

/** What of some changes the project has not, and the patches beside the file that they stand in. */
export function checkedChanges(
  value: OverridesYaml,
  project: Project,
  file: string,
  placed: Placed,
): { readonly patches: ReadonlyMap<string, string>; readonly problems: readonly Diagnostic[] } {
  const checker = checkNames(placed, value, project);
  const patches = new Map<string, string>();
  for (const { at, path } of patchesIn(value)) {
    const place = join(dirname(file), path);
    if (!isThere(place)) {
      checker.refuse(at, `there is no patch ${place}`, 'paths are beside the file that names them', 'value');
      continue;
    }
    if (leadsOut(dirname(file), path)) {
      checker.refuse(at, `the patch ${place} leads out of ${dirname(file)}`, 'put the file itself there', 'value');
      continue;
    }
    const content = wholeFile(place);
    const help = 'put it beside the metadata, have the recipe `fetch` it, and apply it in a step';
    if (isUtf8(content)) patches.set(path, content.toString());
    else checker.refuse(at, `the patch ${place} is not UTF-8, and would not stay as it is`, help, 'value');
  }
  return { patches, problems: checker.problems };
}
