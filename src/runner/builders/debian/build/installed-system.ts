/**
 * A Debian system installed out of our own packages and the seed's, by mmdebstrap and without network, as an ext4 file
 * system; and the first program of its initramfs, compiled in the base of the builds.
 */

import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import type { SystemOrder } from '../../../builder.ts';
import { defaultLimits } from '../../../sandbox/sandbox.ts';
import { writeMixedArchive } from '../archive/flat-archive.ts';
import { type IndexStanza, stanzaOf } from '../archive/index-stanzas.ts';
import { longestMaking } from '../base/base-chroot.ts';
import { type ChrootRequest, runInChroot, workIn } from '../chroot/chroot.ts';
import { idRange } from '../chroot/id-range.ts';
import type { DebianWorkshop } from './debian-workshop.ts';

/** What a system is made of, before it is made. */
export interface SystemParts {
  /** Of the seed, closed under dependencies. */
  readonly seed: readonly IndexStanza[];
  /** Ours. */
  readonly own: readonly IndexStanza[];
}

const ownStanzas = (archive: string): readonly IndexStanza[] =>
  readFileSync(join(archive, 'Packages'), 'utf8')
    .split(/\n\n+/)
    .flatMap((text) => stanzaOf(text) ?? []);

/** Finds and fetches the seed's part: all that apt would install, but what our archive has. */
export async function systemParts(
  workshop: DebianWorkshop,
  names: readonly string[],
  archive: string,
): Promise<SystemParts> {
  const all = await workshop.systemOf(names);
  const own = ownStanzas(archive);
  const built = new Set(own.map(({ file }) => file.name));
  const seed = all.filter(({ file }) => !built.has(file.name));
  await workshop.fetchSeed(seed);
  const wanted = new Set(all.map(({ file }) => file.name));
  return { seed, own: own.filter(({ file }) => wanted.has(file.name)) };
}

const script = (at: string, names: readonly string[], mebibytes: number, uuid: string): string => `set -e
export TMPDIR=${at}/work HOME=${at}/work
mmdebstrap --mode=root --variant=essential --include=${names.join(',')} --format=directory --skip=output/dev \\
  --skip=check/qemu --dpkgopt=force-unsafe-io --setup-hook='sh ${at}/finish merge "$1"' \\
  seed ${at}/work/root 'deb [trusted=yes] copy:${at}/archive ./'
sh ${at}/finish finish ${at}/work/root
mke2fs -q -F -t ext4 -I 256 -m 0 -L root -U ${uuid} -d ${at}/work/root \\
  -E hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=0 ${at}/out/root.ext4 ${mebibytes}M`;

/**
 * What an installation leaves that is about the day it was made, and the files of the image. Of /etc/sasldb2, which
 * sasl2-bin makes empty and with another identifier each time, saslpasswd2 makes a new one when it has something to put
 * in.
 */
const finish = `set -e
cd "$2"
if [ "$1" = merge ]; then
  grep -q '^Package: usr-is-merged$' "\${0%/*}/archive/Packages" || exit 0
  for name in bin sbin lib lib64; do mkdir -p usr/$name; ln -s usr/$name $name; done
  exit
fi
rm -rf etc/sasldb2 var/log/apt var/log/*.log var/cache/ldconfig var/cache/apt var/cache/debconf/*-old var/lib/dpkg/*-old etc/*- tmp/*
: >etc/machine-id
cp -r "\${0%/*}/files/." .
`;

async function run(
  request: Omit<ChrootRequest, 'limits' | 'timeoutSeconds' | 'usageFile' | 'log'>,
  scratch: string,
  what: string,
) {
  const log = join(scratch, 'log');
  const fixed = { limits: defaultLimits, timeoutSeconds: longestMaking, usageFile: join(scratch, 'usage'), log };
  const ended = await runInChroot({ ...request, ...fixed });
  if (ended.exitCode === 0) return;
  const said = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-20).join('\n') : '';
  throw new EnvironmentError(
    `${what}:\n${said}`,
    exitCode.tryAgain,
    'is root-size too small? bootplan doctor shows what this machine lacks',
  );
}

/** A directory that root of the namespace can write to. */
function writable(directory: string): string {
  mkdirSync(directory, { recursive: true });
  if (process.getuid?.() === 0) chownSync(directory, idRange().users, idRange().groups);
  return directory;
}

/** Writes the file system to `to`. */
export async function makeSystem(
  workshop: DebianWorkshop,
  parts: SystemParts,
  request: SystemOrder,
  to: string,
): Promise<void> {
  const { scratch, files, names, mebibytes, uuid } = request;
  const places = { archive: join(scratch, 'archive'), files: join(scratch, 'files'), tool: join(scratch, 'finish') };
  writeMixedArchive(places.archive, parts.seed, parts.own);
  for (const [name, from] of files) {
    const path = join(places.files, name);
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(from, path);
    if ((statSync(from).mode & 0o111) !== 0) writeFileSync(path, readFileSync(from), { mode: 0o755 });
  }
  mkdirSync(places.files, { recursive: true });
  writeFileSync(places.tool, finish);
  const out = writable(join(scratch, 'out'));
  const at = dirname(workIn({ binds: [{ host: scratch, inside: '', writable: false }] }));
  const bind = (host: string, name: string, isWritable = false) => ({
    host,
    inside: `${at}/${name}`,
    writable: isWritable,
  });
  const binds = [
    bind(places.archive, 'archive'),
    bind(workshop.pool.directory, 'archive/pool'),
    bind(join(request.archive, 'pool'), 'archive/own'),
    bind(places.files, 'files'),
    bind(places.tool, 'finish'),
    bind(out, 'out', true),
  ];
  const environment = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    SOURCE_DATE_EPOCH: '1672531200',
    E2FSPROGS_FAKE_TIME: '1672531200',
  };
  const command = ['sh', '-c', script(at, names, mebibytes, uuid)];
  await run(
    { binds, command, environment, mayMount: true },
    scratch,
    'mmdebstrap cannot install the system of the image',
  );
  copyFileSync(join(out, 'root.ext4'), to);
}

/** Compiles the first program of an initramfs, statically, with the compiler of the base. */
export async function compileInit(workshop: DebianWorkshop, source: string, scratch: string): Promise<Buffer> {
  const out = writable(join(scratch, 'init-out'));
  const directory = join(scratch, 'init-source');
  mkdirSync(directory, { recursive: true });
  copyFileSync(source, join(directory, 'init.c'));
  const binds = [
    { host: directory, inside: '/source', writable: false },
    { host: out, inside: '/out', writable: true },
  ];
  const command = ['gcc', '-Os', '-static', '-s', '-o', '/out/init', '/source/init.c'];
  const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: '1672531200' };
  await run(
    { base: await workshop.baseDirectory(), binds, command, environment },
    scratch,
    'gcc cannot compile the program that mounts the root',
  );
  return readFileSync(join(out, 'init'));
}
