/**
 * Does everything that a run left behind still say the same? Archives, ledger, provenance and image are held against
 * the journal and against each other; every .deb and the image are hashed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { archiveNames } from '../../archives.ts';
import { type BuildId, buildFileName } from '../../build-id.ts';
import { EnvironmentError } from '../../errors.ts';
import { byteOrder } from '../../order.ts';
import type { RunState } from '../../run-state.ts';
import { wholeText } from '../../whole-file.ts';
import { type IndexedDeb, readArchive } from '../archive/archive-index.ts';
import { formatLedger, type LedgerEntry, ledgerOf, ledgerViolations } from '../archive/ledger.ts';
import type { Statement } from '../archive/provenance.ts';
import { filesOfArchive } from '../archive/publication.ts';
import { type Files, unlikePublished } from '../archive/published.ts';
import { signatureParts, signatureProblems } from '../archive/signature.ts';
import { differencesLeft } from '../build/unsettled-builds.ts';
import { sha256File } from '../files/digest.ts';
import type { StateDirectory } from '../journal/state-directory.ts';
import type { Standstill } from '../run/inspect-state.ts';
import { checkImages } from './image-verification.ts';

/** How much was looked at, and what is wrong with it. */
export interface Verification {
  /** What was looked at. */
  readonly checked: {
    readonly archives: number;
    readonly packages: number;
    readonly statements: number;
    readonly image: boolean;
    /** Whether the archives are signed; then each signature was checked. */
    readonly signatures: boolean;
  };
  /** What is wrong, in words; nothing when all is well. */
  readonly problems: readonly string[];
  /** Builds that ran without a sandbox. */
  readonly unsandboxed: readonly string[];
  /** Built elsewhere, and taken in. */
  readonly adopted: readonly string[];
  /** Comparison builds that are not bit-identical with the round before. */
  readonly differing: readonly string[];
  /**
   * Builds for another architecture, which are in the final archive although a compiler of the seed made them; each
   * with it.
   */
  readonly crossCompiled: readonly { readonly build: BuildId; readonly by: string }[];
}

/** Why what was found may be wrong: where all agrees, how the last run ended does not matter. */
function unfinished({ status }: RunState, found: readonly string[]): readonly string[] {
  const cut = status === 'running' || status === 'interrupted';
  return cut && found.length > 0 ? ['the last run did not come to its end: it goes on still, or was stopped'] : [];
}

const unknown = (published: Files): readonly string[] =>
  Object.keys(published).length === 0
    ? ['the journal does not say what was published: no run has come to its end here, or an older bootplan ran']
    : [];

/** The packages that an archive must have, no others, each with its content. */
async function checkPool(
  directory: string,
  name: string,
  expected: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const pool = join(directory, 'pool');
  const there = new Map(
    (existsSync(pool) ? readdirSync(pool, { withFileTypes: true }) : []).map((entry) => [entry.name, entry.isFile()]),
  );
  for (const file of there.keys())
    if (!expected.has(file)) problems.push(`${name}: ${file} is of no build in the ledger`);
  for (const [file, sha256] of expected) {
    const regular = there.get(file);
    if (regular === undefined) problems.push(`${name}: ${file} is missing`);
    else if (!regular) problems.push(`${name}: ${file} is not a regular file`);
    else if ((await sha256File(join(pool, file))) !== sha256)
      problems.push(`${name}: ${file} is not what its build yielded`);
  }
  return problems;
}

