/**
 * What is known about stages beside the package metadata, in a file of one's own: a YAML mapping (which profiles make a
 * stage of which source, stage fields, droppable dependencies; metadata/schema/annotations.schema.json), or a droppable
 * list as botch reads them, one `src:NAME BINARY...` per line.
 */
import type { AnnotatedBuild, ByName, Diagnostic, Group, Origin } from '../../model.ts';
import type { ControlText } from '../control/control-text.ts';
import type { Adds } from '../declared-stages/build-fields.ts';
import type { StageNeeds } from '../declared-stages/stage-needs.ts';
import { parseGroups } from '../relations/relation.ts';
import { checkShape, parseYaml, type YamlFile } from '../yaml/yaml.ts';

/** What is said of one source. */
export interface Annotation {
  /** Stage -> active profiles. */
  readonly stages: ReadonlyMap<number, readonly string[]>;
  /** Stage fields, lower-case name -> value. */
  readonly fields: ReadonlyMap<string, string>;
  /** Stage -> what its binaries need at run time, where that is less than what the full ones need. */
  readonly needs: ReadonlyMap<number, StageNeeds>;
  /** Names no stage build needs. */
  readonly droppable: ReadonlySet<string>;
  /** Stage -> names that this one does without. */
  readonly drops: ReadonlyMap<number, ReadonlySet<string>>;
  /** Stage -> binaries that this one does not yield. */
  readonly omits: ReadonlyMap<number, ReadonlySet<string>>;
  /** What builds need beside what their fields say: all of them, or (by stage) one. */
  readonly adds: Adds;
  /** How it is built, told as overrides tell it; one a file. */
  readonly build: readonly AnnotatedBuild[];
  /** Its binaries may come from outside, and how: `cross`. '' when they may not. */
  readonly supply: string | undefined;
  readonly origin: Origin;
}

/** By name of source. */
export type Annotations = ReadonlyMap<string, Annotation>;

type Relations = string | readonly string[];
type AnnotationYaml = ByName<Relations | ByName<Relations>> & { readonly build?: ByName<unknown> };

const needsAll: StageNeeds = { without: new Set(), whole: new Map() };
const ofStage = /^stage(\d+)(?:-(without-depends|depends))?$/;

const nothing: Omit<Annotation, 'origin'> = {
  stages: new Map(),
  fields: new Map(),
  needs: new Map(),
  droppable: new Set(),
  drops: new Map(),
  omits: new Map(),
  adds: { always: [], inStage: new Map() },
  build: [],
  supply: undefined,
};

/** What sources say themselves of the run-time needs of their stages, by source, as annotations say it. */
export const needsAsAnnotations = (needs: ReadonlyMap<string, Annotation['needs']>): Annotations =>
  new Map([...needs].map(([name, ofStages]) => [name, { ...nothing, needs: ofStages, origin: { file: '', line: 1 } }]));

/** Reads one file of either form. */
export function readAnnotations(text: ControlText): { annotations: Annotations; problems: readonly Diagnostic[] } {
  const content = text.bytes.toString('utf8');
  // Its first lines may be odd ones.
  const isList = content.split('\n').some((line) => /^src:\S+(\s|$)/.test(line) && !/^src:\S+:(\s|$)/.test(line));
  return isList ? readList(text.file, content) : readYaml(text.file, content);
}

