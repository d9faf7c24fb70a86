/**
 * The base of all builds: a minimal Debian with build-essential, made by mmdebstrap out of packages that are there
 * already, without network, and kept by content for all runs of this user.
 */
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../../../directories.ts';
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import { sha256 } from '../../../files/digest.ts';
import { hold } from '../../../files/file-lock.ts';
import { hasSeal } from '../../../files/seal-file.ts';
import { defaultLimits } from '../../../sandbox/sandbox.ts';
import type { DebPool } from '../archive/deb-pool.ts';
import { writeSeedArchive } from '../archive/flat-archive.ts';
import type { IndexStanza } from '../archive/index-stanzas.ts';
import { runInChroot, workIn } from '../chroot/chroot.ts';
import { idRange } from '../chroot/id-range.ts';
import { isAsSealed, sealBase } from './base-seal.ts';

/** What a base holds, as apt is asked for it, besides all that is Essential. */
export const basePackages = ['?essential', 'apt', 'build-essential', 'fakeroot'];

/** Raised when the same packages shall make another base. */
const layout = 2;

/** The digest of a base, from the digests of its packages. */
export const baseDigest = (debs: readonly { readonly sha256: string }[]): string =>
  sha256(
    `${layout}\n${debs
      .map((deb) => `${deb.sha256}\n`)
      .sort()
      .join('')}`,
  );

/**
 * The user who builds, names for this machine, and no service that starts when it is installed. Nobody looks for manual
 * pages by their subject in a build, so no index of them is made; and no package is asked for its questions before it
 * is installed, for nobody answers.
 */
const finish = `set -e
cd "$2"
if [ "$1" = merge ]; then
  # The package only checks it; who makes the root has to see to it.
  grep -q '^Package: usr-is-merged$' "\${0%/*}/archive/Packages" || exit 0
  for name in bin sbin lib lib64; do mkdir -p usr/$name; ln -s usr/$name $name; done
  exit
fi
echo 'builder:x:1000:1000::/nonexistent:/bin/sh' >>etc/passwd
echo 'builder:x:1000:' >>etc/group
printf '127.0.0.1 localhost bootplan\\n::1 localhost\\n' >etc/hosts
echo bootplan >etc/hostname
: >etc/resolv.conf
printf '#!/bin/sh\\nexit 101\\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
mkdir -p archives source steps record out build/reproducible-path
printf 'force-unsafe-io\\n' >etc/dpkg/dpkg.cfg.d/bootplan
if [ -x usr/bin/debconf-set-selections ]; then
  echo 'man-db man-db/auto-update boolean false' | chroot . debconf-set-selections
fi
rm -rf etc/apt/apt.conf.d/70debconf etc/apt/sources.list.d var/cache/apt/*.bin
mkdir -p etc/apt/sources.list.d
`;

const script = (work: string): string => `set -e
export TMPDIR=${work} HOME=${work}
mmdebstrap --mode=root --variant=buildd --include=fakeroot --format=directory --skip=output/dev --skip=check/qemu \\
  --dpkgopt=force-unsafe-io --setup-hook='sh ${work}/../finish merge "$1"' --customize-hook='sh ${work}/../finish finish "$1"' \\
  seed ${work}/base 'deb [trusted=yes] copy:${work}/../archive ./'
cp -a ${work}/base/. ${work}/../base`;

/** What a base is made from, and where. */
export interface BaseRequest {
  readonly cache: string;
  readonly pool: DebPool;
  readonly stanzas: readonly IndexStanza[];
  /** An empty directory. */
  readonly scratch: string;
  /** Told before one is made; `changed` when one was there and is not what was made. */
  readonly making?: (changed: boolean) => void;
  readonly signal?: AbortSignal;
}

/**
 * Seconds by the clock that making a base or a system of an image may take: as many as a build, for machines differ.
 */
export const longestMaking = 7200;

/**
 * Makes the base when it is not there. Its packages are in the pool.
 * @returns the host directory of its root
 * @throws EnvironmentError when mmdebstrap fails, with its words
 */
