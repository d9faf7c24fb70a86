/**
 * One bootplan per state directory. The lock itself is a socket in the kernel's abstract name space, named after the
 * directory's inode: taking it is atomic, and it is gone the instant its holder is, however it died. The file `lock`
 * only says who holds it; the file of a dead holder means nothing and is overwritten.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { EnvironmentError, exitCode } from '../errors.ts';
import { publishText } from './publish.ts';
import type { StateDirectory } from './state-directory.ts';

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

function holder(file: string): string {
  try {
    const { pid, since, command } = JSON.parse(readFileSync(file, 'utf8'));
    return `process ${pid}, \`${command}\`, since ${since}`;
  } catch {
    return 'another bootplan';
  }
}

/** @throws EnvironmentError (75) when another bootplan holds it, saying which. */
export async function takeLock(state: StateDirectory, command: string): Promise<Lock> {
  const { dev, ino } = statSync(state.root);
  try {
    const server = await listen(`\0bootplan/${dev}/${ino}`);
    publishText(state.lock, `${JSON.stringify({ pid: process.pid, since: new Date().toISOString(), command })}\n`);
    return {
      release() {
        rmSync(state.lock, { force: true });
        server.close();
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new EnvironmentError(
      `${state.root} is in use by ${holder(state.lock)}`,
      exitCode.tryAgain,
      'wait for it to end, or give this run another directory: --state DIR',
    );
  }
}
