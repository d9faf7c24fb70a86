/** `cache`: what the cache of a run holds, whether it is sound, and away with what has not been used for longest. */
import { Cache } from '../../runner/cache/cache.ts';
import {
  type CacheInfo,
  type CacheSoundness,
  type Collected,
  cacheInfo,
  collectGarbage,
  verifyCache,
} from '../../runner/cache/cache-care.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { verifySeeds } from '../../runner/fetch/seed-seal.ts';
import { Session } from '../../runner/journal/session.ts';
import { stateDirectory } from '../../runner/journal/state-directory.ts';
import { pinnedActions } from '../../runner/run/cache-roots.ts';

/** How much is in the cache of a state directory. */
export const contentsOfCache = (state: string): CacheInfo => cacheInfo(new Cache(stateDirectory(state).cache));

/** What the run of this state directory has built stays in any case. */
export const shrinkCache = (state: string, keepBytes: number): Promise<Collected> =>
  during(state, 'bootplan cache gc', (session) =>
    collectGarbage(session.cache, keepBytes, pinnedActions(session.directory)),
  );

/** Hashes the cache, and the unpacked seeds of this user; what is not what its name says is removed. */
export const soundCache = (state: string): Promise<CacheSoundness> =>
  during(state, 'bootplan cache verify', async (session) => {
    const found = await verifyCache(session.cache);
    return { ...found, damaged: [...found.damaged, ...(await verifySeeds(cacheDirectory()))] };
  });

/** Under the lock of the state directory. */
async function during<T>(state: string, who: string, work: (session: Session) => T | Promise<T>): Promise<T> {
  const session = await Session.open(stateDirectory(state), who);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
