/** From a request, as the command line states it, to a Universe: the one way in for every command. */
import { hasErrors } from '../../diagnostics.ts';
import { exitCode, InputError } from '../../errors.ts';
import type { Diagnostic, Result, Universe } from '../../model.ts';
import { nearest } from '../../text/nearest-names.ts';
import type { Annotations } from '../annotations/annotations.ts';
import { openText, readText } from '../control/compressed.ts';
import { readControl } from '../control/control.ts';
import { aptLists } from '../control/from-apt.ts';
import type { LongText } from '../control/long-text.ts';
import { type BinaryRecord, readPackages } from '../control/packages.ts';
import { checkReadable } from '../control/readable.ts';
import { readSources, type SourceRecord } from '../control/sources.ts';
import type { Beside, Here } from '../project/recipes-beside.ts';
import { isKnownArchitecture, knownArchitectures, nativeArchitecture } from '../relations/architecture.ts';
import { crossProfile } from '../relations/cross.ts';
import { crossedUniverse } from './crossed.ts';
import { overlaid, unusedAnnotations } from './overlay.ts';
import { readSeed, type Seed } from './seed.ts';
import { othersGiven, withGiven, withTargets } from './targets.ts';
import { assembleUniverse, newestSources } from './universe.ts';

/** What to read and how to take it; `docs/inputs.md` explains each part. */
export interface InputRequest {
  /** A directory of YAML files; then no index is read. */
  readonly metadata?: string | undefined;
  /** A directory of YAML files whose sources are built beside those of the indices. */
  readonly recipes?: string | undefined;
  readonly packages: readonly string[];
  readonly sources: readonly string[];
  readonly fromApt: boolean;
  readonly controls: readonly string[];
  readonly annotations: readonly string[];
  /** Undefined: the one that the Packages files speak of; of YAML metadata and apt's lists, this machine's own. */
  readonly architecture: string | undefined;
  /** The architecture that builds; the same when not given. Of indices, all of its binaries are there. */
  readonly buildArchitecture?: string;
  readonly profiles: readonly string[];
  readonly targets: readonly string[] | 'essential' | 'all';
  /** A file of names, `build-essential` or `none`; undefined means `build-essential`. */
  readonly seed?: string | undefined;
  readonly archAll: 'available' | 'build';
  /**
   * `available`: the binaries of sources that are no targets are taken as given, without what they need at run time.
   */
  readonly others?: 'available' | 'build';
  readonly noIndep: boolean;
  /** Ask for Build-Depends-Indep although `Architecture: all` is given, and build whole sources. */
  readonly indep?: boolean;
  /** `archive`: what the indices hold today, and nothing that the sources will build. */
  readonly world?: 'archive' | 'sources';
  readonly alternatives: 'first' | 'any';
  /** Also the stages that build profiles of other names declare. */
  readonly declaredProfiles?: boolean;
}

