/** What of the cache the runs of a state directory rest on. */

import type { ActionDigest } from '../../digests.ts';
import { replay } from '../../run-state.ts';
import { readJournal } from '../journal/journal.ts';
import { crossedArchitectures, crossedDirectory, type StateDirectory } from '../journal/state-directory.ts';

/**
 * The actions of everything that was built and still counts, for every architecture, rounds not come to again included.
 */
export function pinnedActions(directory: StateDirectory): ReadonlySet<ActionDigest> {
  const crossed = crossedArchitectures(directory).map((name) => crossedDirectory(directory, name));
  return new Set(
    [directory, ...crossed].flatMap(({ journal }) => {
      const { earlier, builds } = replay(readJournal(journal));
      // Of a build that was made anew only what it is now.
      const all = new Map([...earlier, ...builds]);
      return [...all.values()].flatMap(({ finished }) => (finished ? [finished.action] : []));
    }),
  );
}
