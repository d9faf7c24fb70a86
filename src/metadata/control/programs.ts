/** The one place in this folder that starts a program: decompressors that Node lacks, and apt's list of its indices. */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { EnvironmentError, exitCode } from '../../errors.ts';

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly debianPackage: string;
  readonly input: Uint8Array;
}

/**
 * What a program writes to stdout, given its stdin. Rejects with its own words when it fails, and with an
 * EnvironmentError that names its Debian package when it is not installed.
 */
export async function outputOf(
  name: string,
  args: readonly string[],
  debianPackage: string,
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  const program = { name, args, debianPackage, input };
  // Through a file an index of 50 MB costs a tenth of what it costs through a pipe, a piece after the other. Where there is
  // no room for one, the pipe will do; and if it was not for the room, the program says once more what is wrong.
  const file = namelessFile();
  if (file !== undefined) {
    try {
      await run(program, file);
      return contentOf(file);
    } catch (error) {
      if (error instanceof EnvironmentError) throw error;
    } finally {
      closeSync(file);
    }
  }
  return run(program, 'pipe');
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

function contentOf(file: number): Buffer {
  const content = Buffer.allocUnsafeSlow(fstatSync(file).size);
  for (let at = 0; at < content.length; ) at += readSync(file, content, at, content.length - at, at);
  return content;
}

/** What came through the pipe; nothing when stdout is a file. */
function run({ name, args, debianPackage, input }: Program, stdout: 'pipe' | number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    const child = spawn(name, args, { stdio: ['pipe', stdout, 'pipe'], env });
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
    child.stdin!.on('error', () => {}); // it ended before it had read all; its exit code says why
    child.stdin!.end(input);
  });
}
