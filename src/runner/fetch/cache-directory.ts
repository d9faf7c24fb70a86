/** What every run on this machine shares: apt's lists, downloads, the unpacked seed. All of it can be deleted. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The XDG base directory specification has a relative path ignored. */
export function cacheDirectory(): string {
  const given = process.env.XDG_CACHE_HOME ?? '';
  return join(given.startsWith('/') ? given : join(homedir(), '.cache'), 'bootplan');
}
