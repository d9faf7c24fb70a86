/**
 * What every benchmark measures: CPU of the user and peak memory of a whole process, on a machine that does other
 * things.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../rig/program.ts';

/** One line of a benchmark's table. */
export interface Row {
  readonly what: string;
  /** Seconds of user CPU; NaN when it could not be measured, and `note` says why. */
  readonly user: number;
  readonly system: number;
  /** MiB of peak resident memory. */
  readonly peak: number;
  /** What was promised; absent for peers and for what is only watched. */
  readonly limit?: { readonly user?: number; readonly cpu?: number; readonly peak?: number; readonly wall?: number };
  /** Seconds by the clock, where they are what is promised. */
  readonly wall?: number;
  /** The row of ours that a peer's row is compared with, by `what`. */
  readonly peerOf?: string;
  /** What came out, or why there is no figure. */
  readonly note?: string;
}

export interface Measured extends Pick<Row, 'user' | 'system' | 'peak'> {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program under time(1), its children included. */
export function measured(
  file: string,
  args: readonly string[],
  options: { cwd?: string; timeout?: number } = {},
): Measured {
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  const figures = join(scratch, 'time');
  const ran = spawnSync('time', ['-q', '-f', '%U %S %M', '-o', figures, file, ...args], {
    cwd: options.cwd ?? root,
    timeout: options.timeout,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (ran.error && 'code' in ran.error && ran.error.code === 'ENOENT')
    throw new Error('time(1) is not installed: the Debian package is called `time`');
  const [user, system, kib] = existsSync(figures) ? readFileSync(figures, 'utf8').split(' ').map(Number) : [];
  rmSync(scratch, { recursive: true, force: true });
  const [u, s, k] = [user ?? Number.NaN, system ?? Number.NaN, kib ?? Number.NaN];
  return { code: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr, user: u, system: s, peak: k / 1024 };
}

/** Our own program, as a user starts it. */
export const bootplanMeasured = (args: readonly string[], cwd = root): Measured =>
  measured(join(root, 'bin/bootplan'), args, { cwd });

export const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;

/** A file of `$BOOTPLAN_DATA`, or undefined: benchmarks on real archives say that they were left out. */
export function dataFile(name: string): string | undefined {
  const file = join(process.env.BOOTPLAN_DATA ?? '/nonexistent', name);
  return existsSync(file) ? file : undefined;
}

/** A row that only says why it has no figures. */
export const leftOut = (what: string, note: string): Row => ({
  what,
  user: Number.NaN,
  system: Number.NaN,
  peak: Number.NaN,
  note,
});
