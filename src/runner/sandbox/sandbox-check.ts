/** Does a sandbox start on this machine? Found out by starting one; when not, with the remedy. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { defaultLimits, runInSandbox } from './sandbox.ts';

/** One thing that was looked at, and what mends it. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Nothing can be built without it. */
  readonly required: boolean;
  /** What was found, in words. */
  readonly found: string;
  /** What to do when it is not ok; undefined when it is. */
  readonly fix: string | undefined;
}

/** Starts a real sandbox on this machine's own /, and looks around in it; once more when it was perhaps only killed. */
export async function sandboxCheck(): Promise<Check> {
  const first = await startSandbox();
  return first.ok ? first : startSandbox();
}

async function startSandbox(): Promise<Check> {
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
    return { name: 'sandbox', ok, required: true, found, fix: sandboxFix(said) };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { name: 'sandbox', ok: false, required: true, found: error.message, fix: error.help };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The usual lack is user namespaces; each kernel has its own switch for them. */
function sandboxFix(said: string): string {
  if (/bwrap.*No such file/.test(said)) return 'sudo apt-get install bubblewrap';
  const setting = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
  if (setting('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1';
  if (setting('/proc/sys/user/max_user_namespaces') === '0')
    return 'allow user namespaces: sudo sysctl user.max_user_namespaces=10000';
  if (setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'allow user namespaces: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0';
  return 'in a container: start it with --security-opt seccomp=unconfined, or as a privileged one';
}

/** Throws when no sandbox starts here: no build is possible then. */
export async function requireSandbox(): Promise<void> {
  const check = await sandboxCheck();
  if (check.ok) return;
  const message = `no sandbox starts on this machine, and nothing is built without one:\n${check.found}`;
  throw new EnvironmentError(message, exitCode.missingTool, `${check.fix}; bootplan doctor looks at everything`);
}