export async function baseChroot(request: BaseRequest): Promise<string> {
  const { cache, stanzas } = request;
  // What root made belongs to ids that an ordinary user does not have, and the other way round.
  const directory = join(
    cache,
    'base',
    `${baseDigest(stanzas.map(({ file }) => file)).slice(0, 32)}-${idRange().users}`,
  );
  const { scratch, signal } = request;
  if (existsSync(directory) && (await isAsSealed(directory, scratch, signal))) return directory;
  makeDirectories(join(cache, 'base'));
  const held = await hold(`${directory}.lock`, longestMaking);
  if (held === undefined)
    throw new EnvironmentError(
      `${directory}.lock is in use`,
      exitCode.tryAgain,
      'another bootplan makes this base: try again when it has ended',
    );
  try {
    // Somebody else may have made it meanwhile.
    const there = existsSync(directory);
    if (there && (await isAsSealed(directory, scratch, signal))) return directory;
    // One without a seal was not made to its end, or by an earlier bootplan.
    request.making?.(there && hasSeal(directory));
    if (there) renameSync(directory, `${directory}.changed-${process.pid}`);
    await sweepChanged(request);
    await make(request, directory);
    await sealBase(directory, scratch, signal);
    return directory;
  } finally {
    held.release();
  }
}

/** Longer than any build works on it. */
const dayInMilliseconds = 86_400_000;

/** Builds of others may still be at work on a base that was put aside: it goes when none can be any more. */
async function sweepChanged(request: BaseRequest): Promise<void> {
  const parent = join(request.cache, 'base');
  for (const name of readdirSync(parent).filter((entry) => /\.changed-\d+$/.test(entry))) {
    const path = join(parent, name);
    if (Date.now() - lstatSync(path).ctimeMs > dayInMilliseconds) await removeTreeOfOthers(path, request);
  }
}

/** An ordinary user cannot remove what belongs to the other ids of a chroot: the root of those can. */
async function removeTreeOfOthers(
  directory: string,
  { scratch, signal }: Pick<BaseRequest, 'scratch' | 'signal'>,
): Promise<void> {
  if (!existsSync(directory)) return;
  const inside = join(workIn({ binds: [{ host: directory, inside: '', writable: false }] }), '../base');
  await runInChroot({
    binds: [{ host: directory, inside, writable: true }],
    command: ['find', inside, '-mindepth', '1', '-delete'],
    environment: { PATH: '/usr/bin:/bin' },
    limits: defaultLimits,
    usageFile: join(scratch, 'removal-usage'),
    log: join(scratch, 'removal'),
    timeoutSeconds: longestMaking,
    ...(signal !== undefined && { signal }),
  });
  rmSync(directory, { recursive: true, force: true });
}

async function make({ pool, stanzas, scratch, signal }: BaseRequest, directory: string): Promise<void> {
  const partial = `${directory}.partial`;
  await removeTreeOfOthers(partial, { scratch, ...(signal !== undefined && { signal }) });
  mkdirSync(partial);
  if (process.getuid?.() === 0) chownSync(partial, idRange().users, idRange().groups);
  const archive = join(scratch, 'archive');
  writeSeedArchive(archive, stanzas);
  const tool = join(scratch, 'finish');
  writeFileSync(tool, finish);
  const log = join(scratch, 'log');
  const at = workIn({ binds: [{ host: scratch, inside: '', writable: false }] });
  const beside = (name: string): string => join(at, '..', name);
  const ended = await runInChroot({
    binds: [
      { host: archive, inside: beside('archive'), writable: false },
      { host: pool.directory, inside: beside('archive/pool'), writable: false },
      { host: tool, inside: beside('finish'), writable: false },
      { host: partial, inside: beside('base'), writable: true },
    ],
    command: ['sh', '-c', script(at)],
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    limits: defaultLimits,
    mayMount: true,
    usageFile: join(scratch, 'usage'),
    log,
    timeoutSeconds: longestMaking,
    ...(signal !== undefined && { signal }),
  });
  if (ended.exitCode !== 0) {
    const said = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-20).join('\n') : '';
    const [why, help] = ended.timedOut
      ? [`did not end in ${longestMaking / 60} minutes making`, 'start again when this machine has less to do']
      : ['cannot make', 'bootplan doctor shows what this machine lacks'];
    throw new EnvironmentError(`mmdebstrap ${why} the base of the builds:\n${said}`, exitCode.tryAgain, help);
  }
  renameSync(partial, directory);
}
