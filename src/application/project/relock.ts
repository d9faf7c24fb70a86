/** `relock`: the locks of recipes brought up to date, by what this machine's mirrors have. */
import { nativeArchitecture } from '../../metadata/relations/architecture.ts';
import { AptRoot } from '../../runner/fetch/apt-root.ts';
import { cacheDirectory } from '../../runner/fetch/cache-directory.ts';
import { type Relocking, relock } from '../../runner/fetch/relock.ts';

/** Looks every lock up; the files are changed only where `written` says so. */
export const relockRecipes = (metadata: string, written: boolean): Promise<Relocking> =>
  relock(metadata, () => AptRoot.open(cacheDirectory(), nativeArchitecture), written);
