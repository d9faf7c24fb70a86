/** The one place in this folder that starts a program: decompressors that Node lacks, and apt's list of its indices. */
import { spawn } from 'node:child_process';
import { EnvironmentError, exitCode } from '../errors.ts';

/**
 * What a program writes to stdout, given its stdin. Rejects with its own words when it fails, and with an
 * EnvironmentError that names its Debian package when it is not installed.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  debianPackage: string,
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    const out = new Gathered(Math.max(1 << 16, 8 * input.length));
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (cause) => {
      const message = `the program ${program} cannot be started`;
      reject(new EnvironmentError(message, exitCode.missingTool, `sudo apt-get install ${debianPackage}`, { cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(out.bytes);
      else reject(new Error(Buffer.concat(err).toString('utf8').trim() || `${program} ended with ${code}`));
    });
    child.stdin.on('error', () => {}); // it ended before it had read all; its exit code says why
    child.stdin.end(input);
  });
}

/** Bytes that come in pieces, in one buffer from the start: an index is held once, not as pieces and then as a whole. */
class Gathered {
  private buffer: Buffer;
  private length = 0;

  constructor(expected: number) {
    this.buffer = Buffer.allocUnsafeSlow(expected);
  }

  push(piece: Buffer): void {
    if (this.length + piece.length > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.length + piece.length));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.length += piece.copy(this.buffer, this.length);
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}
