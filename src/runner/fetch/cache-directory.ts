/** What every run on this machine shares: apt's lists, downloads, the unpacked seed. All of it can be deleted. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cacheDirectory = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bootplan');
