/** What this machine must have to build, each found out by doing it, each with the remedy. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError, exitCode } from '../errors.ts';
import { privateSources } from './apt-root.ts';
import { cacheDirectory } from './cache-directory.ts';
import { overlayWorks } from './input-root.ts';
import { runProcess } from './process.ts';
import { kvmBoots } from './qemu.ts';
import { defaultLimits, runInSandbox } from './sandbox.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Nothing can be built without it. */
  readonly required: boolean;
  /** What was found, in words. */
  readonly found: string;
  /** What to do when it is not ok. */
  readonly fix: string;
}

const debianPackages = fileURLToPath(new URL('../../bin/debian-packages', import.meta.url));

/** Starts a real sandbox on this machine's own /, and looks around in it. */
export async function sandboxCheck(): Promise<Check> {
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-doctor-'));
  const log = join(scratch, 'log');
  const script = 'test -c /dev/null && test "$(id -u)" != 0 && ! echo >/etc/bootplan-doctor && echo contained';
  try {
    const ended = await runInSandbox({
      layersIn: '/',
      layers: ['/'],
      binds: [],
      command: ['/bin/sh', '-c', script],
      directory: '/',
      environment: { PATH: '/usr/bin:/bin' },
      limits: defaultLimits,
      usageFile: join(scratch, 'usage'),
      log,
      timeoutSeconds: 20,
    });
    const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
    const ok = ended.exitCode === 0 && said.includes('contained');
    const found = ok ? 'starts; inside: no root, no network, read-only /, /dev/null is a device' : said.trim();
    return { name: 'sandbox', ok, required: true, found, fix: sandboxFix() };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { name: 'sandbox', ok: false, required: true, found: error.message, fix: error.help };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The usual lack is user namespaces; each kernel has its own switch for them. */
function sandboxFix(): string {
  const setting = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
  if (setting('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1';
  if (setting('/proc/sys/user/max_user_namespaces') === '0')
    return 'allow user namespaces: sudo sysctl user.max_user_namespaces=10000';
  if (setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'allow user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  return 'in a container: start it with --security-opt seccomp=unconfined, or as a privileged one';
}

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

/** The programs, by the list that the set-up installs. */
async function packages(): Promise<Check> {
  const names = readFileSync(debianPackages, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0]!)
    .filter((name) => name !== '');
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
    return { name: 'apt sources', ok: true, required: true, found: [...sources.keys()].join(', '), fix: '' };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { name: 'apt sources', ok: false, required: true, found: error.message, fix: error.help };
  }
}

const gibibyte = 2 ** 30;

/** The nearest directory that exists decides. */
function space(name: string, path: string, gibibytes: number, required: boolean): Check {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const free = (bavail * bsize) / gibibyte;
  const ok = free >= gibibytes;
  const found = `${free.toFixed(1)} GiB free in ${path}, ${gibibytes} GiB wanted`;
  return { name, ok, required, found, fix: `free ${(gibibytes - free).toFixed(1)} GiB there, or choose another place` };
}

async function acceleration(image: string | undefined): Promise<Check> {
  const check = (ok: boolean, found: string, fix: string): Check => ({ name: 'kvm', ok, required: false, found, fix });
  if (!existsSync('/dev/kvm')) return check(false, 'no /dev/kvm: machines are emulated (TCG)', 'none needed');
  if (image === undefined)
    return check(true, 'not tried: no image yet; the first boot tries, and falls back to TCG', '');
  if (await kvmBoots(image)) return check(true, 'a kernel starts under it', '');
  const fix = 'none needed; on a virtual machine, nested virtualisation would help';
  return check(false, '/dev/kvm is there, but no kernel starts under it: machines are emulated (TCG)', fix);
}

/**
 * @param places where a run would work and keep its things
 * @param image a bootable image, to try KVM with
 */
export async function preflight(
  places: { readonly state: string; readonly work: string },
  image: string | undefined,
): Promise<readonly Check[]> {
  mkdirSync(dirname(places.work), { recursive: true });
  const probe = mkdtempSync(join(dirname(places.work), 'bootplan-doctor-'));
  try {
    return [
      await sandboxCheck(),
      nullDevice(),
      await overlay(probe),
      await packages(),
      aptSources(),
      space('space for builds', places.work, 2, true),
      space('space for results', places.state, 1, true),
      space('space for downloads', cacheDirectory(), 1, true),
      await acceleration(image),
    ];
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** Throws when no sandbox starts here: no build is possible then. */
export async function requireSandbox(): Promise<void> {
  const check = await sandboxCheck();
  if (check.ok) return;
  const message = `no sandbox starts on this machine, and nothing is built without one:\n${check.found}`;
  throw new EnvironmentError(message, exitCode.missingTool, `${check.fix}; bootplan doctor looks at everything`);
}