function readList(file: string, content: string): { annotations: Annotations; problems: readonly Diagnostic[] } {
  const found = new Map<string, { names: Set<string>; line: number }>();
  const problems: Diagnostic[] = [];
  content.split('\n').forEach((line, i) => {
    const [source, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (source === '') return;
    if (!source!.startsWith('src:') || source === 'src:') {
      const origin = { file, line: i + 1, column: 1, length: source!.length };
      // No error: such lists are shared, and the ones that botch ships have a `srv:gvfs` in them.
      const message = `"${source}" where src:NAME was expected; the line is left out`;
      const help = 'a line reads src:NAME BINARY BINARY...';
      problems.push({ code: 'BP157', severity: 'warning', message, origin, excerpt: line, help });
      return;
    }
    const entry = found.get(source!.slice(4)) ?? { names: new Set(), line: i + 1 };
    for (const n of names) entry.names.add(n);
    found.set(source!.slice(4), entry);
  });
  const annotations = new Map<string, Annotation>();
  for (const [name, { names, line }] of found)
    annotations.set(name, { ...nothing, droppable: names, origin: { file, line } });
  return { annotations, problems };
}

function readYaml(file: string, content: string): { annotations: Annotations; problems: readonly Diagnostic[] } {
  const annotations = new Map<string, Annotation>();
  const { yaml, problems: syntax } = parseYaml(file, content);
  if (syntax.length > 0) return { annotations, problems: syntax };
  const problems = [...checkShape(yaml, 'annotations')];
  if (problems.length > 0) return { annotations, problems };
  for (const [source, entry] of Object.entries(yaml.value as ByName<AnnotationYaml>)) {
    const stages = new Map<number, readonly string[]>();
    const fields = new Map<string, string>();
    const needs = new Map<number, StageNeeds>();
    const drops = new Map<number, ReadonlySet<string>>();
    const omits = new Map<number, ReadonlySet<string>>();
    const inStage = new Map<number, readonly Group[]>();
    let always: readonly Group[] = [];
    let build: readonly AnnotatedBuild[] = [];
    let droppable: ReadonlySet<string> = new Set();
    let supply: string | undefined;
    for (const [key, value] of Object.entries(entry)) {
      if (key === 'build') {
        build = [{ file, value, origin: yaml.place([source, key], 'key') }];
        continue;
      }
      const [, stage, kind] = ofStage.exec(key) ?? [];
      const known = needs.get(Number(stage)) ?? needsAll;
      if (kind === 'depends') {
        const { whole, problems: wrong } = wholeLists(yaml, [source, key], value as ByName<Relations>);
        problems.push(...wrong);
        needs.set(Number(stage), { ...known, whole });
        continue;
      }
      const list = typeof value === 'string' ? [value] : (value as readonly string[]);
      if (kind === 'without-depends') {
        needs.set(Number(stage), { ...known, without: new Set(list) });
        continue;
      }
      const added = /^(?:stage(\d+)-)?adds$/.exec(key);
      if (added !== null) {
        const { groups, problems: wrong } = relationsAt(yaml, [source, key], list);
        problems.push(...wrong);
        if (added[1] === undefined) always = groups;
        else inStage.set(Number(added[1]), groups);
        continue;
      }
      const [, own, what] = /^stage(\d+)-(drops|omits)$/.exec(key) ?? [];
      if (key === 'droppable') droppable = new Set(list);
      else if (key === 'supply') supply = list.join(' ');
      else if (own !== undefined) (what === 'drops' ? drops : omits).set(Number(own), new Set(list));
      else if (key.startsWith('stage')) stages.set(Number(key.slice(5)), list);
      else if (fields.has(key.toLowerCase())) problems.push(twice(yaml, source, key));
      else fields.set(key.toLowerCase(), list.join(', '));
    }
    const origin = yaml.place([source], 'key');
    const adds = { always, inStage };
    annotations.set(source, { stages, fields, needs, droppable, drops, omits, adds, build, supply, origin });
  }
  return { annotations, problems };
}

/** `{BINARY: RELATIONS}`: all that these depend on. */
function wholeLists(
  yaml: YamlFile,
  path: readonly string[],
  value: ByName<Relations>,
): { whole: ReadonlyMap<string, readonly Group[]>; problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const whole = new Map<string, readonly Group[]>();
  for (const [binary, relations] of Object.entries(value)) {
    const list = typeof relations === 'string' ? [relations] : (relations as readonly string[]);
    const { groups, problems: wrong } = relationsAt(yaml, [...path, binary], list);
    problems.push(...wrong);
    whole.set(binary, groups);
  }
  return { whole, problems };
}

function relationsAt(
  yaml: YamlFile,
  path: readonly string[],
  list: readonly string[],
): { groups: readonly Group[]; problems: readonly Diagnostic[] } {
  const parsed = parseGroups(list.join(', '));
  const help = 'a dependency reads `name (>= version) | other, next`';
  const problems = parsed.problems.map(({ message }) =>
    yaml.problem(path, { code: 'BP110', severity: 'error', message, help }),
  );
  return { groups: parsed.groups, problems };
}

/** Upper and lower case are the same in a field's name, and not in YAML. */
function twice(yaml: YamlFile, source: string, key: string): Diagnostic {
  const message = `the field ${key} of ${source} is there twice, in upper and lower case`;
  return yaml.problem(
    [source, key],
    { code: 'BP129', severity: 'error', message, help: 'keep one of the two' },
    { what: 'key' },
  );
}

type ByStage<T> = ReadonlyMap<number, T>;

function together<T>(a: ByStage<Iterable<T>>, b: ByStage<Iterable<T>>): readonly (readonly [number, readonly T[]])[] {
  const stages = [...new Set([...a.keys(), ...b.keys()])];
  return stages.map((k) => [k, [...(a.get(k) ?? []), ...(b.get(k) ?? [])]]);
}

const asSets = (lists: ReturnType<typeof together<string>>): ByStage<ReadonlySet<string>> =>
  new Map(lists.map(([stage, names]) => [stage, new Set(names)]));

/** Several files as one; a later one adds to an earlier one. */
export function mergedAnnotations(all: readonly Annotations[]): Annotations {
  const merged = new Map<string, Annotation>();
  for (const annotations of all) {
    for (const [name, a] of annotations) {
      const b = merged.get(name);
      if (b === undefined) merged.set(name, a);
      else
        merged.set(name, {
          stages: new Map([...b.stages, ...a.stages]),
          fields: new Map([...b.fields, ...a.fields]),
          needs: new Map([...b.needs, ...a.needs]),
          droppable: new Set([...b.droppable, ...a.droppable]),
          drops: asSets(together(b.drops, a.drops)),
          omits: asSets(together(b.omits, a.omits)),
          adds: {
            always: [...b.adds.always, ...a.adds.always],
            inStage: new Map(together(b.adds.inStage, a.adds.inStage)),
          },
          build: [...b.build, ...a.build],
          supply: b.supply ?? a.supply,
          origin: b.origin,
        });
    }
  }
  return merged;
}
