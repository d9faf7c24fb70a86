/** Where a run keeps its things: the one table of paths under the state directory. */

import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ArchitectureLabel } from '../../build-id.ts';
import { makeDirectories, startedIn } from '../../directories.ts';
import { isNative } from '../../metadata/relations/architecture.ts';
import { byteOrder } from '../../order.ts';
import { shellWord } from '../../text/shell-quote.ts';
import { requireOwnDirectory } from '../files/owned.ts';
import { flush } from '../files/publish.ts';
import { isOurs, sharedMemory } from '../files/scratch.ts';

/** Absolute paths, each named after what lies there. */
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

/** Scratch space is in memory when there are 2 GiB of it: a build is mostly small files, and none is kept. */
function workDirectory(root: string): string {
  const own = `bootplan-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  try {
    accessSync(sharedMemory, constants.W_OK);
    const { bavail, bsize } = statfsSync(sharedMemory);
    const path = join(sharedMemory, own);
    if (bavail * bsize >= roomForBuilds && isOurs(path)) return path;
  } catch {
    // No /dev/shm on this machine: the disk will do.
  }
  return join(root, 'work');
}

/**
 * How a command that is to be typed names this directory, with all its architectures: not at all when it is the usual
 * one.
 */
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

/** The state directory of one architecture among several; this machine's own may go by its name, too. */
export const directoryFor = (parent: StateDirectory, label: ArchitectureLabel): StateDirectory =>
  label === undefined || isNative(label) ? parent : crossedDirectory(parent, label);

/** The other architectures for which something was run here, byte order. */
export function crossedArchitectures(parent: StateDirectory): readonly string[] {
  const directory = join(parent.root, crossedPart);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => existsSync(crossedDirectory(parent, name).journal)).sort(byteOrder);
}

/** Scratch of one process beside that of builds, for what needs no lock. */
export const ownWork = (state: StateDirectory, purpose: string): string => `${state.work}-${purpose}-${process.pid}`;

/**
 * Creates what is not there yet, but for scratch.
 * @throws EnvironmentError (78) when one of its directories is a link: what is written there would land elsewhere
 */
export function createStateDirectory(state: StateDirectory): void {
  // Whatever the user's umask: a directory that others can write to is theirs as well.
  process.umask(process.umask() | 0o022);
  const { root, archives, logs, failures, provenance, cache, downloads, seed, image } = state;
  const parts = [join(cache, 'ac'), join(cache, 'cas')];
  const crossed = join(dirname(state.lock), crossedPart);
  for (const path of [crossed, archives, logs, failures, provenance, ...parts, downloads, seed, image])
    requireOwnDirectory(path);
  if (root !== dirname(state.lock)) requireOwnDirectory(root);
  for (const path of [root, archives, logs, failures, provenance, ...parts, downloads, seed, image])
    makeDirectories(path);
  // Or a power cut would take them, with all that is flushed to what is in them.
  for (const path of [cache, root]) flush(path);
}
