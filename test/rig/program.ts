/** The rig: the real binary, a temporary directory, and honest words about what a machine lacks. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateDirectory } from '../../src/runner/journal/state-directory.ts';
import { whenDone } from './release.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A directory and those in it, down to a depth; links are not followed. */
function directoriesIn(directory: string, depth: number): string[] {
  if (depth === 0 || !existsSync(directory)) return [directory];
  const inside = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...inside.flatMap((entry) => directoriesIn(join(directory, entry.name), depth - 1))];
}

/**
 * A temporary directory that goes when the test file is done, with the work directories of all runs killed in it.
 * @param topic a word for its name
 */
export function scratch(topic = ''): string {
  const directory = mkdtempSync(join(tmpdir(), `bootplan-${topic}`));
  whenDone(() => {
    for (const state of directoriesIn(directory, 3))
      rmSync(stateDirectory(state).work, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Writes files, relative to a directory; returns the directory. */
export function files(directory: string, contents: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs ./bin/bootplan as a user would, without colour. */
export function bootplan(
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Ran {
  const ran = spawnSync(join(root, 'bin/bootplan'), args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr };
}

/** True when a program is on PATH; an absent oracle is said, never silently passed over. */
export function needs(program: string): boolean {
  const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
  if (!found) console.warn(`${program} is not installed: the comparisons with it are left out of this run`);
  return found;
}

/** For setpriv: a user that the machine does not know. */
export const stranger = ['--reuid=54321', '--regid=54321', '--clear-groups'];

/** Whether another user than root can be tried: we are root, and the way to this clone is open to others. */
export function strangersReachUs(): boolean {
  const reached = spawnSync('setpriv', [...stranger, 'test', '-r', join(root, 'package.json')]).status === 0;
  if (!reached) console.warn('not root, or this clone is not readable by others: another user is not tried');
  return reached;
}
