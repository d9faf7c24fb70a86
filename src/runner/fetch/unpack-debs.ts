/**
 * Debian packages unpacked into one tree, without documentation and without a maintainer script. What is in them was
 * made elsewhere: a link in one and a path through it in another would lead anywhere, so that the tree is the one place
 * that can be written to while this happens.
 */
import { mkdirSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Ended, runProcess } from '../process.ts';

/** What no build reads. */
const unused = ['doc', 'info', 'lintian', 'locale', 'man'].map((d) => `--exclude=./usr/share/${d}`);

/** Neither owners nor set-user-id: no program of these is for the machine itself. */
const script = `set -e
for deb; do
  dpkg-deb --fsys-tarfile "$deb" >"$T"
  tar -xf "$T" -C "$R" --keep-directory-symlink --no-same-owner --no-same-permissions $X
done
rm -f "$T"`;

const path = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * The words before a command that let it see this machine as it is, and write to one directory only; root can make no
 * device there. Empty where no sandbox starts: a user who builds without one has been warned.
 */
async function confined(directory: string): Promise<readonly string[]> {
  const bwrap = ['bwrap', '--ro-bind', '/', '/', '--bind', directory, directory, '--unshare-pid', '--die-with-parent'];
  const privileges = process.getuid?.() === 0 ? ['--cap-drop', 'ALL', '--cap-add', 'CAP_DAC_OVERRIDE'] : [];
  const command = [...bwrap, ...privileges, '--'];
  const starts = await runProcess(command[0]!, [...command.slice(1), 'true'], { env: path, repeatable: true });
  return starts.exitCode === 0 ? command : [];
}

/** /bin and its kin are links into /usr before anything is unpacked, and stay so. The tree must be new. */
export async function unpackDebs(debs: readonly string[], directory: string): Promise<readonly Ended[]> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(directory, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(directory, name));
  }
  const prefix = await confined(directory);
  const workers = Math.min(4, availableParallelism());
  return Promise.all(
    Array.from({ length: workers }, (_, worker) => {
      const own = debs.filter((_, i) => i % workers === worker);
      const [file, ...args] = [...prefix, 'sh', '-c', script, 'sh', ...own];
      const env = { ...path, R: directory, T: join(directory, `.${worker}.tar`), X: unused.join(' ') };
      return runProcess(file!, args, { env });
    }),
  );
}
