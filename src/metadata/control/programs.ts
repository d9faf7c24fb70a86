/** The one place in this folder that starts a program: decompressors that Node lacks, and apt's list of its indices. */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { inFile, inMemory, type LongText } from './long-text.ts';

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly debianPackage: string;
  /** Bytes, or the path of a file that holds them. */
  readonly input: Uint8Array | string;
}

/**
 * What a program writes to stdout, given its stdin, in memory or in a file that is gone when it is closed. Rejects with
 * the program's own words when it fails, and with an EnvironmentError that names its Debian package when it is not
 * installed.
 */
export async function outputOf(
  name: string,
  args: readonly string[],
  debianPackage: string,
  input: Uint8Array | string = new Uint8Array(),
): Promise<LongText> {
  const program = { name, args, debianPackage, input };
  // Through a file an index of 50 MB costs a tenth of what it costs through a pipe, a piece after the other. Where
  // there is no room for one, the pipe will do; and if it was not for the room, the program says once more what is
  // wrong.
  const file = namelessFile();
  if (file !== undefined) {
    try {
      await run(program, file);
      return inFile(name, file, fstatSync(file).size);
    } catch (error) {
      closeSync(file);
      if (error instanceof EnvironmentError) throw error;
    }
  }
  return inMemory({ file: name, bytes: await run(program, 'pipe') });
}

/** A file that is gone when it is closed, however that comes about. */
function namelessFile(): number | undefined {
  try {
    const path = join(tmpdir(), `bootplan-${process.pid}-${process.hrtime.bigint()}`);
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  } catch {
    return undefined;
  }
}

/** What came through the pipe; nothing when stdout is a file. */
function run({ name, args, debianPackage, input }: Program, stdout: 'pipe' | number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const stdin = typeof input === 'string' ? openSync(input, 'r') : 'pipe';
    const child = spawn(name, args, { stdio: [stdin, stdout, 'pipe'], env });
    if (typeof stdin === 'number') closeSync(stdin);
    child.on('error', (cause) => {
      const message = `the program ${name} cannot be started`;
      reject(new EnvironmentError(message, exitCode.missingTool, `sudo apt-get install ${debianPackage}`, { cause }));
    });
    const [out, err] = [child.stdout, child.stderr].map((pipe) => (pipe ? buffer(pipe) : Buffer.alloc(0)));
    child.on('close', async (code) => {
      const said = String(await err).trim();
      if (code === 0) resolve((await out)!);
      else reject(new Error(said || `${name} ended with ${code}`));
    });
    child.stdin?.on('error', () => {}); // it ended before it had read all; its exit code says why
    child.stdin?.end(input);
  });
}
