/**
 * What is known about stages beside the package metadata, in a file of one's own: a YAML mapping (which profiles make a
 * stage of which source, stage fields, droppable dependencies; metadata/schema/annotations.schema.json), or a droppable
 * list as botch reads them, one `src:NAME BINARY...` per line.
 */
import type { ByName, Diagnostic, Group, Origin } from '../../model.ts';
import type { ControlText } from '../control/control-text.ts';
import type { StageNeeds } from '../declared-stages/stage-needs.ts';
import { parseGroups } from '../relations/relation.ts';
import { checkShape, parseYaml, type YamlFile } from '../yaml/yaml.ts';

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
  /** Its binaries may come from outside, and how: `cross`. '' when they may not. */
  readonly supply: string;
  readonly origin: Origin;
}

/** By name of source. */
export type Annotations = ReadonlyMap<string, Annotation>;

type Relations = string | readonly string[];
type AnnotationYaml = ByName<Relations | ByName<Relations>>;

const needsAll: StageNeeds = { without: new Set(), whole: new Map() };
const ofStage = /^stage(\d+)(?:-(without-depends|depends))?$/;

const nothing: Omit<Annotation, 'origin'> = {
  stages: new Map(),
  fields: new Map(),
  needs: new Map(),
  droppable: new Set(),
  drops: new Map(),
  omits: new Map(),
  supply: '',
};

/** Reads one file of either form. */
export function readAnnotations(text: ControlText): { annotations: Annotations; problems: readonly Diagnostic[] } {
  const content = text.bytes.toString('utf8');
  const first = content.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? '';
  return /^src:\S+(\s|$)/.test(first) && !/^src:\S+:(\s|$)/.test(first)
    ? readList(text.file, content)
    : readYaml(text.file, content);
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
    let droppable: ReadonlySet<string> = new Set();
    let supply = '';
    for (const [key, value] of Object.entries(entry)) {
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
      const [, own, what] = /^stage(\d+)-(drops|omits)$/.exec(key) ?? [];
      if (key === 'droppable') droppable = new Set(list);
      else if (key === 'supply') supply = list.join(' ');
      else if (own !== undefined) (what === 'drops' ? drops : omits).set(Number(own), new Set(list));
      else if (key.startsWith('stage')) stages.set(Number(key.slice(5)), list);
      else if (fields.has(key.toLowerCase())) problems.push(twice(yaml, source, key));
      else fields.set(key.toLowerCase(), list.join(', '));
    }
    const origin = yaml.place([source], 'key');
    annotations.set(source, { stages, fields, needs, droppable, drops, omits, supply, origin });
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
    const text = typeof relations === 'string' ? relations : (relations as readonly string[]).join(', ');
    const parsed = parseGroups(text);
    whole.set(binary, parsed.groups);
    const help = 'a dependency reads `name (>= version) | other, next`';
    for (const { message } of parsed.problems)
      problems.push(yaml.problem([...path, binary], { code: 'BP110', severity: 'error', message, help }));
  }
  return { whole, problems };
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

type ByStage = ReadonlyMap<number, ReadonlySet<string>>;

function together(a: ByStage, b: ByStage): ByStage {
  const stages = [...new Set([...a.keys(), ...b.keys()])];
  return new Map(stages.map((k) => [k, new Set([...(a.get(k) ?? []), ...(b.get(k) ?? [])])]));
}

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
          drops: together(b.drops, a.drops),
          omits: together(b.omits, a.omits),
          supply: b.supply || a.supply,
          origin: b.origin,
        });
    }
  }
  return merged;
}
