/**
 * What the rigs of a test file leave behind, let go when the file is done, whether its tests pass, fail or never begin.
 */

type Release = () => unknown;

const kept: Release[] = [];

/**
 * Called by a rig at the moment in which it starts or makes something; nothing is left to the test that asked for it.
 */
export const whenDone = (release: Release): void => void kept.push(release);

/** The last first: a server goes before the directory in which it works. What cannot be let go keeps nothing else. */
export async function releaseAll(): Promise<void> {
  const failed: unknown[] = [];
  for (const release of kept.splice(0).toReversed()) {
    try {
      await release();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, 'what a rig has made could not be let go');
}
