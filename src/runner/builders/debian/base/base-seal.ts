/**
 * A base is kept for all runs, and everything is built on it: it is believed only as it was made. A file beside it has
 * a stamp of every name, kind, mode, owner, size and time in it. The time of the last change of an inode nobody can
 * set: an edit whose other times were put back shows in it.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sealText, writeSealText } from '../../../files/seal-file.ts';
import { defaultLimits } from '../../../sandbox/sandbox.ts';
import { runInChroot, workIn } from '../chroot/chroot.ts';

const look = `cd "$1" && find . -mindepth 1 -printf '%P\\0%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%l\\0\\n' | sort | sha256sum`;

/** Looked at from inside, where the owners of all that is in it are: an ordinary user cannot read every directory. */
async function stampOf(directory: string, scratch: string, signal?: AbortSignal): Promise<string | undefined> {
  const log = join(scratch, 'stamp');
  rmSync(log, { force: true });
  const inside = join(workIn({ binds: [{ host: directory, inside: '', writable: false }] }), '../base');
  const ended = await runInChroot({
    binds: [{ host: directory, inside, writable: false }],
    command: ['bash', '-o', 'pipefail', '-c', look, 'bash', inside],
    environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    limits: defaultLimits,
    usageFile: join(scratch, 'stamp-usage'),
    log,
    timeoutSeconds: 600,
    ...(signal !== undefined && { signal }),
  });
  const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return ended.exitCode === 0 ? /^([0-9a-f]{64}) {2}-$/m.exec(said)?.[1] : undefined;
}

/** @param scratch a directory for two temporary files */
export async function sealBase(directory: string, scratch: string, signal?: AbortSignal): Promise<void> {
  const stamp = await stampOf(directory, scratch, signal);
  if (stamp !== undefined) writeSealText(directory, stamp);
}

/** Is it there, as it was sealed? */
export async function isAsSealed(directory: string, scratch: string, signal?: AbortSignal): Promise<boolean> {
  const text = sealText(directory);
  return text !== undefined && text === (await stampOf(directory, scratch, signal));
}