/** The architecture of a request that names none: the only one its binaries have. */
function architectureOf(asked: string | undefined, binaries: readonly BinaryRecord[], problems: Diagnostic[]): string {
  const present = [...new Set(binaries.map((b) => b.binary.architecture))].filter((a) => a !== 'all').sort();
  const complain = (message: string, help: string) =>
    problems.push({ code: 'BP156', severity: 'error', message, help });
  if (asked === undefined) {
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
  return asked ?? ''; // Nothing is for it, so what is told besides is told of no other.
}

/** The building machine's own binaries have to be there. */
function nativeIn(architecture: string, binaries: readonly BinaryRecord[], problems: Diagnostic[]): void {
  if (binaries.some((b) => b.binary.architecture === architecture)) return;
  const [message, help] = isKnownArchitecture(architecture)
    ? [`no binary is for ${architecture}, which builds`, 'give the Packages files of both architectures']
    : [`${architecture} is not an architecture`, 'dpkg-architecture -L lists the architectures there are'];
  problems.push({ code: 'BP156', severity: 'error', message, help });
}

const seedWords: ReadonlySet<string> = new Set(['build-essential', 'none']);

const someArchitecture = (binaries: readonly BinaryRecord[]): string =>
  binaries.find((b) => b.binary.architecture !== 'all')?.binary.architecture ?? 'all';

/** A file without a name in it is a seed too: an empty one. */
async function seedOf(seed: string | undefined, problems: Diagnostic[]): Promise<Seed> {
  if (seed === undefined || seed === 'build-essential') return 'build-essential';
  if (seed === 'none') return 'none';
  const text = await readText(seed, true);
  problems.push(...text.diagnostics);
  return text.ok ? readSeed(seed, text.value.bytes.toString('utf8')) : 'none';
}

/**
 * Texts in the order of the files, however fast they are asked for: the next one is unpacked beside the one that is
 * waited for, so two processors unpack two indices in the time of one, and no third is there.
 */
function openAhead(files: readonly string[]): () => ReturnType<typeof openText> {
  const begin = (at: number) => {
    const text = at < files.length ? openText(files[at]!) : undefined;
    text?.catch(() => {}); // told when its turn comes, if it comes
    return text;
  };
  let next = begin(0);
  let at = 0;
  return () => {
    const text = next!;
    at += 1;
    next = begin(at);
    return text;
  };
}

/** Every file of one kind through one reader: values, and problems added to the list. */
async function each<X, T extends { readonly problems: readonly Diagnostic[] }>(
  files: readonly string[],
  problems: Diagnostic[],
  read: (text: X) => T,
  next: (file: string) => Promise<Result<X>>,
): Promise<T[]> {
  const results: T[] = [];
  for (const file of files) {
    const text = await next(file);
    for (const p of text.diagnostics) problems.push(p);
    if (!text.ok) continue;
    const result = read(text.value);
    for (const p of result.problems) problems.push(p);
    results.push(result);
  }
  return results;
}

/** What reads YAML is loaded where there is some: it is as much to load as all the rest. */
async function annotationsOf(files: readonly string[], problems: Diagnostic[]): Promise<Annotations> {
  if (files.length === 0) return new Map();
  const { mergedAnnotations, readAnnotations } = await import('../annotations/annotations.ts');
  return mergedAnnotations((await each(files, problems, readAnnotations, readText)).map((a) => a.annotations));
}

/** The recipes of a directory as records of sources, by name; none when there is no directory. */
async function besideOf(directory: string | undefined, here: Here, problems: Diagnostic[]) {
  if (directory === undefined) return { records: new Map<string, SourceRecord>(), needs: new Map() };
  const { recipesBeside } = await import('../project/recipes-beside.ts');
  const { records, needs, problems: found } = recipesBeside(directory, here);
  problems.push(...found);
  return { records: new Map(records.map((record) => [record.name, record])), needs };
}

async function withNeeds(given: Annotations, needs: Beside['needs']): Promise<Annotations> {
  const { mergedAnnotations, needsAsAnnotations } = await import('../annotations/annotations.ts');
  return mergedAnnotations([given, needsAsAnnotations(needs)]);
}

/** The universe that a request describes. Throws InputError for files that are not there. */
export async function readUniverse(request: InputRequest): Promise<Result<Universe>> {
  const opened: LongText[] = [];
  try {
    return await readWith(request, opened);
  } finally {
    for (const text of opened) text.close();
  }
}

/** @param opened gets the texts that records may still be asked about */
async function readWith(request: InputRequest, opened: LongText[]): Promise<Result<Universe>> {
  const { profiles, noIndep, archAll, alternatives, targets } = request;
  if (request.metadata !== undefined) {
    const wrong: Diagnostic[] = [];
    const { architecture = nativeArchitecture } = request;
    architectureOf(architecture, [], wrong);
    if (wrong.length > 0) return { ok: false, diagnostics: wrong };
    const { readProject } = await import('../project/project.ts');
    const project = await readProject(request.metadata, {
      architecture,
      buildArchitecture: request.buildArchitecture ?? architecture,
      profiles,
      noIndep,
      alternatives,
      targets: targets === 'essential' ? 'image' : targets,
    });
    return project.ok ? { ...project, value: project.value.universe } : project;
  }

  const problems: Diagnostic[] = [];
  const architecture = request.fromApt ? (request.architecture ?? nativeArchitecture) : request.architecture;
  const lists = request.fromApt ? await aptLists(architecture) : { lists: { packages: [], sources: [] }, problems: [] };
  if (lists.problems.length > 0) throw new InputError(lists.problems, exitCode.missingInput);
  const packageFiles = [...request.packages, ...lists.lists.packages];
  const sourceFiles = [...request.sources, ...lists.lists.sources];
  const seedFile = request.seed === undefined || seedWords.has(request.seed) ? [] : [request.seed];
  await checkReadable([...packageFiles, ...sourceFiles, ...request.controls, ...request.annotations, ...seedFile]);
  const ahead = openAhead([...packageFiles, ...sourceFiles]);
  const next = async () => {
    const text = await ahead();
    if (text.ok) opened.push(text.value);
    return text;
  };
  const binaries = (await each(packageFiles, problems, readPackages, next)).flatMap((p) => p.records);
  const sources = (await each(sourceFiles, problems, readSources, next)).flatMap((s) => s.records);
  const controls = (await each(request.controls, problems, readControl, readText)).flatMap((c) => c.overlay ?? []);
  const given = await annotationsOf(request.annotations, problems);
  const isSeedless = request.seed === undefined && (request.buildArchitecture ?? '') !== '';
  const seed = isSeedless ? 'none' : await seedOf(request.seed, problems);
  const unread = hasErrors(problems);
  const host =
    unread && architecture === undefined
      ? someArchitecture(binaries)
      : architectureOf(architecture, binaries, problems);
  // Of another architecture nothing is there, a seed least of all: one problem is not told as two.
  const seedless = hasErrors(problems);
  const beside = await besideOf(request.recipes, { architecture: host, profiles }, problems);
  const overlay = overlaid(new Map([...newestSources(sources), ...beside.records]), controls);
  for (const problem of overlay.problems) problems.push(problem);
  for (const problem of unusedAnnotations(overlay.sources, given)) problems.push(problem);
  const annotations = beside.records.size === 0 ? given : await withNeeds(given, beside.needs);

  // Even when something could not be read, the rest is put together, for the problems that only then show.
  const build = request.buildArchitecture ?? '';
  const isCrossed = build !== '' && build !== host;
  if (isCrossed) nativeIn(build, binaries, problems);
  const options = {
    architecture: host,
    profiles: isCrossed ? [...profiles, crossProfile] : profiles,
    crossed: isCrossed,
    noIndep,
    archAll,
    alternatives,
    seed: seedless ? 'none' : seed,
    ...(request.indep !== undefined && { indep: request.indep }),
    ...(request.world !== undefined && { world: request.world }),
    ...(request.declaredProfiles === true && { declaredProfiles: true }),
  } as const;
  const universe = assembleUniverse({ sources: overlay.sources, binaries, annotations }, options);
  for (const problem of universe.diagnostics) problems.push(problem);
  if (!universe.ok || hasErrors(problems)) return { ok: false, diagnostics: problems };
  const wanted = withTargets(universe.value, targets, archAll, problems);
  const targeted =
    isCrossed && wanted.ok ? { ...wanted, value: crossedUniverse(wanted.value, binaries, build) } : wanted;
  if (!targeted.ok) return targeted;
  const whole = withGiven(targeted.value);
  return { ...targeted, value: request.others === 'available' ? othersGiven(whole) : whole };
}
