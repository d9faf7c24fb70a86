/** Where a run keeps its things: the one table of paths under the state directory. */

import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeDirectories, startedIn } from '../directories.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import { nativeArchitecture } from '../metadata/architecture.ts';
import { byteOrder } from '../order.ts';
import { shellWord } from '../stages/export.ts';

export interface StateDirectory {
  readonly root: string;
  /** The plan that runs here. */
  readonly plan: string;
  readonly journal: string;
  readonly lock: string;
  /** What was installed when each build ran: a fold of the journal, for other tools. */
  readonly ledger: string;
  /** One apt repository each: stage1, ..., interim, final. */
  readonly archives: string;
  /** The public key of the archives, when they are signed. */
  readonly archiveKey: string;
  readonly logs: string;
  readonly failures: string;
  readonly provenance: string;
  /** Action results and contents, see cache.ts. */
  readonly cache: string;
  readonly downloads: string;
  readonly seed: string;
  readonly image: string;
  /** Scratch of running builds, on /dev/shm when it has room; nothing in it outlives a run. */
  readonly work: string;
}

const roomForBuilds = 2 ** 31;

const ourselves = process.getuid?.() ?? 0;

/** Not there, or a directory of this user that nobody else can write to: /dev/shm is everybody's. */
export function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || (found.isDirectory() && found.uid === ourselves && (found.mode & 0o022) === 0);
}

/**
 * From here on what is made is what everybody can read, whatever the user's umask: the user of the sandbox has to, and
 * modes in an image must not depend on who made it. A state directory that was made before keeps others out as a whole.
 */
const usualUmask = 0o022;

/**
 * Makes a directory for scratch, which nobody else can list or write to. (Root's can be passed through: what is built
 * without a sandbox is built by an ordinary user.)
 *
 * @throws EnvironmentError (78) when what is there is not ours
 */
export function makeScratch(path: string): void {
  process.umask(usualUmask);
  const mode = ourselves === 0 ? 0o711 : 0o700;
  if (isOurs(path)) {
    makeDirectories(dirname(path));
    if (!existsSync(path)) mkdirSync(path, { mode });
    return;
  }
  const help = 'remove it, or choose another state directory: --state DIR';
  throw new EnvironmentError(
    `${path} belongs to somebody else, or others can write to it`,
    exitCode.configuration,
    help,
  );
}

/** Scratch space is in memory when there are 2 GiB of it: a build is mostly small files, and none is kept. */
function workDirectory(root: string): string {
  const own = `bootplan-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  try {
    accessSync('/dev/shm', constants.W_OK);
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize >= roomForBuilds && isOurs(`/dev/shm/${own}`)) return `/dev/shm/${own}`;
  } catch {
    // No /dev/shm on this machine: the disk will do.
  }
  return join(root, 'work');
}

/** How a command that is to be typed names this directory, with all its architectures: not at all when it is the usual one. */
export function stateWords(state: StateDirectory): string {
  const root = dirname(state.lock);
  return root === join(startedIn, '.bootplan') ? '' : ` --state ${shellWord(root)}`;
}

/** The paths; nothing is created. */
export function stateDirectory(directory: string): StateDirectory {
  const root = resolve(directory);
  const at = (name: string): string => join(root, name);
  return {
    root,
    plan: at('plan.json'),
    journal: at('journal.ndjson'),
    lock: at('lock'),
    ledger: at('ledger.ndjson'),
    archives: at('archives'),
    archiveKey: at('archive-key.gpg'),
    logs: at('logs'),
    failures: at('failures'),
    provenance: at('provenance'),
    cache: at('cache'),
    downloads: at('downloads'),
    seed: at('seed'),
    image: at('image'),
    work: workDirectory(root),
  };
}

/**
 * Where what is for another architecture than this machine's is kept: a whole state directory of its own, below the one
 * whose lock, cache and downloads it shares.
 */
export function crossedDirectory(parent: StateDirectory, architecture: string): StateDirectory {
  const { cache, downloads, lock } = parent;
  return { ...stateDirectory(join(parent.root, crossedPart, architecture)), cache, downloads, lock };
}

const crossedPart = 'arch';

/** Of one of several architectures, by its name; '' is this machine's own. */
export const directoryFor = (parent: StateDirectory, architecture: string): StateDirectory =>
  architecture === '' || architecture === nativeArchitecture ? parent : crossedDirectory(parent, architecture);

/** The other architectures for which something was run here, byte order. */
export function crossedArchitectures(parent: StateDirectory): readonly string[] {
  const directory = join(parent.root, crossedPart);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => existsSync(crossedDirectory(parent, name).journal)).sort(byteOrder);
}

/** Scratch of one process beside that of builds, for what needs no lock; `Session` sweeps it when the process is dead. */
export const ownWork = (state: StateDirectory, purpose: string): string => `${state.work}-${purpose}-${process.pid}`;

/** Creates what is not there yet. */
export function createStateDirectory(state: StateDirectory): void {
  const { root, archives, logs, failures, provenance, cache, downloads, seed, image, work } = state;
  const parts = [join(cache, 'ac'), join(cache, 'cas')];
  for (const path of [root, archives, logs, failures, provenance, ...parts, downloads, seed, image])
    makeDirectories(path);
  makeScratch(work);
}

/** File name of a build: `tcc<stage1>` is `tcc@stage1`, `tcc#2` is `tcc@2`. No source has an @ in its name. */
export const buildFileName = (build: string): string => build.replace(/<(stage\d+)>/, '@$1').replace('#', '@');
