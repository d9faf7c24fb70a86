/**
 * The sandbox of every build step. One chain of small programs, each doing one thing:
 *
 *   flock                 a lock that is free when all of them are gone
 *   bash, perl            carry what is said to the log by a pipe, so that no build has the log itself open, nor fills
 *                         it
 *   time                  measures the whole tree, since it is waited for from outside
 *   unshare               new mount and process namespaces (and a user namespace, when not root); all in them die with
 *                         it
 *   bash                  closes what was left open, mounts the input root and the places of the build
 *                         (namespace-script.ts); it is process 1 of the namespace: it takes in orphans, and nothing
 *                         outlives it
 *   nice                  one niceness for all builds, whoever started bootplan with which
 *   timeout               the time limit
 *   setpriv, prlimit      an unprivileged user when root started it; the same limits for all builds (build-limits.ts)
 *   setarch               the personality of what is built on, whatever the caller's
 *   bwrap                 the sandbox itself: no network, no privilege, no keyrings, an empty environment, read-only /
 *
 * bwrap 0.8 cannot stack layers, and does not wait for its tree when it owns the process namespace: hence the outer
 * half.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { entriesOf } from '../../by-name.ts';
import { Bug } from '../../errors.ts';
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import type { ByName } from '../../model.ts';
import { unheeded } from '../heeding.ts';
import { type Ended, runProcess } from '../process.ts';
import { limitArguments, longestFile, niceArguments, personalityArguments, raisesLimits } from './build-limits.ts';
import { carried } from './log-carrier.ts';
import { besideMounts, closing, filterAt, mounts } from './namespace-script.ts';
import { callFilter } from './system-calls.ts';
import { buildUser, mayDropTo } from './user.ts';

/** A place of this machine that a build sees. */
export interface Bind {
  readonly host: string;
  readonly inside: string;
  readonly writable: boolean;
}

/** What one build may use. */
export interface Limits {
  /** Processes at once. */
  readonly processes: number;
  /** Bytes in one file, in /tmp, and in /dev/shm. */
  readonly fileBytes: number;
  /** Bytes in the log; of a longer one beginning and end are kept. */
  readonly logBytes: number;
}

/** What a build may use when nothing else is said. */
export const defaultLimits: Limits = { processes: 4096, fileBytes: 2 ** 32, logBytes: 2 ** 28 };

/** What runs in the sandbox, and what it sees. */
export interface SandboxRequest {
  /** Directory that holds every layer, by name. */
  readonly layersIn: string;
  /** Names in it, topmost first; at least two, or one that is a whole root. */
  readonly layers: readonly string[];
  /** Where the input root is seen a second time. */
  readonly rootAgain?: string;
  readonly binds: readonly Bind[];
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: ByName<string>;
  /** Debian's name of the architecture whose programs run in it; this machine's own when left out. */
  readonly architecture?: string;
  readonly limits: Limits;
  /** Host path of a file that is written and removed again: what the tree used. */
  readonly usageFile: string;
  readonly log?: string;
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  /** At the user's terminal. */
  readonly interactive?: boolean;
  /** No sandbox at all: the command sees this machine, as an unprivileged user. For those who asked for it, loudly. */
  readonly bare?: boolean;
}

/** What a command has used, its children included. */
export interface Used {
  readonly cpuSeconds: number;
  /** The largest process of the tree. */
  readonly maxRssKiB: number;
}

/** For the format of printf. */
export const octal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** A directory of every Debian machine that hides none of the given paths when something is mounted on it. */
function mountPlace(paths: readonly string[]): string {
  const place = ['/mnt', '/media', '/srv', '/opt'].find((p) => !paths.some((path) => path.startsWith(`${p}/`)));
  if (place === undefined) throw new Bug('no directory left to mount a sandbox on');
  return place;
}

const lockOf = (request: SandboxRequest): string => `${request.usageFile}.lock`;

/** For timeout(1), which takes 0 as none. */
const timeLimit = (request: SandboxRequest): string => String(request.timeoutSeconds ?? 0);

/** What every command is started by: it dies with bootplan, its use is measured, its end can be waited for. */
const measured = (request: SandboxRequest, { fileBytes, logBytes }: Limits): readonly string[] => [
  // It dies with bootplan, as whatever is started; only a fork forgets that.
  ...['flock', '--no-fork', lockOf(request)],
  // Without a namespace a daemon would keep the pipe, and all that wait for its end, for ever.
  ...(request.log === undefined || request.bare === true
    ? []
    : [...carried(longestFile(Math.min(fileBytes, logBytes))), 'setpriv', '--pdeathsig', 'KILL']),
  ...['time', '-q', '-o', request.usageFile, '-f', '%U %S %M'],
  ...['setpriv', '--pdeathsig', 'KILL'],
];

/** Files of /proc that tell what this machine is and has mounted, and that no build needs. */
const revealing = ['cmdline', 'diskstats', 'mdstat', 'modules', 'partitions', 'swaps'].filter((name) =>
  existsSync(`/proc/${name}`),
);

