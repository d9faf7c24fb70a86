/**
 * `--time-limit` for a whole command. The search heeds the limit itself and gives the best that it has found;
 * everything else (reading, choosing, laying out, verifying) has no best so far, and whatever it does it does in the
 * only thread. So a process of its own does the work, and this one watches, ends it, and says what it was at.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { watcherVariable } from '../application/output/phase.ts';
import { EnvironmentError, type ExitCode, exitCode } from '../errors.ts';

const flag = '--time-limit';
const setpriv = '/usr/bin/setpriv';
const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Seconds that the answer of a search may take after the limit: laid out, verified, printed. */
const grace = (limit: number): number => Math.max(10, limit / 2);
/** Timers count 32 bits of milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * The limit on a command line, in seconds; undefined when there is none to watch. What is no limit is told by the
 * command.
 */
export function limitOf(argv: readonly string[]): number | undefined {
  if (process.env[watcherVariable] === String(process.ppid) || argv.includes('--help')) return undefined;
  // Its limit is for each of the archives it is about.
  if (argv[0] === 'report') return undefined;
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const text = words[at] === flag ? words[at + 1] : words[at]?.slice(flag.length + 1);
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/**
 * Runs the same command line in a process of its own, which has our streams, gets our signals and dies with us.
 *
 * @param limit seconds; the answer of a search may take half as long again
 * @returns its exit code
 * @throws EnvironmentError (2) when it was ended: there is no answer
 */
export async function watched(argv: readonly string[], limit: number): Promise<ExitCode> {
  const own = [...process.execArgv, process.argv[1]!, ...argv];
  const command = [process.execPath, ...own];
  // Its own process group: ^C at the terminal comes here, and is passed on once.
  const [file, ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', ...command] : command;
  const child = spawn(file!, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    detached: true,
    env: { ...process.env, [watcherVariable]: String(process.pid) },
  });
  let said = '';
  child.stdio[3]?.on('data', (piece: Buffer) => {
    said = `${said}${piece}`.slice(-1000);
  });
  child.stdio[3]?.on('error', () => {}); // It is only what the command is at.
  for (const signal of stops) process.on(signal, () => child.kill(signal));
  let isOver = false;
  const watch = setTimeout(
    () => {
      isOver = true;
      child.kill('SIGKILL');
    },
    Math.min((limit + grace(limit)) * 1000, longestTimer),
  );
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...how) => resolve(how));
  });
  clearTimeout(watch);
  for (const name of stops) process.removeAllListeners(name);
  if (isOver) {
    const doing = said.trimEnd().split('\n').at(-1) || 'starting';
    const message = `no answer within ${limit === 1 ? '1 second' : `${limit} seconds`}: it was ${doing}, and nothing is proved`;
    throw new EnvironmentError(message, exitCode.unproved, `allow more time (${flag}), or ask for less (--targets)`);
  }
  if (signal !== null) process.kill(process.pid, signal);
  return (code ?? exitCode.bug) as ExitCode;
}
