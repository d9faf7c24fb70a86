/** What does not go through the first time, and what need not wait for one another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreTrouble } from './store.ts';

/** Milliseconds before each further try: a server that restarts is back within that time. */
const waits = [200, 1000, 3000];

/** Does it again while what is wrong may pass. @throws StoreTrouble the last one */
export async function untilItPasses<T>(attempt: () => Promise<T>, pauses: readonly number[] = waits): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const pause = pauses[tries];
      if (!(error instanceof StoreTrouble) || !error.passing || pause === undefined) throw error;
      await sleep(pause);
    }
  }
}

/** Does something for each item, `most` at a time; the answers are in the order of the items. */
export async function inParallel<T, R>(most: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) answers[i] = await work(items[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return answers;
}
