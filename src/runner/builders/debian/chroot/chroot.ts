/**
 * A Debian chroot: a writable layer over a base, in a user namespace of 65536 ids, without network. The chain is that
 * of `sandbox/sandbox.ts` with one more link, since here root is wanted: dpkg and maintainer scripts run as a root that
 * is nobody outside, and everything that the source brings as an ordinary user.
 *
 * All that is written lies in a tmpfs of the namespace, so nothing is left of it, however the run ends.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { entriesOf } from '../../../../by-name.ts';
import { nativeArchitecture } from '../../../../metadata/relations/architecture.ts';
import type { ByName } from '../../../../model.ts';
import { unheeded } from '../../../heeding.ts';
import { type Ended, runProcess } from '../../../process.ts';
import { limitArguments, longestFile, niceArguments, personalityArguments } from '../../../sandbox/build-limits.ts';
import { carried } from '../../../sandbox/log-carrier.ts';
import { type Bind, type Limits, octal, type Used, usage } from '../../../sandbox/sandbox.ts';
import { callFilter } from '../../../sandbox/system-calls.ts';
import { idRange } from './id-range.ts';
import { bindScript, filterAt, mapScript, workScript } from './namespace-scripts.ts';

/** What runs in the chroot, and what it sees. */
export interface ChrootRequest {
  /** Host directory of the base; without it / is this machine's own, read-only. */
  readonly base?: string;
  readonly binds: readonly Bind[];
  readonly command: readonly string[];
  readonly environment: ByName<string>;
  readonly limits: Limits;
  /** May the command mount? mmdebstrap has to; no build may. */
  readonly mayMount?: boolean;
  /** Host path of a file that is written and removed again: what the tree used. */
  readonly usageFile: string;
  readonly log: string;
  readonly timeoutSeconds: number;
  /** At the user's terminal, without a log. */
  readonly interactive?: boolean;
  readonly signal?: AbortSignal;
}

/** Inside: the directory in which a source is unpacked and built; Debian's build daemons use the same. */
export const buildPath = '/build/reproducible-path';

/** What dpkg and maintainer scripts need, and nothing that reaches the kernel: no mounts, no modules, no devices. */
const capabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'SYS_CHROOT',
];

const lockOf = ({ usageFile }: ChrootRequest): string => `${usageFile}.lock`;

/** The mounts of the sandbox proper. Host path `i` of the list is seen at `place/(count - i)`. */
function bubblewrap(request: ChrootRequest, place: string, filter: boolean): readonly string[] {
  const { base, binds, environment, limits } = request;
  const count = binds.length + (base === undefined ? 0 : 1);
  const size = String(limits.fileBytes);
  return [
    ...['bwrap', '--unshare-ipc', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--hostname', 'bootplan', '--die-with-parent', '--clearenv'],
    ...(request.interactive === true ? [] : ['--new-session']),
    ...(request.mayMount === true
      ? ['--cap-add', 'ALL']
      : ['--cap-drop', 'ALL', ...capabilities.flatMap((name) => ['--cap-add', `CAP_${name}`])]),
    ...(filter ? ['--seccomp', String(filterAt)] : []),
    ...(base === undefined ? ['--ro-bind', '/', '/'] : ['--bind', `${place}/own/root`, '/']),
    ...(request.mayMount === true ? ['--bind', '/proc', '/proc'] : ['--ro-bind', '/proc', '/proc']),
    ...['--dev', '/dev', '--perms', '1777', '--size', size, '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--size', size, '--tmpfs', '/tmp'],
    ...(base === undefined ? ['--perms', '755', '--tmpfs', place] : []),
    ...['--bind', `${place}/own/build`, base === undefined ? `${place}/work` : buildPath],
    ...binds.flatMap((bind, i) => [bind.writable ? '--bind' : '--ro-bind', `${place}/${count - i}`, bind.inside]),
    ...entriesOf(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', '/', '--'],
    ...request.command,
  ];
}

/** Where things are put together: a directory of every Debian machine that hides none of the given paths. */
function mountPlace(paths: readonly string[]): string {
  return ['/mnt', '/media', '/srv', '/opt'].find((p) => !paths.some((path) => path.startsWith(`${p}/`))) ?? '/mnt';
}

/** The place for the command itself to work in when / is this machine's own. */
export const workIn = (request: Pick<ChrootRequest, 'binds'>): string =>
  `${mountPlace(request.binds.map(({ host }) => host))}/work`;

/** The whole chain as one command. */
export function chrootCommand(request: ChrootRequest): readonly string[] {
  const { base, binds } = request;
  const { users, groups } = idRange();
  const { limits } = request;
  const hosts = [...binds.map(({ host }) => host), ...(base === undefined ? [] : [base])];
  const place = mountPlace(hosts);
  const filter = callFilter();
  const lock = lockOf(request);
  const binding = [
    ...['unshare', '--mount', '--propagation', 'private', 'bash', '-c', bindScript, 'bash', place, lock],
    ...[filter === undefined ? '' : octal(filter), String(hosts.length), ...hosts],
  ];
  const mapping = ['bash', '-c', mapScript, 'bash', String(users), String(groups)];
  return [
    ...['flock', '--no-fork', lock, 'setpriv', '--pdeathsig', 'KILL'],
    ...(request.interactive === true
      ? []
      : [...carried(longestFile(Math.min(limits.fileBytes, limits.logBytes))), 'setpriv', '--pdeathsig', 'KILL']),
    ...['time', '-q', '-o', request.usageFile, '-f', '%U %S %M', 'setpriv', '--pdeathsig', 'KILL'],
    // Root binds first, what only it can reach among that; an ordinary user mounts nothing outside the namespace.
    ...(process.getuid?.() === 0 ? [...binding, ...mapping] : [...mapping, ...binding]),
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
    ...['bash', '-c', workScript, 'bash', place, '80%', base === undefined ? 'machine' : 'overlay'],
    ...niceArguments(),
    ...['timeout', '--signal=KILL', ...(request.interactive === true ? ['--foreground'] : [])],
    String(request.timeoutSeconds),
    ...['prlimit', ...limitArguments(limits, false)],
    ...personalityArguments(nativeArchitecture),
    ...bubblewrap(request, place, filter !== undefined),
  ];
}

/** Runs a command in the chroot, to its end and the end of all it started. Never throws for what the command does. */
export async function runInChroot(request: ChrootRequest): Promise<Ended & Used> {
  mkdirSync(dirname(request.usageFile), { recursive: true });
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  const [file, ...args] = chrootCommand(request);
  const { log, signal, timeoutSeconds } = request;
  const ended = await runProcess(file!, args, {
    cwd: '/',
    env: environment,
    ...(request.interactive === true ? { interactive: true } : { log }),
    ...(signal !== undefined && { signal }),
    timeoutMilliseconds: (timeoutSeconds + 10) * 1000,
  });
  if (ended.exitCode !== 0)
    await runProcess('flock', [lockOf(request), 'true'], { env: environment, signal: unheeded });
  rmSync(lockOf(request), { force: true });
  const timedOut = ended.exitCode !== 0 && ended.seconds >= timeoutSeconds;
  return { ...ended, timedOut, ...usage(request.usageFile) };
}
