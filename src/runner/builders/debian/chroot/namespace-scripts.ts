/**
 * The shell scripts that lead from bootplan's own process into the namespaces of a Debian chroot, outermost first:
 * bind.sh, map.sh, work.sh. Each says what it does and what its arguments are.
 */
import { readFileSync } from 'node:fs';

/** Descriptor by which bwrap gets the filter of system calls: bind.sh opens it. */
export const filterAt = 9;

const script = (name: string): string => readFileSync(new URL(`./${name}.sh`, import.meta.url), 'utf8');

/** The text of bind.sh. */
export const bindScript = script('bind');
/** The text of map.sh. */
export const mapScript = script('map');
/** The text of work.sh. */
export const workScript = script('work');
