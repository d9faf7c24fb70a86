/** What this machine must have to build, each found out by doing it, each with the remedy. */
import { accessSync, constants, existsSync, lstatSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../../errors.ts';
import { machineHere } from '../../runner/boot/machines.ts';
import { kvmBoots } from '../../runner/boot/qemu.ts';
import { idRange } from '../../runner/builders/debian/chroot/id-range.ts';
import { sbuildVersion } from '../../runner/builders/debian/recipe/sbuild-limits.ts';
import { privateSources } from '../../runner/fetch/apt-root.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { takeScratch } from '../../runner/files/scratch.ts';
import { runProcess } from '../../runner/process.ts';
import { overlayWorks } from '../../runner/sandbox/input-root.ts';
import { type Check, sandboxCheck } from '../../runner/sandbox/sandbox-check.ts';

const debianPackages = fileURLToPath(new URL('../../../bin/debian-packages', import.meta.url));

function nullDevice(): Check {
  const ok = lstatSync('/dev/null').isCharacterDevice();
  const found = ok ? 'is a character device' : 'is no character device: something replaced it';
  const fix = 'sudo sh -c "mknod -m 666 /dev/null.new c 1 3 && mv -f /dev/null.new /dev/null"';
  return { name: '/dev/null', ok, required: true, found, fix };
}

async function overlay(work: string): Promise<Check> {
  const ok = await overlayWorks(work);
  const found = ok ? 'input roots are stacked' : 'not possible: input roots are linked or copied, which is slower';
  return { name: 'overlay', ok, required: false, found, fix: 'sudo modprobe overlay' };
}

/** What Debian sources need besides: ids for their chroots. */
function chroots(): Check {
  const check = { name: 'Debian chroots', required: false };
  try {
    idRange();
    return { ...check, ok: true, found: '65536 ids are there for the users of a chroot', fix: undefined };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...check, ok: false, found: error.message, fix: error.help };
  }
}

/** What `--backend sbuild` needs besides. */
async function sbuild(): Promise<Check> {
  const check = { name: 'sbuild', required: false };
  try {
    return { ...check, ok: true, found: `${await sbuildVersion()}, for --backend sbuild`, fix: undefined };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...check, ok: false, found: `${error.message}: --backend sbuild cannot be used`, fix: error.help };
  }
}

/** The programs, by the list that the set-up installs. */
async function packages(): Promise<Check> {
  const names = readFileSync(debianPackages, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0]!)
    .filter((name) => name !== '');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of dpkg-query
  const asked = await runProcess('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...names]);
  const there = new Set(asked.stdout.split('\n').flatMap((l) => (l.endsWith(' installed') ? [l.split(' ')[0]!] : [])));
  const missing = names.filter((name) => !there.has(name));
  const ok = missing.length === 0;
  const found = ok ? `all ${names.length} are installed` : `missing: ${missing.join(', ')}`;
  return { name: 'programs', ok, required: true, found, fix: `sudo apt-get install ${missing.join(' ')}` };
}

function aptSources(): Check {
  try {
    const sources = privateSources();
    return { name: 'apt sources', ok: true, required: true, found: [...sources.keys()].join(', '), fix: undefined };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { name: 'apt sources', ok: false, required: true, found: error.message, fix: error.help };
  }
}

const gibibyte = 2 ** 30;

function mayWrite(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The nearest directory that exists decides. `elsewhere` says how to choose another place. */
function space(name: string, path: string, gibibytes: number, elsewhere: string): Check {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const check = { name, required: true };
  if (!mayWrite(there)) return { ...check, ok: false, found: `${there} cannot be written to`, fix: elsewhere };
  const { bavail, bsize } = statfsSync(there);
  const free = (bavail * bsize) / gibibyte;
  const ok = free >= gibibytes;
  const found = `${free.toFixed(1)} GiB free in ${path}, ${gibibytes} GiB wanted`;
  return { ...check, ok, found, fix: `free ${(gibibytes - free).toFixed(1)} GiB there, or ${elsewhere}` };
}

async function acceleration(image: string | undefined): Promise<Check> {
  const check = (ok: boolean, found: string, fix?: string): Check => ({ name: 'kvm', ok, required: false, found, fix });
  if (!existsSync('/dev/kvm')) return check(false, 'no /dev/kvm: machines are emulated (TCG)', 'none needed');
  if (image === undefined) return check(true, 'not tried: no image yet; the first boot tries, and falls back to TCG');
  if (await kvmBoots(image)) return check(true, 'a kernel starts under it');
  const fix = 'none needed; on a virtual machine, nested virtualisation would help';
  return check(false, '/dev/kvm is there, but no kernel starts under it: machines are emulated (TCG)', fix);
}

/**
 * @param places where a run would work and keep its things
 * @param image a bootable image, to try KVM with
 * @param architectures those whose images are to be booted, when it is not only this machine's
 */
export async function preflight(
  places: { readonly state: string; readonly work: string },
  image: string | undefined,
  architectures: readonly string[] = [],
): Promise<readonly Check[]> {
  const probe = await takeScratch(`${places.work}-doctor-${process.pid}`, places.state);
  try {
    const checks = [
      await sandboxCheck(),
      nullDevice(),
      await overlay(probe.path),
      await packages(),
      chroots(),
      await sbuild(),
      ...architectures.map((name) => ({ name: `machine ${name}`, required: true, ...machineHere(name) })),
      aptSources(),
      space('space for builds', places.work, 2, 'choose another place: --state DIR'),
      space('space for results', places.state, 1, 'choose another place: --state DIR'),
      space('space for downloads', cacheDirectory(), 1, 'set XDG_CACHE_HOME to another place'),
      await acceleration(image),
    ];
    return checks.map((check) => (check.ok ? { ...check, fix: undefined } : check));
  } finally {
    await probe.release();
  }
}
