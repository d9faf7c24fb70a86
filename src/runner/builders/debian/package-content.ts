/**
 * The digest of what a .deb installs and does, without what tells one archive's copy from another's: so a rebuild that
 * came out the same is known to be the same, whichever archive it is for.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError, exitCode } from '../../../errors.ts';
import { byteOrder } from '../../../order.ts';
import { tarMembers } from '../../files/deb-contents.ts';
import { sha256 } from '../../files/digest.ts';
import { runProcess } from '../../process.ts';

/** The entry of a binary-only build has a changelog file of its own (dh_installchangelogs(1)). */
const ownChangelog = /^\/usr\/share\/doc\/[^/]+\/changelog\.Debian\.[a-z0-9-]+\.gz$/;

/** Digests of every file, and of the size of what is installed, follow from the contents, the changelog included. */
const derived: ReadonlySet<string> = new Set(['/md5sums']);

/** What versions of our archives end in, its own and those of what it depends on. */
const anyMark = /\+bp1(?:~(?:stage\d+|tainted))?/g;

/** What can be read in one piece; of a package that would become larger nothing is written beyond that. */
const mostBytes = 2 ** 31 - 1;

async function members(deb: string, part: '--fsys-tarfile' | '--ctrl-tarfile', scratch: string) {
  const tar = join(scratch, 'content.tar');
  const unpack = [`--fsize=${mostBytes}`, 'dpkg-deb', part, deb];
  const ended = await runProcess('prlimit', unpack, { stdoutFile: tar, repeatable: true });
  if (ended.exitCode !== 0)
    throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'bootplan cache verify');
  const found = [...tarMembers(readFileSync(tar))];
  rmSync(tar);
  return found;
}

/** @param scratch a directory for one temporary file */
export async function packageContent(deb: string, scratch: string): Promise<string> {
  const data = (await members(deb, '--fsys-tarfile', scratch)).filter(({ path }) => !ownChangelog.test(path));
  const control = (await members(deb, '--ctrl-tarfile', scratch)).filter(({ path }) => !derived.has(path));
  const lines = [
    ...data.map(({ path, line }) => `${path} ${line}`),
    ...control.map(({ path, content }) => {
      const text = content
        .toString('latin1')
        .replace(anyMark, '')
        .replace(/^Installed-Size: .*\n/m, '');
      return `control ${path} ${sha256(Buffer.from(text, 'latin1'))}`;
    }),
  ];
  return sha256(lines.sort(byteOrder).join('\n'));
}
