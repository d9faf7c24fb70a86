/** Every walk ends, whatever loops an archive has: at run time, through providers and the seed, given and built. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cyclesOfUniverse } from '../src/solver/cycles/cycles.ts';
import { packageGraph } from '../src/solver/graph/package-graph.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { universe } from './rig/universe.ts';

/** Far more than the slowest of them takes; only a walk without end is still at it then. */
const patience = 60_000;

/** @returns the first text that was not answered, with why, or undefined */
async function unanswered(texts: readonly string[]): Promise<string | undefined> {
  const worker = new Worker(new URL('./rig/every-answer.ts', import.meta.url), { workerData: texts });
  let answered = 0;
  let watch: NodeJS.Timeout | undefined;
  const ended = new Promise<string | undefined>((told) => {
    const again = () => {
      clearTimeout(watch);
      watch = setTimeout(() => told(`no answer to\n${texts[answered]}`), patience);
    };
    again();
    worker.on('message', () => {
      answered++;
      if (answered === texts.length) told(undefined);
      else again();
    });
    worker.on('error', (error) => told(error.message));
    worker.on('exit', () => told(answered === texts.length ? undefined : `gone before\n${texts[answered]}`));
  });
  const why = await ended;
  clearTimeout(watch);
  if (why === undefined) await once(worker, 'exit');
  else await worker.terminate();
  return why;
}

const letters = ['a', 'b', 'c', 'd'];
const binaries = letters.flatMap((l) => [l, `${l}-data`]);
const some = <T>(of: readonly T[], maxLength = 3) => fc.uniqueArray(fc.constantFrom(...of), { maxLength });
const group = fc
  .uniqueArray(fc.constantFrom(...binaries, 'virtual'), { minLength: 1, maxLength: 2 })
  .map((names) => names.join(' | '));
const needs = fc.array(group, { maxLength: 3 }).map((groups) => groups.join(', '));

/** Few names, so that nearly everything is in a loop with everything else. */
const loops = fc
  .record({
    sources: fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1 }),
    full: fc.array(needs, { minLength: 4, maxLength: 4 }),
    stage: fc.array(fc.option(needs), { minLength: 4, maxLength: 4 }),
    runtime: fc.array(needs, { minLength: 8, maxLength: 8 }),
    all: some(binaries, 4),
    given: some(binaries, 4),
    seed: some(binaries, 2),
    provides: some(binaries, 3),
    base: some(binaries, 2),
    any: fc.boolean(),
  })
  .map(({ sources, full, stage, runtime, all, given, seed, provides, base, any }) =>
    [
      ...sources.map((s, i) => `${s} -> ${s}, ${s}-data: ${full[i]}`),
      ...sources.flatMap((s, i) => (stage[i] == null ? [] : [`${s} stage1 -> ${s}: ${stage[i]}`])),
      ...binaries.map((b, i) => `${b} => ${runtime[i]}`),
      ...all.map((b) => `${b} is all`),
      ...given.map((b) => `${b} is available`),
      ...provides.map((b) => `${b} provides: virtual`),
      ...base.map((b) => `${b} is essential`),
      ...(seed.length > 0 ? [`seed: ${seed.join(', ')}`] : []),
      ...(any ? ['alternatives: any'] : []),
    ].join('\n'),
  );

test('what is given may need itself at run time below the seed: that is no cycle, and no walk without end', async () => {
  const text = `
    app: tool-data
    gcc => tool-data
    tool-data => tool-common
    tool-common => tool-data
    tool-data is all, available
    tool-common is all, available
    seed: gcc`;
  expect(await unanswered([text])).toBeUndefined();
  const resolved = resolve(universe(text));
  expect(cyclesOfUniverse(resolved, { upTo: 4 }, packageGraph(resolved.graph, 'full')).sccs).toEqual([]);
  const { plan } = await makePlan(resolved, { wishes: 'none' });
  expect(plan.builds.map((b) => b.id)).toEqual(['app']);
});

test('every question about every small archive full of loops is answered', async () => {
  const numRuns = Number(process.env.BOOTPLAN_LOOPS ?? 150);
  const texts = fc.sample(loops, { numRuns, seed: Number(process.env.BOOTPLAN_SEED ?? 43) });
  // Loops of each kind are among them.
  for (const kind of [' is all', ' is available', 'seed:', 'provides:', ' stage1 ', 'essential'])
    expect(texts.filter((text) => text.includes(kind)).length).toBeGreaterThan(numRuns / 10);
  expect(await unanswered(texts)).toBeUndefined();
});
