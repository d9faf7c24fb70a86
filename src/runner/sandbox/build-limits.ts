/**
 * The limits of a build. Those that a program can see are the same for every caller, so that what a build does does not
 * depend on who started bootplan. Root may raise what was lowered for it; for others each is a value that any process
 * may usually set, and a lower hard limit stays.
 */
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';

/** The smaller of what is wanted and the hard limit of that name in /proc/self/limits. Pure. */
export function within(limits: string, name: string, wanted: number): number {
  const line = limits.split('\n').find((l) => l.startsWith(`${name}  `)) ?? '';
  const hard = line.slice(name.length).trim().split(/\s+/)[1] ?? 'unlimited';
  return /^\d+$/.test(hard) ? Math.min(wanted, Number(hard)) : wanted;
}

const ownLimits = (): string => readFileSync('/proc/self/limits', 'utf8');

/** Bytes of a file that this process itself may write. */
export const longestFile = (wanted: number): number => within(ownLimits(), 'Max file size', wanted);

const mayRaiseLimits = 24;

/**
 * Does this process have CAP_SYS_RESOURCE? Its number is a bit of CapEff in /proc/self/status. Pure but for the
 * default.
 */
export function raisesLimits(status = readFileSync('/proc/self/status', 'utf8')): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return ((effective >> BigInt(mayRaiseLimits)) & 1n) === 1n;
}

const none = Number.POSITIVE_INFINITY;
const mebibyte = 2 ** 20;

/** prlimit's word, the kernel's, soft and hard limit. */
const fixed: readonly (readonly [option: string, name: string, soft: number, hard: number])[] = [
  ['as', 'Max address space', none, none],
  ['core', 'Max core file size', 0, 0],
  ['cpu', 'Max cpu time', none, none],
  ['data', 'Max data size', none, none],
  ['locks', 'Max file locks', none, none],
  ['memlock', 'Max locked memory', 65_536, 65_536],
  ['msgqueue', 'Max msgqueue size', 819_200, 819_200],
  ['nice', 'Max nice priority', 0, 0],
  // What every system allows; some programs close as many as the hard limit says.
  ['nofile', 'Max open files', 1024, 4096],
  ['rss', 'Max resident set', none, none],
  ['rtprio', 'Max realtime priority', 0, 0],
  ['rttime', 'Max realtime timeout', none, none],
  ['sigpending', 'Max pending signals', 4096, 4096],
  ['stack', 'Max stack size', 8 * mebibyte, 64 * mebibyte],
];

const word = (limit: number): string => (limit === none ? 'unlimited' : String(limit));

/**
 * For prlimit. Pure but for the defaults.
 * @param raising false where a hard limit of the caller's that is lower than ours stays
 */
export const limitArguments = (
  { processes, fileBytes }: { readonly processes: number; readonly fileBytes: number },
  raising: boolean,
  limits = ownLimits(),
): readonly string[] =>
  [
    ...fixed,
    ['nproc', 'Max processes', processes, processes] as const,
    ['fsize', 'Max file size', fileBytes, fileBytes] as const,
  ].map(([option, name, soft, hard]) => {
    const least = raising ? hard : within(limits, name, hard);
    return `--${option}=${word(Math.min(soft, least))}:${word(least)}`;
  });

/**
 * Of every build, as build daemons have it: what else this machine does goes first. Nobody but root can take any back.
 */
const niceness = 10;

/** Nothing for a caller who is nicer than that. */
export function niceArguments(now = getPriority()): readonly string[] {
  return now < niceness ? ['nice', '-n', String(niceness - now)] : [];
}

/** The kernel's name of this machine, by Node's. */
const machineNames: ReadonlyMap<string, string> = new Map([
  ['x64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['riscv64', 'riscv64'],
]);

/**
 * A caller's setarch(8) would show in `uname -m`, and choose other programs.
 *
 * @param architecture Debian's name of the one that is built on: i386 may be on a machine of amd64
 */
export function personalityArguments(architecture: string): readonly string[] {
  const machine = architecture === 'i386' && process.arch === 'x64' ? 'i686' : machineNames.get(process.arch);
  return machine === undefined ? [] : ['setarch', machine, '--'];
}
