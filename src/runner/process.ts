/**
 * The one wrapper around execa: every program that the runner starts is started here (metadata/programs.ts has the
 * others).
 */
import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa, type Options } from 'execa';
import { plainObject, valueAt } from '../by-name.ts';
import { EnvironmentError, exitCode, Interrupted } from '../errors.ts';
import type { ByName } from '../model.ts';
import { BoundedText } from './bounded-text.ts';
import { endsWithUs } from './families.ts';
import { heededSignal } from './heeding.ts';

/** How a program is started, and what of its words is kept. */
export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment; without it bootplan's own is inherited. */
  readonly env?: ByName<string>;
  readonly input?: string | Uint8Array;
  /** Milliseconds after which it is ended, with everything it started. */
  readonly timeoutMilliseconds?: number;
  /**
   * Ends it, and the result says so. Without one the signal that the work is done under (heeding.ts) ends it, by
   * Interrupted.
   */
  readonly signal?: AbortSignal;
  /** Host path: stdout and stderr are appended there as they come, and not kept in memory. */
  readonly log?: string;
  /** Host path: stdout goes there, byte for byte, and is not kept in memory. */
  readonly stdoutFile?: string;
  /** Doing it twice does no harm: when a signal from outside ends it (memory was short), it is done once more. */
  readonly repeatable?: boolean;
  /** An open file that the program finds as its descriptor 3. */
  readonly descriptor?: number;
  /** Bytes of stdout that are kept at most; 64 MiB when not given. */
  readonly mostOutput?: number;
  /** Told the process id, when it has started. */
  readonly onStart?: (pid: number) => void;
  /** At the user's terminal: standard input, output and error are inherited. */
  readonly interactive?: boolean;
}

/** How it ended, in words: `exit code 2`, or `signal SIGKILL`. */
export const endWords = ({ exitCode: code, signal }: Pick<Ended, 'exitCode' | 'signal'>): string =>
  code === undefined ? `signal ${signal}` : `exit code ${code}`;

/** In records and answers, which have a number for an exit code: a signal ended it. */
export const endedBySignal = -1;

/** How a program ended. */
export interface Ended {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** `SIGKILL` and the like; undefined when none ended it. */
  readonly signal: string | undefined;
  /** Text, without the final newline; '' when it went to a file, or a signal of ours ended it. */
  readonly stdout: string;
  /** Beginning and end, when it is long. */
  readonly stderr: string;
  /** Ended when its time was over. */
  readonly timedOut: boolean;
  /** Ended by `signal`. */
  readonly aborted: boolean;
  /** Wall clock. */
  readonly seconds: number;
}

/** Programs whose Debian package has another name. */
const packageOf: ByName<string> = {
  bwrap: 'bubblewrap',
  'dpkg-deb': 'dpkg',
  'dpkg-query': 'dpkg',
  'dpkg-source': 'dpkg-dev',
  'dpkg-buildpackage': 'dpkg-dev',
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'apt-config': 'apt',
  'apt-ftparchive': 'apt-utils',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-system-aarch64': 'qemu-system-arm',
  'qemu-img': 'qemu-utils',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  dumpe2fs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  sfdisk: 'fdisk',
  mformat: 'mtools',
  mcopy: 'mtools',
  mmd: 'mtools',
  cp: 'coreutils',
  diff: 'diffutils',
  flock: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  gcc: 'build-essential',
  xz: 'xz-utils',
};

/** Timers count 32 bits of milliseconds: one that is set to more goes off at once. */
const longestTimer = 2 ** 31 - 1;

/** execa takes any open descriptor; its types list only the lowest few. */
type Descriptor = 3;

function missing(file: string): EnvironmentError {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const help = `install it: sudo apt-get install ${valueAt(packageOf, name) ?? name}`;
  return new EnvironmentError(`${name} is not installed`, exitCode.missingTool, help);
}

const usualOutput = 2 ** 26;
/** Enough to say what is wrong. */
const mostTalk = 2 ** 20;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Is there such a program for the shell's rules? What starts it, setpriv, would say so by its exit code alone. */
function isInstalled(file: string, { cwd, env }: ProcessOptions): boolean {
  if (file.includes('/')) return isProgram(cwd === undefined || file.startsWith('/') ? file : join(cwd, file));
  const path = (env === undefined ? process.env.PATH : valueAt(env, 'PATH')) ?? '/usr/bin:/bin';
  return path.split(':').some((directory) => isProgram(join(directory || '.', file)));
}