/** The limits, and an unprivileged user, when root started it, who can stop none of those that limit him. */
const restrained = (request: SandboxRequest, limits: Limits, dropping: boolean): readonly string[] => [
  ...niceArguments(),
  ...['timeout', '--signal=KILL', ...(request.interactive === true ? ['--foreground'] : []), timeLimit(request)],
  ...['prlimit', ...limitArguments(limits, dropping && raisesLimits())],
  ...(dropping
    ? ['setpriv', `--reuid=${buildUser}`, `--regid=${buildUser}`, '--clear-groups', '--pdeathsig', 'KILL']
    : []),
  ...personalityArguments(request.architecture ?? nativeArchitecture),
];

/** The whole chain as one command. Pure but for the questions who runs it, and on what machine. */
export function sandboxCommand(request: SandboxRequest): readonly string[] {
  const { layers, binds, limits } = request;
  const dropping = mayDropTo(buildUser);
  const variables = entriesOf(request.environment);
  if (request.bare === true)
    return [
      ...measured(request, limits),
      ...['choom', '-n', '1000', '--'],
      ...restrained(request, limits, dropping),
      ...['bash', '-c', closing, 'bash'],
      ...['env', '-i', '-C', request.directory, ...variables.map(([name, value]) => `${name}=${value}`)],
      ...request.command,
    ];
  const hosts = binds.map((b) => b.host);
  const place = mountPlace([request.layersIn, ...hosts]);
  const filter = callFilter();
  const bindArguments = binds.flatMap((b, i) => [
    b.writable ? '--bind' : '--ro-bind',
    `${place}/${binds.length - i}`,
    b.inside,
  ]);
  return [
    ...measured(request, limits),
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
    ...(dropping ? [] : ['--user', '--map-root-user']),
    ...['bash', '-c', mounts, 'bash', place, lockOf(request), filter === undefined ? '' : octal(filter)],
    ...[String(layers.length), ...layers, '--binds', String(binds.length)],
    ...binds.flatMap((b) => [b.writable ? 'w' : 'r', b.host]),
    ...restrained(request, limits, dropping),
    ...['bwrap', '--unshare-user', '--unshare-ipc', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'bootplan', '--die-with-parent', '--clearenv'],
    ...(request.interactive === true ? [] : ['--new-session']),
    ...(filter === undefined ? [] : ['--seccomp', String(filterAt)]),
    ...['--ro-bind', `${place}/root`, '/', '--ro-bind', '/proc', '/proc', '--dev', '/dev'],
    ...['--size', String(limits.fileBytes), '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    ...['--size', String(limits.fileBytes), '--tmpfs', '/tmp'],
    ...bindArguments,
    ...revealing.flatMap((name) => ['--ro-bind', `${place}/none`, `/proc/${name}`]),
    ...(request.rootAgain === undefined ? [] : ['--ro-bind', `${place}/root`, request.rootAgain]),
    ...variables.flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', request.directory, '--'],
    ...request.command,
  ];
}

/** Reads what `time` wrote; nothing when the tree was ended from outside. */
export function usage(file: string): Used {
  try {
    const [user, system, rss] = readFileSync(file, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
    if (user === undefined || system === undefined || rss === undefined || Number.isNaN(user + system + rss))
      return { cpuSeconds: 0, maxRssKiB: 0 };
    return { cpuSeconds: Math.round((user + system) * 100) / 100, maxRssKiB: rss };
  } catch {
    return { cpuSeconds: 0, maxRssKiB: 0 };
  } finally {
    rmSync(file, { force: true });
  }
}

/** An ordinary user's build may stop the program that limits its time: it is of the same user. */
function lastResort({ timeoutSeconds = 0 }: SandboxRequest): { readonly timeoutMilliseconds?: number } {
  const timeoutMilliseconds = (timeoutSeconds + 10) * 1000;
  return timeoutSeconds > 0 && timeoutMilliseconds < 2 ** 31 ? { timeoutMilliseconds } : {};
}

/** Runs a command in the sandbox, to its end and the end of all it started. Never throws for what the command does. */
export async function runInSandbox(request: SandboxRequest): Promise<Ended & Used> {
  mkdirSync(dirname(request.usageFile), { recursive: true });
  for (const { host } of request.binds)
    for (const directory of besideMounts(host)) mkdirSync(directory, { recursive: true });
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  const [file, ...args] = sandboxCommand(request);
  const ended = await runProcess(file!, args, {
    cwd: request.layersIn,
    env: environment,
    ...(request.log !== undefined && { log: request.log }),
    ...(request.signal !== undefined && { signal: request.signal }),
    ...(request.interactive === true && { interactive: true }),
    ...lastResort(request),
  });
  // Ended from outside, the chain falls link by link: wait for the last.
  if (ended.exitCode !== 0)
    await runProcess('flock', [lockOf(request), 'true'], { env: environment, signal: unheeded });
  rmSync(lockOf(request), { force: true });
  const timedOut =
    request.timeoutSeconds !== undefined && ended.seconds >= request.timeoutSeconds && ended.exitCode !== 0;
  return { ...ended, timedOut, ...usage(request.usageFile) };
}
