/** How programs are started, where no other test looks. */
import { expect, test } from 'vitest';
import { runProcess } from '../src/runner/process.ts';

test('a time limit of centuries, longer than any timer, ends nothing', async () => {
  const ended = await runProcess('sleep', ['0.2'], { timeout: 10_000_000_000_000 });
  expect(ended).toMatchObject({ exitCode: 0, timedOut: false });
});
