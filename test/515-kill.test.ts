/** Killed at any instant, a run goes on to the same archives, and leaves nothing half-done behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../src/runner/journal/journal.ts';
import { stateDirectory } from '../src/runner/journal/state-directory.ts';
import { compilerPlan } from './rig/fake-builder.ts';
import { root, scratch } from './rig/program.ts';
import { archives, run } from './rig/run-rig.ts';

const tries = Number(process.env.BOOTPLAN_KILLS ?? 20);

/** Starts a run and kills it after so many milliseconds; tells whether it got to its end before. */
function runAndKill(directory: string, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, 'test/rig/fake-run.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((resolve) =>
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(output.includes('complete'));
    }),
  );
}

/** Everything below the state directory whose name says that it is not finished. */
const leftovers = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.unfinished') || /^archives\/\.[^/]+-[ab]$/.test(file),
  );

test(
  `${tries} kills at random instants change nothing but the time it takes`,
  async () => {
    const undisturbed = scratch();
    await run(undisturbed, compilerPlan());
    const expected = archives(undisturbed);
    const generations = leftovers(undisturbed).length;

    const parent = scratch();
    const began = performance.now();
    expect(await runAndKill(mkdtempSync(join(parent, 'whole-')), 60_000)).toBe(true);
    const whole = performance.now() - began;

    let directory = mkdtempSync(join(parent, 'killed-'));
    let interrupted = 0;
    const journalLengths = new Set<number>();
    for (let i = 0; i < tries; i++) {
      const moment = Math.random() * whole;
      const finished = await runAndKill(directory, moment);
      const { journal } = stateDirectory(directory);
      if (!finished && existsSync(journal)) interrupted++;
      journalLengths.add(existsSync(journal) ? readFileSync(journal).length : 0);
      const { after } = await run(directory, compilerPlan());
      expect(after.status, `killed after ${moment} ms in ${directory}`).toBe('complete');
      expect(archives(directory)).toEqual(expected);
      expect(leftovers(directory)).toHaveLength(generations);
      const seqs = readJournal(journal).map((event) => event.seq);
      expect(seqs).toEqual([...seqs.keys()]);
      directory = mkdtempSync(join(parent, 'killed-'));
    }
    expect(interrupted).toBeGreaterThan(tries / 8);
    expect(journalLengths.size).toBeGreaterThan(tries / 8);
  },
  600_000 + tries * 10_000,
);
