/**
 * One YAML file, read with its positions: every problem (syntax, duplicate key, schema) becomes a diagnostic with file,
 * line and caret, all of them at once. YAML itself is read by the `yaml` library, shapes are checked by ajv.
 */

import type { ErrorObject } from 'ajv';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { valuesOf } from '../../by-name.ts';
import type { ByName, Diagnostic, Origin } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';
import { misfits } from './schema.ts';

/** Keys and places from the top of a document to one of its values. */
export type Path = readonly (string | number)[];

/** A parsed file: the plain value, and where each part of it stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** Place of a value, or, with `key`, of the key that names it. Falls back to the nearest enclosing thing. */
  place(path: Path, what?: 'value' | 'key'): Origin;
  /** The same for a diagnostic, with the line that it stands in. */
  placed(path: Path): { readonly origin: Origin; readonly excerpt: string };
  /** A scalar as it is written in the file. */
  written(path: Path): string;
  /** A diagnostic at a place, with its line for the caret. `offset` counts characters into the value. */
  problem(
    at: Path,
    d: Omit<Diagnostic, 'origin' | 'excerpt'>,
    where?: { what?: 'value' | 'key'; offset?: number; length?: number },
  ): Diagnostic;
}

/** Where characters of a scalar's value stand in its spelling, which may be quoted, folded or indented. */
function placeInScalar(spelling: string, value: string, offset: number, length: number): number {
  const word = value.slice(offset, offset + length).split('\n')[0]!;
  // The header of a block scalar is no part of the value.
  let place = /^[|>][^\n]*\n/.exec(spelling)?.[0].length ?? 0;
  for (let i = value.indexOf(word); ; i = value.indexOf(word, i + 1)) {
    place = spelling.indexOf(word, place);
    if (place < 0 || word === '') return Math.min(offset, spelling.length - 1);
    if (i >= offset) return place;
    place++;
  }
}

/** Why a text is no YAML, in words that are not of the JavaScript below it. */
export const yamlWords = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  // The stack ends wherever it is at that moment, also in the parser's own expressions.
  return /^(Maximum call stack|Invalid regular expression)/.test(message)
    ? 'it is nested too deeply'
    : message.split('\n')[0]!;
};

/** Reads one file. `value` is undefined when it is no YAML at all; then `problems` says why. */
export function parseYaml(file: string, text: string): { yaml: YamlFile; problems: readonly Diagnostic[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const lines = text.split(/\r?\n/);
  const at = (offset: number, length: number): Origin => {
    const { line, col } = counter.linePos(offset);
    const rest = (lines[line - 1]?.length ?? 0) - col + 1;
    return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, Math.min(length, rest)) };
  };

  /** The pair that a key or index of a collection names; keys are compared as text, so 1 and "1" are the same. */
  const child = (parent: unknown, step: string | number): { key?: unknown; value: unknown } | undefined => {
    if (isSeq(parent)) return { value: parent.items[Number(step)] };
    if (isMap(parent)) return parent.items.find((i) => isScalar(i.key) && String(i.key.value) === String(step));
    return undefined;
  };

  /** The node at a path, the key that names it, and the nearest thing around it that has a place. */
  const find = (path: Path): { node: unknown; key: unknown; around: unknown } => {
    let node: unknown = document.contents;
    let key: unknown;
    let around: unknown = node;
    for (const step of path) {
      const pair = child(node, step);
      if (pair === undefined) return { node: undefined, key: undefined, around };
      ({ key, value: node } = { key: pair.key, value: pair.value });
      if (isNode(node) && node.range) around = node;
    }
    return { node, key, around };
  };

  const range = (path: Path, what: 'value' | 'key'): readonly [number, number] => {
    const { node, key, around } = find(path);
    for (const candidate of what === 'key' ? [key, node, around] : [node, around]) {
      if (isNode(candidate) && candidate.range) return [candidate.range[0], candidate.range[1]];
    }
    return [0, 1];
  };

  const yaml: YamlFile = {
    file,
    value: undefined,
    place(path, what = 'value') {
      const [start, end] = range(path, what);
      return at(start, end - start);
    },
    placed(path) {
      const origin = yaml.place(path);
      return { origin, excerpt: lines[origin.line - 1] ?? '' };
    },
    written(path) {
      const { node } = find(path);
      return isScalar(node) ? (node.source ?? String(node.value)) : '';
    },
    problem(path, d, { what = 'value', offset = 0, length } = {}) {
      const [start, end] = range(path, what);
      const { node } = find(path);
      const inside =
        length === undefined || !isScalar(node)
          ? 0
          : placeInScalar(text.slice(start, end), String(node.value), offset, length);
      const origin = at(start + inside, length ?? end - start);
      return { ...d, origin, excerpt: lines[origin.line - 1] ?? '' };
    },
  };

  const problems: Diagnostic[] = document.errors.map((e) => {
    const origin = at(e.pos[0], Math.max(1, e.pos[1] - e.pos[0]));
    const second = e.code === 'MULTIPLE_DOCS';
    return {
      code: 'BP101',
      severity: 'error',
      message: second ? 'a second YAML document begins here' : `not valid YAML: ${yamlWords(e)}`,
      origin,
      excerpt: lines[origin.line - 1] ?? '',
      help: second
        ? 'one file is one document: remove the line, or make two files'
        : 'correct the line; indentation and quotes are the usual causes',
    };
  });
  if (problems.length > 0) return { yaml, problems };
  try {
    return { yaml: { ...yaml, value: document.toJS({ maxAliasCount: 100 }) }, problems };
  } catch (error) {
    const message = `not usable YAML: ${yamlWords(error)}`;
    return { yaml, problems: [{ code: 'BP101', severity: 'error', message, origin: at(0, 1) }] };
  }
}

