/**
 * The same builds done by sbuild, in its unshare mode: same base, same archives, same checks of what was installed. It
 * runs within our own namespaces, so that nothing is left of it however it ends, and so that it needs no rights of its
 * own: the ids of its chroot are those that are in there.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatGroups } from '../../../../metadata/relations/relation.ts';
import { shellQuoted } from '../../../../text/shell-quote.ts';
import type { BuildOutcome, BuildRequest } from '../../../builder.ts';
import { linkOrCopy } from '../../../files/publish.ts';
import { tailOf } from '../../../sandbox/log-follower.ts';
import { thisMachine } from '../../../sandbox/this-machine.ts';
import { followedBuild } from '../../followed-build.ts';
import { stepFailure } from '../../step-failure.ts';
import { buildPath, runInChroot, workIn } from '../chroot/chroot.ts';
import { type BuildKind, kindIn, rootStep } from '../recipe/recipe.ts';
import { sbuildProgram } from '../recipe/sbuild-limits.ts';
import { asBuilder } from '../recipe/steps-program.ts';
import { type BuildSite, surround, takeIn, whatWasThere } from './build.ts';
import { installedByLog, sectionsIn, stageFailed } from './sbuild-log.ts';

/** How sbuild is told what to build. */
const kindFlags: Readonly<Record<BuildKind, readonly string[]>> = {
  '-A': ['--arch-all', '--no-arch-any'],
  '-B': ['--no-arch-all'],
  '-b': ['--arch-all'],
};

const switchedOff = [
  'apt-update',
  'apt-upgrade',
  'apt-distupgrade',
  'apt-clean',
  'clean-source',
  'run-lintian',
  'run-piuparts',
  'run-autopkgtest',
].map((name) => `--no-${name}`);

/**
 * Makes the chroot's tarball out of base and archives, has sbuild build in it with the changelog entry of our own
 * builds, and copies out what came of that.
 */
const script = `set -eu
work=$1 base=$2 archives=$3 out=$4 source=$5 suffix=$6; shift 6
cd "$work"
install -d -o 1000 -g 1000 unpacked
${asBuilder} dpkg-source --no-check --no-copy -x "$source" unpacked/it
field() { dpkg-parsechangelog -l unpacked/it/debian/changelog -S "$1"; }
entry="$(field Source) ($(field Version)$suffix) $(field Distribution); urgency=low, binary-only=yes

  * Binary-only build, without changes to the source.

 -- $(field Maintainer)  $(field Date)"
rm -rf unpacked
tar --numeric-owner --exclude=./dev -C "$base" -cf chroot.tar .
tar --numeric-owner --owner=0 --group=0 -C "\${archives%/*}" -rf chroot.tar "\${archives##*/}"
mkdir result
cd result
code=0
"$@" "--binNMU-changelog=$entry" "$source" || code=$?
for file in *.deb *.udeb *.changes *.buildinfo; do
  if [ -f "$file" ] && ! [ -L "$file" ]; then cp --no-preserve=all "$file" "$out/" || exit; fi
done
exit "$code"`;

