/**
 * Programs start programs: dpkg-deb a tar and a decompressor, apt its methods. The kernel ends for us, when bootplan is
 * killed, what bootplan itself has started (PR_SET_PDEATHSIG, prctl(2)), and what that has started goes on. So each
 * program has a process group of its own, and one shell knows the groups that run: it reads them from a pipe, and when
 * the pipe has no writer any more, in whatever way bootplan went, it ends those that are left (families.sh).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

const script = join(import.meta.dirname, 'families.sh');

/** Process groups that run, by their leaders. */
const running = new Set<number>();

let watcher: ChildProcess | undefined;

/**
 * Starts the watcher unless it runs, and tells it of every group that runs. bootplan does not wait for it at its end;
 * the watcher ends after bootplan does.
 *
 * @returns what it reads; undefined where the machine has no room for one more program, which the next start will tell
 */
function watching(): Writable | undefined {
  if (watcher !== undefined) return watcher.stdin ?? undefined;
  const started = spawn('/bin/sh', [script], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = (): void => {
    if (watcher === started) watcher = undefined;
  };
  started.once('error', gone).once('exit', (_, signal) => {
    gone();
    // It was killed from outside. What runs is not left unwatched until the next program starts.
    if (signal !== null && running.size > 0) watching();
  });
  started.unref();
  const { stdin } = started;
  if (!stdin) return undefined;
  stdin.on('error', gone);
  // Node gives the pipe of a child as a socket. Unreferenced, it does not keep this process alive.
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  watcher = started;
  for (const group of running) stdin.write(`+ ${group}\n`);
  return stdin;
}

/**
 * Sees to it that nothing of a process group survives bootplan.
 *
 * @param leader its process id: of a program that was started as the leader of a group
 * @returns to be called when the program has ended, since its number may then be given to others
 */
export function endsWithUs(leader: number): () => void {
  const told = watching();
  running.add(leader);
  told?.write(`+ ${leader}\n`);
  return () => {
    running.delete(leader);
    watcher?.stdin?.write(`- ${leader}\n`);
  };
}