/** Reads a stream to its end, however much comes, keeps what its limit allows, and tells when that is exceeded. */
function collected(stream: Readable | null | undefined, limit: number, exceeded?: () => void): BoundedText {
  const text = new BoundedText(limit);
  stream?.on('data', (piece: Buffer) => {
    text.add(piece);
    if (text.isCut) exceeded?.();
  });
  return text;
}

/**
 * Runs a program to its end. Never throws for a bad exit, a signal or a time limit: those are in the result.
 *
 * The program gets a process group of its own, so that ^C at the terminal reaches bootplan alone, and its whole
 * family is ended together (SIGTERM, five seconds, SIGKILL). It dies with bootplan, however that ends, and so does its
 * family (families.ts). What it says is read as it comes, and never keeps bootplan from its timers and signals.
 *
 * @throws Interrupted at the signal that the work is done under, unless it was given another
 * @throws EnvironmentError (69) when the program is not there, naming the Debian package that has it; (75) when its
 * stdout becomes longer than `mostOutput`, which ends it: a part of an answer is none
 */
export async function runProcess(file: string, args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  const ended = await runOnce(file, args, options);
  const fromOutside = ended.signal !== undefined && !ended.aborted && !ended.timedOut;
  return options.repeatable === true && fromOutside ? runOnce(file, args, options) : ended;
}

async function runOnce(file: string, args: readonly string[], options: ProcessOptions): Promise<Ended> {
  const log = options.log === undefined ? undefined : openSync(options.log, 'a');
  const out = options.stdoutFile === undefined ? log : openSync(options.stdoutFile, 'w');
  const started = performance.now();
  const signal = options.signal ?? heededSignal();
  // By the signal, or by an answer that is too long.
  const stop = new AbortController();
  const end = (): void => stop.abort();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  try {
    const inPlace = options.cwd === undefined || existsSync(options.cwd);
    if (inPlace && !isInstalled(file, options)) throw missing(file);
    const given: Options = {
      reject: false,
      detached: options.interactive !== true,
      killDescendants: options.interactive !== true,
      forceKillAfterDelay: 5000,
      buffer: false,
      encoding: 'buffer',
      ...(options.interactive === true && { stdio: 'inherit' as const }),
      ...(options.descriptor !== undefined && {
        stdio: ['ignore', 'pipe', 'pipe', options.descriptor as Descriptor] as const,
      }),
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.env !== undefined && { env: plainObject(options.env), extendEnv: false }),
      ...(options.timeoutMilliseconds !== undefined && {
        timeout: Math.min(options.timeoutMilliseconds, longestTimer),
      }),
      cancelSignal: stop.signal,
      // Nobody would ever write there: who reads is told so at once.
      ...(options.input !== undefined && { input: options.input }),
      ...(options.input === undefined &&
        options.interactive !== true &&
        options.descriptor === undefined && { stdin: 'ignore' as const }),
      ...(out !== undefined && { stdout: out as Descriptor }),
      ...(log !== undefined && { stderr: log as Descriptor }),
    };
    const child = execa('setpriv', ['--pdeathsig', 'KILL', '--', file, ...args], given);
    const { pid } = child;
    if (pid !== undefined) options.onStart?.(pid);
    const forget = pid === undefined || options.interactive === true ? undefined : endsWithUs(pid);
    const said = collected(child.stdout, options.mostOutput ?? usualOutput, end);
    const talk = collected(child.stderr, mostTalk);
    const result = await child;
    forget?.();
    if (said.isCut && signal?.aborted !== true)
      throw new EnvironmentError(
        `${file} says more than anybody would read: its answer is not taken`,
        exitCode.tryAgain,
        `look at what ${[file, ...args].slice(0, 4).join(' ')} says`,
      );
    if (result.isCanceled && options.signal === undefined) throw new Interrupted(`${file} was ended`);
    if (result.exitCode === undefined && result.signal === undefined && result.cause instanceof Error) {
      const code = 'code' in result.cause ? result.cause.code : '';
      if (code === 'ENOENT' && inPlace) throw missing('setpriv');
      if (!result.isCanceled && !result.timedOut) throw result.cause;
    }
    const text = (stream: BoundedText): string => stream.text().replace(/\n$/, '');
    return {
      exitCode: result.exitCode,
      signal: result.signal,
      // An answer that nobody waits for any more may be long.
      stdout: result.isCanceled ? '' : text(said),
      stderr: text(talk),
      timedOut: result.timedOut,
      aborted: result.isCanceled,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    signal?.removeEventListener('abort', end);
    if (out !== undefined && out !== log) closeSync(out);
    if (log !== undefined) closeSync(log);
  }
}
