/** From a request, as the command line states it, to a Universe: the one way in for every command. */
import { readFile } from 'node:fs/promises';
import { exitCode, InputError } from '../errors.ts';
import type { Diagnostic, Result, Universe } from '../model.ts';
import { mergedAnnotations, readAnnotations } from './annotations.ts';
import { isKnownArchitecture, knownArchitectures } from './architecture.ts';
import { readText } from './compressed.ts';
import { readControl } from './control.ts';
import type { ControlText } from './control-text.ts';
import { aptLists } from './from-apt.ts';
import { nearest } from './nearest.ts';
import { overlaid, unusedAnnotations } from './overlay.ts';
import { type BinaryRecord, readPackages } from './packages.ts';
import { readProject } from './project.ts';
import { readSeed, type Seed } from './seed.ts';
import { readSources, type SourceRecord } from './sources.ts';
import { withTargets } from './targets.ts';
import { assembleUniverse, newestSources } from './universe.ts';

/** What to read and how to take it; `docs/inputs.md` explains each part. */
export interface InputRequest {
  /** A directory of YAML files; then no index is read. */
  readonly metadata?: string | undefined;
  readonly packages: readonly string[];
  readonly sources: readonly string[];
  readonly fromApt: boolean;
  readonly controls: readonly string[];
  readonly annotations: readonly string[];
  /** '' takes the one architecture that the Packages files speak of. */
  readonly architecture: string;
  readonly profiles: readonly string[];
  readonly targets: readonly string[] | 'essential' | 'all';
  /** A file of names, `build-essential` or `none`; undefined means `build-essential`. */
  readonly seed?: string | undefined;
  readonly archAll: 'available' | 'build';
  readonly noIndep: boolean;
  readonly alternatives: 'first' | 'any';
}

/** Reads every file, or throws an InputError (66) that names all that cannot be read. */
async function readAll<T>(files: readonly string[], read: (file: string) => Promise<T>): Promise<T[]> {
  const outcomes = await Promise.allSettled(files.map(read));
  const unreadable: Diagnostic[] = [];
  const values = outcomes.flatMap((outcome, i) => {
    if (outcome.status === 'fulfilled') return [outcome.value];
    const reason = reasons[(outcome.reason as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw outcome.reason;
    const help = 'check the path and its permissions';
    unreadable.push({ code: 'BP100', severity: 'error', message: `${files[i]}: ${reason}`, help });
    return [];
  });
  if (unreadable.length > 0) throw new InputError(unreadable, exitCode.missingInput);
  return values;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'not readable',
  EISDIR: 'a directory, not a file',
  ENOTDIR: 'no such file',
};

/** The architecture of a request that names none: the only one its binaries have. */
function architectureOf(asked: string, binaries: readonly BinaryRecord[], problems: Diagnostic[]): string {
  const present = [...new Set(binaries.map((b) => b.binary.architecture))].filter((a) => a !== 'all').sort();
  const complain = (message: string, help: string) =>
    problems.push({ code: 'BP150', severity: 'error', message, help });
  if (asked === '') {
    if (present.length === 1) return present[0]!;
    if (present.length === 0) complain('the Packages files name no architecture', 'give it with --arch');
    else complain(`the Packages files have binaries for ${present.join(', ')}`, 'choose one with --arch');
  } else if (!isKnownArchitecture(asked)) {
    const guess = nearest(asked, knownArchitectures);
    const help = guess ? `did you mean ${guess}?` : 'dpkg-architecture -L lists the architectures there are';
    complain(`${asked} is not an architecture`, help);
  } else if (present.length > 0 && !present.includes(asked)) {
    const help = `a plan is made from the lists of an architecture that exists: give its Packages file, or --arch ${present[0]}`;
    complain(`no binary is for ${asked}; the Packages files are for ${present.join(', ')}`, help);
  }
  return asked;
}

async function seedOf(seed: string | undefined): Promise<Seed> {
  if (seed === undefined || seed === 'build-essential') return 'build-essential';
  if (seed === 'none') return 'none';
  const [text] = await readAll([seed], (file) => readFile(file, 'utf8'));
  return readSeed(seed, text!);
}

/** Every file of one kind read by one reader, values and problems. */
function each<T>(
  texts: readonly Result<ControlText>[],
  problems: Diagnostic[],
  read: (text: ControlText) => { problems: readonly Diagnostic[] } & T,
): T[] {
  return texts.flatMap((text) => {
    problems.push(...text.diagnostics);
    if (!text.ok) return [];
    const result = read(text.value);
    for (const p of result.problems) problems.push(p);
    return [result];
  });
}

/** The universe that a request describes. Throws InputError for files that are not there. */
export async function readUniverse(request: InputRequest): Promise<Result<Universe>> {
  const { architecture, profiles, noIndep, archAll, alternatives, targets } = request;
  if (request.metadata !== undefined) {
    const wrong: Diagnostic[] = [];
    architectureOf(architecture, [], wrong);
    if (wrong.length > 0) return { ok: false, diagnostics: wrong };
    const project = await readProject(request.metadata, {
      architecture,
      profiles,
      noIndep,
      alternatives,
      targets: targets === 'essential' ? 'image' : targets,
    });
    return project.ok ? { ...project, value: project.value.universe } : project;
  }

  const problems: Diagnostic[] = [];
  const lists = request.fromApt ? await aptLists(architecture) : { lists: { packages: [], sources: [] }, problems: [] };
  if (lists.problems.length > 0) throw new InputError(lists.problems, exitCode.missingInput);
  const packageFiles = [...request.packages, ...lists.lists.packages];
  const sourceFiles = [...request.sources, ...lists.lists.sources];
  const all = [...packageFiles, ...sourceFiles, ...request.controls, ...request.annotations];
  const texts = await readAll(all, readText);
  const take = (n: number) => texts.splice(0, n);
  const binaries: BinaryRecord[] = [];
  for (const { records } of each(take(packageFiles.length), problems, readPackages))
    for (const r of records) binaries.push(r);
  const sources: SourceRecord[] = [];
  for (const { records } of each(take(sourceFiles.length), problems, readSources))
    for (const r of records) sources.push(r);
  const controls = each(take(request.controls.length), problems, readControl).flatMap((c) => c.overlay ?? []);
  const annotations = mergedAnnotations(each(texts, problems, readAnnotations).map((a) => a.annotations));
  const seed = await seedOf(request.seed);
  const host = architectureOf(architecture, binaries, problems);
  const overlay = overlaid(newestSources(sources), controls);
  problems.push(...overlay.problems, ...unusedAnnotations(overlay.sources, annotations));
  if (problems.some((p) => p.severity === 'error')) return { ok: false, diagnostics: problems };

  const options = { architecture: host, profiles, noIndep, archAll, alternatives, seed };
  const universe = assembleUniverse({ sources: overlay.sources, binaries, annotations }, options);
  problems.push(...universe.diagnostics);
  if (!universe.ok) return { ok: false, diagnostics: problems };
  return withTargets(universe.value, targets, archAll, problems);
}
