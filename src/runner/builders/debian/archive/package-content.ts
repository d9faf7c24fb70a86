/**
 * The digest of what a .deb installs and does, without what tells one archive's copy from another's: so a rebuild that
 * came out the same is known to be the same, whichever archive it is for.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ContentDigest, contentDigest } from '../../../../digests.ts';
import { EnvironmentError, exitCode } from '../../../../errors.ts';
import { isKnownArchitecture } from '../../../../metadata/relations/architecture.ts';
import { byteOrder } from '../../../../order.ts';
import { sha256 } from '../../../files/digest.ts';
import { type TarMember, tarMembers } from '../../../files/tar-members.ts';
import { runProcess } from '../../../process.ts';

/**
 * The entry of a binary-only build has a changelog file of its own, `changelog.Debian.ARCH.gz`, of a native source
 * `changelog.ARCH.gz` (dh_installchangelogs(1)). An upstream may have a changelog.html.gz.
 */
function isOwnChangelog(path: string): boolean {
  const [, architecture] = /^\/usr\/share\/doc\/[^/]+\/changelog(?:\.Debian)?\.([a-z0-9-]+)\.gz$/.exec(path) ?? [];
  return architecture !== undefined && (architecture === 'all' || isKnownArchitecture(architecture));
}

/** Digests of every file, and of the size of what is installed, follow from the contents, the changelog included. */
const derived: ReadonlySet<string> = new Set(['/md5sums']);

/** What versions of our archives end in, its own and those of what it depends on. */
const anyMark = /\+bp1(?:~(?:stage\d+|tainted))?/g;

/** More than a package has: of one that would become larger nothing is written beyond that. */
const mostBytes = 2 ** 31 - 1;

/** Of a control file, whose marks are left out of its digest; a larger one counts as it is. */
const mostControl = 2 ** 24;

/** A line for each member that counts. */
async function members(
  deb: string,
  part: '--fsys-tarfile' | '--ctrl-tarfile',
  scratch: string,
  lineOf: (member: TarMember) => string | undefined,
): Promise<readonly string[]> {
  const tar = join(scratch, 'content.tar');
  try {
    const unpack = [`--fsize=${mostBytes}`, 'dpkg-deb', part, deb];
    const ended = await runProcess('prlimit', unpack, { stdoutFile: tar, repeatable: true });
    if (ended.exitCode !== 0)
      throw new EnvironmentError(`${deb} is no .deb: ${ended.stderr}`, exitCode.disk, 'bootplan cache verify');
    const isWanted = (_: Buffer, bytes: number): boolean => part === '--ctrl-tarfile' && bytes <= mostControl;
    const lines: string[] = [];
    for await (const member of tarMembers(tar, isWanted)) {
      const line = lineOf(member);
      if (line !== undefined) lines.push(line);
    }
    return lines;
  } finally {
    rmSync(tar, { force: true });
  }
}

/** @param scratch a directory for one temporary file */
export async function packageContent(deb: string, scratch: string): Promise<ContentDigest> {
  const data = await members(deb, '--fsys-tarfile', scratch, ({ path, line }) =>
    isOwnChangelog(path) ? undefined : `${path} ${line}`,
  );
  const control = await members(deb, '--ctrl-tarfile', scratch, ({ path, line, content }) => {
    if (derived.has(path)) return undefined;
    if (content === undefined) return `control ${path} ${line}`;
    const text = content
      .toString('latin1')
      .replace(anyMark, '')
      .replace(/^Installed-Size: .*\n/m, '');
    return `control ${path} ${sha256(Buffer.from(text, 'latin1'))}`;
  });
  return contentDigest(sha256([...data, ...control].sort(byteOrder).join('\n')));
}
