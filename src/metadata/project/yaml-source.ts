/** One source's YAML file as fields in Debian's syntax, its binaries, and every problem in them with its place. */
import type { Diagnostic, Group, Relation } from '../../model.ts';
import type { StageNeeds } from '../declared-stages/stage-needs.ts';
import { parseGroups } from '../relations/relation.ts';
import { versionProblem } from '../relations/version.ts';
import type { Path, YamlFile } from '../yaml/yaml.ts';
import type { RecipeYaml } from './recipe.ts';

type Relations = string | readonly string[];

/** One entry of `Packages`, checked against its schema. */
export interface BinaryYaml {
  readonly Package: string;
  readonly Architecture?: string;
  readonly 'Multi-Arch'?: 'same' | 'foreign' | 'allowed';
  readonly Essential?: boolean;
  readonly Section?: string;
  readonly Priority?: string;
  readonly Depends?: Relations;
  readonly 'Pre-Depends'?: Relations;
  readonly [ofStage: `Depends-Bootstrap${number}`]: Relations | undefined;
  readonly Provides?: Relations;
  readonly Conflicts?: Relations;
  readonly Breaks?: Relations;
  readonly 'Build-Profiles'?: string;
  readonly Description: string;
  readonly files?: readonly string[];
}

/** The shape of a source file after the schema has been checked. */
export interface SourceYaml {
  readonly Source: string;
  readonly Version: string;
  readonly Maintainer: string;
  readonly Uploaders?: string;
  readonly Section?: string;
  readonly Priority?: string;
  readonly Architecture?: string;
  readonly Packages: readonly BinaryYaml[];
  readonly recipe?: RecipeYaml;
}

const buildField = /^(x[sbc]*-)?build-(depends|conflicts)/i;

/** The text of a relation field, a list joined as Debian writes it. */
export const fieldText = (value: Relations | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : value.join(', ');

/** Parses one relation field and points at what is wrong inside it. */
export function groupsAt(
  yaml: YamlFile,
  path: Path,
  value: Relations | undefined,
): { groups: readonly Group[]; problems: Diagnostic[] } {
  const parts =
    value === undefined
      ? []
      : typeof value === 'string'
        ? [{ path, text: value }]
        : value.map((text, i) => ({ path: [...path, i], text }));
  const problems: Diagnostic[] = [];
  const groups = parts.flatMap((part) => {
    const parsed = parseGroups(part.text);
    for (const p of parsed.problems) {
      const help = 'a dependency reads `name (>= version) [architectures] <profiles> | other, next`';
      const message = `${String(path[path.length - 1])}: ${p.message}`;
      problems.push(
        yaml.problem(
          part.path,
          { code: 'BP110', severity: 'error', message, help },
          { offset: p.offset, length: p.length },
        ),
      );
    }
    return parsed.groups;
  });
  return { groups, problems };
}

/** Build-dependency fields by lower-case name, as every front end hands them on. */
export const buildFields = (source: SourceYaml): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(source)
      .filter(([name]) => buildField.test(name))
      .map(([name, value]) => [name.toLowerCase(), fieldText(value as Relations)]),
  );

/** `Depends-Bootstrap1`: all that a binary of stage 1 depends on. */
const stageDepends = /^Depends-Bootstrap([1-9]\d*)$/;

/** Stage -> the name of the field that says what this binary needs at run time in it; for stages that say so. */
export const stageDependsOf = (
  binary: BinaryYaml,
): ReadonlyMap<number, keyof BinaryYaml & `Depends-Bootstrap${number}`> =>
  new Map(
    Object.keys(binary).flatMap((name) => {
      const stage = stageDepends.exec(name)?.[1];
      return stage === undefined ? [] : [[Number(stage), name as `Depends-Bootstrap${number}`]];
    }),
  );

/** Stage -> what these binaries of one source need at run time in it, where the file says so. */
export function stageNeedsOf(binaries: readonly BinaryYaml[]): ReadonlyMap<number, StageNeeds> {
  const needs = new Map<number, Map<string, readonly Group[]>>();
  for (const binary of binaries)
    for (const [stage, field] of stageDependsOf(binary)) {
      const whole = needs.get(stage) ?? new Map<string, readonly Group[]>();
      needs.set(stage, whole.set(binary.Package, parseGroups(fieldText(binary[field])).groups));
    }
  return new Map([...needs].map(([stage, whole]) => [stage, { without: new Set<string>(), whole }]));
}

/** Provides as relations: each group has one member. */
export const providesOf = (groups: readonly Group[]): readonly Relation[] => groups.flatMap((g) => g.slice(0, 1));

/** What is wrong in the fields themselves; relations between files are checked later. */
export function fieldProblems(yaml: YamlFile, source: SourceYaml): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const bad = versionProblem(source.Version);
  if (bad !== undefined) {
    const help = 'a version reads [epoch:]upstream[-revision], for example 1.2.3-1';
    const message = `${JSON.stringify(source.Version)} is not a version: ${bad}`;
    problems.push(yaml.problem(['Version'], { code: 'BP111', severity: 'error', message, help }));
  }
  const seen = new Set<string>();
  for (const [name, relations] of Object.entries(source).filter(([n]) => buildField.test(n))) {
    if (seen.has(name.toLowerCase())) {
      const message = `the field ${name} is there twice, in upper and lower case`;
      const help = 'keep one of the two';
      problems.push(yaml.problem([name], { code: 'BP129', severity: 'error', message, help }, { what: 'key' }));
    }
    seen.add(name.toLowerCase());
    problems.push(...groupsAt(yaml, [name], relations as Relations).problems);
  }
  source.Packages.forEach((binary, i) => {
    for (const field of [
      ...(['Depends', 'Pre-Depends', 'Provides', 'Conflicts', 'Breaks'] as const),
      ...stageDependsOf(binary).values(),
    ]) {
      problems.push(...groupsAt(yaml, ['Packages', i, field], binary[field]).problems);
    }
  });
  return problems;
}
