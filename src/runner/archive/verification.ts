/**
 * Does everything that a run left behind still say the same? Archives, ledger, provenance and image are held against
 * the journal and against each other; every .deb and the image are hashed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteOrder } from '../../order.ts';
import { sha256File } from '../digest.ts';
import { differencesLeft } from '../run/settled.ts';
import type { Standstill } from '../run/standstill.ts';
import { buildFileName, type StateDirectory } from '../state-directory.ts';
import { type IndexedDeb, readArchive } from './archive-index.ts';
import { formatLedger, type LedgerEntry, ledgerOf, ledgerViolations } from './ledger.ts';
import type { Statement } from './provenance.ts';
import { archiveNames, filesOfArchive } from './publication.ts';
import { signatureProblems } from './signature.ts';

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
  /** Comparison builds that are not bit-identical with the round before. */
  readonly differing: readonly string[];
  /** In the final archive all the same: builds for another architecture, each with the compiler of the seed that made it. */
  readonly crossCompiled: readonly { readonly build: string; readonly by: string }[];
}

/** The part of an SPDX document that is looked at. */
interface Bill {
  readonly packages: readonly {
    readonly name: string;
    readonly checksums: readonly { readonly checksumValue: string }[];
    /** Said of what came from the seed as it was. */
    readonly supplier?: string;
  }[];
}

/** One archive: the files that it must have, no others, each with its content, and an index that says so. */
async function checkArchive(
  directory: string,
  name: string,
  expected: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (!existsSync(join(directory, 'Packages'))) return [`there is no archive ${name}`];
  const problems: string[] = [];
  const pool = join(directory, 'pool');
  const there = existsSync(pool) ? readdirSync(pool) : [];
  for (const file of there) if (!expected.has(file)) problems.push(`${name}: ${file} is of no build in the ledger`);
  for (const [file, sha256] of expected) {
    if (!there.includes(file)) problems.push(`${name}: ${file} is missing`);
    else if ((await sha256File(join(pool, file))) !== sha256)
      problems.push(`${name}: ${file} is not what its build yielded`);
  }
  const line = ([file, sha256]: readonly [string, string]): string => `pool/${file} ${sha256}`;
  const fileOf = ({ path }: IndexedDeb): string => path.slice(path.lastIndexOf('/') + 1);
  const index = readArchive(directory).map((deb) => line([fileOf(deb), deb.sha256]));
  if (index.sort(byteOrder).join() !== [...expected].map(line).sort(byteOrder).join())
    problems.push(`${name}: its index does not list what its builds yielded`);
  return problems;
}

/** A statement must name what the ledger says was yielded and installed. */
function checkStatement(path: string, entry: LedgerEntry): readonly string[] {
  if (!existsSync(path)) return [`there is no provenance of ${entry.build}`];
  try {
    return disagreements(JSON.parse(readFileSync(path, 'utf8')) as Statement, entry);
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

async function checkImage(directory: StateDirectory, { state }: Standstill): Promise<readonly string[]> {
  const { image } = state;
  if (image === undefined) return [];
  if (!existsSync(image.path)) return [`there is no image at ${image.path}`];
  const problems: string[] = [];
  if ((await sha256File(image.path)) !== image.sha256) problems.push(`${image.path} is not the image that was made`);
  const bill = `${image.path}.spdx.json`;
  if (!existsSync(bill)) return [...problems, `there is no bill of materials at ${bill}`];
  try {
    const described = JSON.parse(readFileSync(bill, 'utf8')) as Bill;
    return [...problems, ...checkBill(bill, described, image.sha256, join(directory.archives, 'final'))];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [...problems, `${bill} is damaged`];
    throw error;
  }
}

/** A bill of materials is about its image, and names nothing of ours that the final archive has not. */
function checkBill(bill: string, { packages }: Bill, image: string, finalArchive: string): readonly string[] {
  const problems: string[] = [];
  const [whole, ...parts] = packages;
  if (whole?.checksums[0]?.checksumValue !== image) problems.push(`${bill} is about another image`);
  const clean = new Set(readArchive(finalArchive).map((deb) => deb.sha256));
  for (const { name, checksums, supplier } of parts)
    if (supplier === undefined && !clean.has(checksums[0]?.checksumValue ?? ''))
      problems.push(`${name} is in the image, and not in the final archive`);
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
  const problems = [...ledgerViolations(plan, ledger, native)];
  const written = existsSync(directory.ledger) ? readFileSync(directory.ledger, 'utf8') : '';
  if (written !== formatLedger(ledger)) problems.push('ledger.ndjson is not what the journal says');
  let packages = 0;
  const signed = existsSync(directory.archiveKey);
  const names = archiveNames(plan);
  for (const name of names) {
    const expected = filesOfArchive(plan, state, name);
    packages += expected.size;
    problems.push(...(await checkArchive(join(directory.archives, name), name, expected)));
    if (!signed) continue;
    const against = await signatureProblems(join(directory.archives, name), directory.archiveKey);
    problems.push(...against.map((problem) => `${name}: ${problem}`));
  }
  for (const entry of ledger)
    problems.push(...checkStatement(join(directory.provenance, `${buildFileName(entry.build)}.json`), entry));
  problems.push(...(await checkImage(directory, standstill)));
  return {
    checked: {
      archives: names.length,
      packages,
      statements: ledger.length,
      image: state.image !== undefined,
      signatures: signed,
    },
    problems,
    unsandboxed: ledger.filter((entry) => !entry.sandboxed).map((entry) => entry.build),
    differing: differencesLeft(plan, state).map(({ build }) => build),
    crossCompiled: ledger.flatMap(({ build, crossCompiledBy: by }) => (by === undefined ? [] : [{ build, by }])),
  };
}