/** Checks a parsed file against `metadata/schema/<schema>.schema.json`. */
export function checkShape(yaml: YamlFile, schema: string): readonly Diagnostic[] {
  return misfits(yaml.value, schema).flatMap((error) => describe(yaml, error));
}

const typeNames: ByName<string> = {
  string: 'text',
  object: 'a mapping',
  array: 'a list',
  null: 'null',
};

function describe(yaml: YamlFile, error: ErrorObject): readonly Diagnostic[] {
  const path: Path = error.instancePath
    .split('/')
    .slice(1)
    .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((p) => (/^\d+$/.test(p) ? Number(p) : p));
  const last = path.at(-1) ?? '';
  const name =
    path.length === 0
      ? 'the file'
      : typeof last === 'string'
        ? `\`${last}\``
        : `entry ${last + 1} of \`${path.at(-2) ?? ''}\``;
  const problem = (message: string, help: string, at: Path = path, what: 'value' | 'key' = 'value') => [
    yaml.problem(at, { code: 'BP102', severity: 'error', message, help }, { what }),
  ];
  // What is wrong in a name is told of the name, by the keyword around it.
  if (error.propertyName !== undefined) return [];
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      const known = [...Object.keys((error.parentSchema?.properties ?? {}) as object), ...patternTitles(error)];
      const guess = nearest(key, known);
      const help = guess ? `did you mean \`${guess}\`?` : `known here: ${known.join(', ')}`;
      return problem(`unknown field \`${key}\``, help, [...path, key], 'key');
    }
    case 'required':
      return problem(
        `${name} has no \`${error.params.missingProperty}\``,
        `add \`${error.params.missingProperty}: ...\``,
      );
    case 'type': {
      const wanted = [error.params.type].flat().map((t) => typeNames[String(t)] ?? `a ${t}`);
      const scalar = typeof error.data === 'number' || typeof error.data === 'boolean';
      const help =
        scalar && wanted.includes('text')
          ? `put it in quotes: "${yaml.written(path)}"`
          : `write ${wanted.join(' or ')} here`;
      return problem(`${name} must be ${wanted.join(' or ')}`, help);
    }
    case 'enum':
      return problem(
        `${name} has a value that is not known`,
        `one of: ${(error.params.allowedValues as string[]).join(', ')}`,
      );
    case 'pattern':
      return problem(
        `${JSON.stringify(error.data)} is not a valid ${typeof last === 'string' && last !== '' ? last : 'value'}`,
        patternHelp(String(error.params.pattern)),
      );
    case 'propertyNames':
      return problem(
        `${JSON.stringify(error.params.propertyName)} is not a valid name here`,
        patternHelp(String((error.schema as { pattern?: string }).pattern ?? '')),
        [...path, String(error.params.propertyName)],
        'key',
      );
    case 'if':
      return []; // the branch's own errors say more
    default:
      return problem(`${name} ${error.message ?? 'is wrong'}`, 'see docs/metadata.md');
  }
}

/** What names of a family look like, as the schema says it: `stage1, stage2, ...`. */
function patternTitles({ parentSchema }: ErrorObject): readonly string[] {
  const families = valuesOf((parentSchema?.patternProperties ?? {}) as ByName<{ title?: string }>);
  return families.flatMap(({ title }) => title ?? []);
}

function patternHelp(pattern: string): string {
  if (pattern.includes('0-9a-f]{64}')) return 'a sha256 is 64 lower-case hexadecimal digits';
  if (pattern.includes('u0000-')) return 'text without control characters: they would reach the terminals of others';
  if (pattern.includes('@%*')) return 'a build profile as it is written in <...>, without `!`: for example nocheck';
  if (pattern.includes('/')) return 'a path beside the metadata: no leading slash, no `..`';
  if (pattern.startsWith('^[a-z0-9][a-z0-9+.-]'))
    return 'lower-case letters, digits, `+`, `-` and `.`, at least two, the first a letter or digit';
  return pattern === '' ? 'see docs/metadata.md' : `it must match ${pattern}; see docs/metadata.md`;
}
