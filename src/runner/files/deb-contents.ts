/** What a .deb installs, file by file, read from the tar stream that dpkg-deb makes of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { type SharedLibrary, sharedLibrary } from '../formats/elf-dynamic.ts';
import { runProcess } from '../process.ts';
import { tarMembers } from './tar-members.ts';

/** The files of a package, and the libraries among them. */
export interface DebContents {
  /** Path -> what two equal files have in common. */
  readonly files: ReadonlyMap<string, string>;
  readonly libraries: readonly SharedLibrary[];
}

/** Larger than any library: of one that is no less large only the bytes are compared. */
const largestLibrary = 2 ** 28;

const mayBeLibrary = (first: Buffer, bytes: number): boolean =>
  first.toString('latin1') === '\x7fELF' && bytes <= largestLibrary;

/** @param scratch a directory for one temporary file */
export async function contentsOf(deb: string, scratch: string): Promise<DebContents> {
  const tar = join(scratch, 'contents.tar');
  try {
    const ended = await runProcess('dpkg-deb', ['--fsys-tarfile', deb], { stdoutFile: tar, repeatable: true });
    if (ended.exitCode !== 0)
      throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'bootplan cache verify');
    const files = new Map<string, string>();
    const libraries: SharedLibrary[] = [];
    for await (const { path, line, content } of tarMembers(tar, mayBeLibrary)) {
      files.set(path, line);
      const library = content && sharedLibrary(content);
      if (library !== undefined) libraries.push(library);
    }
    return { files, libraries };
  } finally {
    rmSync(tar, { force: true });
  }
}