/** Never throws for what the build does. */
export async function buildWithSbuild(workshop: BuildSite, request: BuildRequest): Promise<BuildOutcome> {
  const { build, logFile, timeoutSeconds, suffix, workDirectory } = request;
  const { places, chroot, seed } = await surround(workshop, request);
  const { project, pool } = workshop;
  const recipe = project.recipes.get(build.source)!;
  const steps = recipe.variants.get(build.stage)!.steps;
  const { added = [] } = workshop.sourceOf(build).variant;
  // Only what the build takes of the seed goes into the tarball, and not all that was ever fetched.
  for (const { file } of await workshop.seedFor(build)) {
    const path = join(places.archives, 'seed/pool', `${file.sha256}.deb`);
    if (!existsSync(path)) linkOrCopy(pool.pathOf(file), path);
  }
  writeFileSync(join(places.archives, 'setup'), steps.find(({ name }) => name === rootStep)!.run);
  const given = join(workDirectory, 'sbuild');
  mkdirSync(given);
  const dsc = recipe.fetch.find(({ name }) => name.endsWith('.dsc'))!.name;
  const at = workIn({ binds: [{ host: workDirectory, inside: '', writable: false }] });
  const beside = (name: string): string => join(at, '..', name);
  writeFileSync(join(given, 'ids'), 'root:1:65535\n');
  writeFileSync(
    join(given, 'conf'),
    `$unshare_tmpdir_template = '${at}/root.XXXXXXXXXX';\n$build_user = 'builder';\n$log_dir = '${at}';\n1;\n`,
  );
  const command = [
    sbuildProgram,
    ...['--chroot-mode=unshare', `--chroot=${at}/chroot.tar`, '--nolog', '--batch', `--build-path=${buildPath}`],
    ...['--dist=unstable', `--arch=${project.universe.architecture}`, '--resolve-alternatives', ...switchedOff],
    ...(added.length > 0 ? [`--add-depends=${formatGroups(added)}`] : []),
    ...(build.profiles.length > 0 ? [`--profiles=${build.profiles.join(',')}`] : []),
    ...kindFlags[kindIn(steps)],
    '--chroot-setup-commands=sh -ex /archives/setup',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of dpkg-query
    `--starting-build-commands=dpkg-query -W -f ${shellQuoted('>>> ${db:Status-Abbrev} ${Package} ${Version}\\n')}`,
  ];
  const bind = (host: string, inside: string, writable = false) => ({ host, inside, writable });
  const words = [at, beside('base'), beside('archives'), beside('out'), `${beside('source')}/${dsc}`, suffix];
  const environment = { ...chroot.environment, HOME: at, TMPDIR: at, SBUILD_CONFIG: `${beside('sbuild')}/conf` };
  const binds = [
    bind(chroot.base!, beside('base')),
    bind(places.archives, beside('archives')),
    bind(places.sources, beside('source')),
    bind(places.outputs, beside('out'), true),
    bind(given, beside('sbuild')),
    bind(join(given, 'ids'), '/etc/subuid'),
    bind(join(given, 'ids'), '/etc/subgid'),
    // sbuild mounts it in its chroot; what it is does not matter.
    bind('/dev/null', '/dev/console'),
  ];
  const { ended, step, full } = await followedBuild(request, { marker: '| ', begins: sectionsIn() }, (signal) =>
    runInChroot({
      binds,
      command: ['sh', '-c', script, 'sh', ...words, ...command],
      environment,
      limits: chroot.limits,
      mayMount: true,
      usageFile: chroot.usageFile,
      log: logFile,
      timeoutSeconds,
      signal,
    }),
  );
  const { cpuSeconds, maxRssKiB } = ended;
  const logTail = tailOf(logFile);
  const present = installedByLog(readFileSync(logFile, 'utf8'));
  const installed = present.length > 0 && { installed: whatWasThere(present, request, seed) };
  const failed = (
    failure: Omit<Extract<BuildOutcome, { ok: false }>, 'ok' | 'command' | 'workdir' | 'env' | 'logTail' | 'installed'>,
  ) =>
    ({
      ok: false,
      ...failure,
      command: 'sbuild',
      workdir: workDirectory,
      env: environment,
      logTail,
      ...installed,
    }) as const;
  if (ended.exitCode !== 0) {
    const stage = stageFailed(logTail);
    const circumstances = { step: stage ?? step, tail: logTail, full, timeoutSeconds };
    const failure = stepFailure(ended, circumstances);
    if (stage === undefined || full.aborted || ended.timedOut) return failed(failure);
    return failed({ ...failure, step: stage, message: `sbuild failed in ${stage}`, retriable: false });
  }
  const taken = await takeIn(request, places, present, seed);
  if ('message' in taken)
    return failed({ ...taken, exitCode: 0, signal: undefined, retriable: false, cpuSeconds, maxRssKiB });
  return { ok: true, ...taken, cpuSeconds, maxRssKiB, sandboxed: true, machine: thisMachine() };
}