function indexIn(directory: string): readonly IndexedDeb[] | undefined {
  try {
    return readArchive(directory);
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

/** Its index says so. */
function checkIndex(directory: string, name: string, expected: ReadonlyMap<string, string>): readonly string[] {
  if (!existsSync(join(directory, 'Packages'))) return [`${name}: there is no index`];
  const line = ([file, sha256]: readonly [string, string]): string => `pool/${file} ${sha256}`;
  const fileOf = ({ path }: IndexedDeb): string => path.slice(path.lastIndexOf('/') + 1);
  const debs = indexIn(directory);
  if (debs === undefined) return [`${name}: its index is damaged`];
  const index = debs.map((deb) => line([fileOf(deb), deb.sha256]));
  const same = index.sort(byteOrder).join() === [...expected].map(line).sort(byteOrder).join();
  return same ? [] : [`${name}: its index does not list what its builds yielded`];
}

/** What lies among the archives and is none of the plan's; the two generations of each are. */
function strayArchives(archives: string, names: readonly string[]): readonly string[] {
  const known = new Set(names.flatMap((name) => [name, `.${name}-a`, `.${name}-b`]));
  const stray = (existsSync(archives) ? readdirSync(archives) : []).filter((entry) => !known.has(entry));
  return stray.sort(byteOrder).map((entry) => `archives/${entry} is no archive of the plan`);
}

/** A statement must name what the ledger says was yielded and installed. */
function checkStatement(path: string, entry: LedgerEntry): readonly string[] {
  if (!existsSync(path)) return [`there is no provenance of ${entry.build}`];
  try {
    return disagreements(JSON.parse(wholeText(path)) as Statement, entry);
  } catch (error) {
    // Not JSON, or JSON of another shape: what was written here would be neither.
    if (error instanceof SyntaxError || error instanceof TypeError) return [`${path} is damaged`];
    throw error;
  }
}

function disagreements({ subject, predicate }: Statement, entry: LedgerEntry): readonly string[] {
  const yielded = Object.fromEntries(subject.map(({ name, digest }) => [name, digest.sha256]));
  const { internalParameters, resolvedDependencies } = predicate.buildDefinition;
  const named = new Set(resolvedDependencies.map(({ name, digest }) => `${name} ${digest.sha256}`));
  const missing = entry.installed.filter((b) => b.build !== 'seed' && !named.has(`${b.name} ${b.sha256}`));
  const agrees =
    JSON.stringify(yielded) === JSON.stringify(entry.outputs) &&
    internalParameters.tainted === entry.tainted &&
    internalParameters.action === entry.action &&
    missing.length === 0;
  return agrees ? [] : [`the provenance of ${entry.build} is not what the ledger says`];
}

/** Archives, ledger and provenance: what the journal says was published, and each against what it was made of. */
async function checkPublished(directory: StateDirectory, { plan, state }: Standstill): Promise<readonly string[]> {
  const names = archiveNames(plan);
  const ledger = ledgerOf(plan, state);
  const told = Object.keys(state.published).length > 0;
  const unlike = told ? await unlikePublished(directory, names, state.published) : new Map<string, string>();
  const untouched = (path: string): boolean => !unlike.has(relative(directory.root, path));
  const problems = [...unlike.values(), ...strayArchives(directory.archives, names)];
  const written = existsSync(directory.ledger) ? wholeText(directory.ledger) : '';
  if (untouched(directory.ledger) && written !== formatLedger(ledger))
    problems.push('ledger.ndjson is not what the journal says');
  for (const name of names) {
    const archive = join(directory.archives, name);
    const expected = filesOfArchive(plan, state, name);
    problems.push(...(await checkPool(archive, name, expected)));
    if (untouched(join(archive, 'Packages'))) problems.push(...checkIndex(archive, name, expected));
    const signed = signatureParts.map((file) => join(archive, file));
    if (existsSync(directory.archiveKey) && [...signed, directory.archiveKey].every(untouched))
      problems.push(...(await signatureProblems(archive, directory.archiveKey)).map((said) => `${name}: ${said}`));
  }
  for (const entry of ledger) {
    const statement = join(directory.provenance, `${buildFileName(entry.build)}.json`);
    if (untouched(statement)) problems.push(...checkStatement(statement, entry));
  }
  return problems;
}

/**
 * Looks only; takes no lock. O(bytes of archives and image).
 *
 * @param native for a directory of cross builds: the ledger of what they installed for the machine that builds
 */
export async function verifyRun(
  directory: StateDirectory,
  standstill: Standstill,
  native: readonly LedgerEntry[] = [],
): Promise<Verification> {
  const { plan, state } = standstill;
  const ledger = ledgerOf(plan, state);
  const names = archiveNames(plan);
  const found = [
    ...unknown(state.published),
    ...ledgerViolations(plan, ledger, native),
    ...(await checkPublished(directory, standstill)),
    ...(await checkImages(directory, state, new Set(filesOfArchive(plan, state, 'final').values()))),
  ];
  const packages = names.reduce((sum, name) => sum + filesOfArchive(plan, state, name).size, 0);
  return {
    checked: {
      archives: names.length,
      packages,
      statements: ledger.length,
      image: state.image !== undefined,
      signatures: existsSync(directory.archiveKey),
    },
    problems: [...unfinished(state, found), ...found],
    unsandboxed: ledger.filter((entry) => !entry.sandboxed && !entry.adopted).map((entry) => entry.build),
    adopted: ledger.filter((entry) => entry.adopted).map((entry) => entry.build),
    differing: differencesLeft(plan, state).map(({ build }) => build),
    crossCompiled: ledger.flatMap(({ build, crossCompiledBy: by }) => (by === undefined ? [] : [{ build, by }])),
  };
}
