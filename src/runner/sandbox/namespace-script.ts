/** The shell scripts that stand between bootplan and a build; close.sh and mounts.sh say what they do. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Descriptor by which bwrap gets the filter of system calls: mounts.sh opens it. */
export const filterAt = 9;

/** Beside each directory that is mounted these two are needed: an empty one, and one of its own for the kernel. */
export const besideMounts = (host: string): readonly string[] => [
  join(dirname(host), '.none'),
  join(dirname(host), `.${basename(host)}`),
];

const script = (name: string): string => readFileSync(new URL(`./${name}.sh`, import.meta.url), 'utf8');

/** The text of close.sh. */
export const closing = script('close');
/** The text of mounts.sh. */
export const mounts = script('mounts');
