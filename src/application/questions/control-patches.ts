/**
 * Patches against debian/control, one per source, made from what an index says of it; a directory of them, whole or not
 * at all.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { type Absent, type Condition, conditionText } from '../../metadata/annotations/conditioned.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { aptLists } from '../../metadata/control/from-apt.ts';
import { inMemory } from '../../metadata/control/long-text.ts';
import { readSources, type SourceRecord } from '../../metadata/control/sources.ts';
import { displayedName } from '../../metadata/declared-stages/stage-fields.ts';
import { profilesIn } from '../../metadata/relations/formula.ts';
import { formatGroup, parseGroups } from '../../metadata/relations/relation.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import { newestSources } from '../../metadata/universe/universe.ts';
import { archiveSource } from '../../names.ts';
import { entryIn, requireOwnDirectory } from '../../runner/files/owned.ts';
import { unifiedDiff } from '../../runner/files/unified-diff.ts';
import { leftOutUnder } from '../../solver/explain/edit-class.ts';
import { requirePlace } from '../output/outputs.ts';

/** The lines of one source that get a condition. */
export interface ConditionedSource {
  readonly source: string;
  readonly lines: readonly Condition[];
}

/**
 * The source paragraph of debian/control as far as an index tells it, one dependency a line, and the names of the
 * binary ones: patch(1) takes a hunk whose context ends early for the end of the file.
 */
export function controlOf(record: SourceRecord): string {
  const fields = [...record.fields].map(([name, value]) => {
    const { groups } = parseGroups(value, true);
    return `${displayedName(name)}:\n${groups.map((g) => ` ${formatGroup(g)},\n`).join('')}`;
  });
  const head = [`Source: ${record.name}`, ...(record.section === '' ? [] : [`Section: ${record.section}`])];
  const paragraph = `${[...head, `Maintainer: ${record.maintainer}`].join('\n')}\n${fields.join('')}`;
  return [paragraph, ...record.binaries.map((name) => `Package: ${name}\n`)].join('\n');
}

/** The patch of one source; '' when its text does not have the lines, which cannot be. */
export function patchOf(control: string, lines: readonly Condition[], absent: Absent = new Map()): Promise<string> {
  const conditions = lines.map(({ group, profile }) => ({ group, profile }));
  const read = conditionText({ file: 'debian/control', bytes: Buffer.from(control) }, conditions, absent);
  return read.ok ? unifiedDiff(read.value.before, read.value.after, 'debian/control') : Promise.resolve('');
}

async function recordsOf(
  request: InputRequest,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SourceRecord>> {
  if (names.size === 0) return new Map();
  const lists = request.fromApt ? (await aptLists(request.architecture)).lists.sources : [];
  const found: SourceRecord[] = [];
  for (const file of [...request.sources, ...lists]) {
    const text = await readText(file);
    if (text.ok) found.push(...readSources(inMemory(text.value)).records.filter((r) => names.has(r.name)));
  }
  return newestSources(found);
}

/**
 * The files of --control that are a debian/control, by the name of their source: patches are made for them as they are.
 */
async function controlsGiven({ controls }: InputRequest): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of controls) {
    const text = await readText(file);
    if (!text.ok) continue;
    const content = text.value.bytes.toString('utf8');
    const [, name] = /^Source:[ \t]*(\S+)[ \t]*$/im.exec(content) ?? [];
    if (name !== undefined && !/^Format:/im.test(content)) found.set(name, content);
  }
  return found;
}

/** What is asked of the maintainer of one source. */
export interface ControlPatch {
  readonly patch: string;
  /** It is against a debian/control that was given, and not against what an index tells of it. */
  readonly isReal: boolean;
  /** Binaries that by their names are not built then, and nothing says so yet; in the order of the source. */
  readonly absent: Absent;
}

/** Binaries of a source that by their names go with the profiles of these lines, and that do not say so yet. */
function absentWith(
  lines: readonly Condition[],
  binaries: readonly string[],
  formulas: SourceRecord['formulas'],
): Absent {
  const profiles = [...new Set(lines.map((l) => l.profile))];
  return new Map(
    binaries.flatMap((name) => {
      const profile = profiles.find((p) => leftOutUnder(p)?.test(name));
      const isSaid = profile === undefined || profilesIn(formulas.get(name)).includes(profile);
      return isSaid ? [] : [[name, profile] as const];
    }),
  );
}

const packagesIn = (control: string): readonly string[] =>
  Array.from(control.matchAll(/^Package:[ \t]*(\S+)[ \t]*$/gim), ([, name]) => name!);

/**
 * By the name of the source of the archive, in the order given; the parts of a source have one patch. Where its
 * debian/control is given the patch is against that, otherwise against what an index tells of it.
 */
export async function controlPatches(
  request: InputRequest,
  sources: readonly ConditionedSource[],
): Promise<ReadonlyMap<string, ControlPatch>> {
  const lines = new Map<string, Condition[]>();
  for (const s of sources) {
    const name = archiveSource(s.source);
    lines.set(name, [...(lines.get(name) ?? []), ...s.lines]);
  }
  const given = await controlsGiven(request);
  const records = await recordsOf(request, new Set([...lines.keys()].filter((name) => !given.has(name))));
  const patches = new Map<string, ControlPatch>();
  for (const [name, own] of lines) {
    const record = records.get(name);
    const real = given.get(name);
    const control = real ?? (record && controlOf(record));
    if (control === undefined || own.length === 0) continue;
    const binaries = real === undefined ? record!.binaries : packagesIn(real);
    const absent = absentWith(own, binaries, record?.formulas ?? new Map());
    // The neighbours of a binary paragraph's lines are not in the index: a hunk there would keep the whole from being
    // applied.
    const patch = await patchOf(control, own, real === undefined ? undefined : absent);
    if (patch !== '') patches.set(name, { patch, isReal: real !== undefined, absent });
  }
  return patches;
}

/** What a directory holds one of for each source. */
export type TextKind = 'patch' | 'txt';
const kindWords: Readonly<Record<TextKind, string>> = { patch: 'patch', txt: 'bug report' };

/**
 * `SOURCE.patch` or `SOURCE.txt` for each, in a directory of their own: written beside and renamed. Those of an earlier
 * answer give way; a directory with anything else in it is left alone.
 *
 * @throws EnvironmentError for such a directory, before anything is written
 */
export function writeTexts(directory: string, kind: TextKind, texts: ReadonlyMap<string, string>): void {
  const place = requireTextDirectory(directory, kind);
  const [beside, old] = [`${place}.${process.pid}.part`, `${place}.${process.pid}.old`];
  try {
    mkdirSync(beside);
    for (const [name, text] of texts) writeFileSync(entryIn(beside, `${name}.${kind}`), text);
    if (existsSync(place)) renameSync(place, old);
    renameSync(beside, place);
  } finally {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(place) && existsSync(old)) renameSync(old, place);
    rmSync(old, { recursive: true, force: true });
  }
}

/** @returns its path without slashes behind it @throws EnvironmentError when no directory of such texts can be there */
export function requireTextDirectory(directory: string, kind: TextKind): string {
  const place = directory.replace(/(?<=.)\/+$/, '');
  requirePlace(place);
  requireOwnDirectory(place);
  if (!existsSync(place)) return place;
  const other = readdirSync(place).find((name) => !name.endsWith(`.${kind}`));
  if (other === undefined) return place;
  const message = `${place} holds ${other}, which is no ${kindWords[kind]}`;
  throw new EnvironmentError(message, exitCode.usage, 'give a directory of its own');
}
