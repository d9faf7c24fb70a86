/**
 * One bootplan per state directory. The lock itself is a socket in the kernel's abstract name space, named after the
 * directory's inode: taking it is atomic, and it is gone the instant its holder is, however it died. The file `lock`
 * only says who holds it; the file of a dead holder means nothing and is overwritten.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { publishText } from '../publish.ts';
import type { StateDirectory } from '../state-directory.ts';

export interface Lock {
  release(): void;
}

function listen(name: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(name, () => resolve(server.unref()));
  });
}

interface Holder {
  readonly pid: number;
  readonly since: string;
  readonly command: string;
}

function holderIn(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Is there a process of that number, whoever's? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Listens, or fails once a living holder has a name. The kernel may take the sockets of a killed process down a moment
 * after the process, and a new holder says who it is a moment after it has become it: both are waited for.
 */
async function listenAfterTheDead(name: string, file: string): Promise<Server> {
  for (let tries = 0; ; tries++) {
    try {
      return await listen(name);
    } catch (error) {
      const holder = holderIn(file);
      if (tries === 40 || (holder && isAlive(holder.pid))) throw error;
      await pause(50);
    }
  }
}

/** @throws EnvironmentError (75) when another bootplan holds it, saying which. */
export async function takeLock(state: StateDirectory, command: string): Promise<Lock> {
  const { dev, ino } = statSync(state.root);
  try {
    const server = await listenAfterTheDead(`\0bootplan/${dev}/${ino}`, state.lock);
    publishText(state.lock, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString(), command })}\n`);
    return {
      release() {
        rmSync(state.lock, { force: true });
        server.close();
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const holder = holderIn(state.lock);
    const who = holder ? `process ${holder.pid}, \`${holder.command}\`, since ${holder.since}` : 'another bootplan';
    throw new EnvironmentError(
      `${state.root} is in use by ${who}`,
      exitCode.tryAgain,
      'wait for it to end, or give this run another directory: --state DIR',
    );
  }
}
