/**
 * Files that a living process holds, by flock(2): taking one is atomic, and it is free the instant its holder is gone,
 * however it died. Holders see each other across network and process namespaces, as those of containers. What is
 * written in the file only says who holds it.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { runProcess } from '../process.ts';

/** A lock that this process holds. */
export interface Held {
  /** Told to a process that finds it held. */
  say(text: string): void;
  /** Lets go, and takes the file away with it. */
  release(): void;
  /** Releases the lock; the file stays, and may be taken again. */
  leave(): void;
}

const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/** The lock belongs to the open file, which this process shares with the program that takes it. */
async function lock(descriptor: number, path: string, seconds: number): Promise<boolean> {
  const args = ['--exclusive', '--timeout', String(seconds), '3'];
  const { exitCode: code, stderr } = await runProcess('flock', args, { descriptor, repeatable: true });
  if (code === 0 || code === 1) return code === 0;
  const help = 'choose a directory on another file system: --state DIR';
  throw new EnvironmentError(`${path} cannot be locked: ${stderr}`, exitCode.disk, help);
}

/** False when its name leads to another file by now, or to none. */
function isStill(descriptor: number, path: string): boolean {
  const [ours, there] = [fstatSync(descriptor), statSync(path, { throwIfNoEntry: false })];
  return there !== undefined && ours.ino === there.ino && ours.dev === there.dev;
}

/**
 * Takes hold of a file; makes it when it is not there.
 *
 * @param seconds how long to wait for another holder
 * @returns undefined when another holder has it
 */
export async function hold(path: string, seconds: number): Promise<Held | undefined> {
  for (;;) {
    const descriptor = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644);
    try {
      if (!(await lock(descriptor, path, seconds))) {
        closeSync(descriptor);
        return undefined;
      }
      if (isStill(descriptor, path)) return heldBy(descriptor, path);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    // Its last holder took it away meanwhile.
    closeSync(descriptor);
  }
}

const heldBy = (descriptor: number, path: string): Held => ({
  say(text) {
    ftruncateSync(descriptor);
    writeSync(descriptor, text, 0);
  },
  release() {
    if (isStill(descriptor, path)) rmSync(path, { force: true });
    closeSync(descriptor);
  },
  leave: () => closeSync(descriptor),
});
