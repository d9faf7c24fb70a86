/**
 * What keeps the targets from ending clean, and what is answered once a limit is over: both held against trying every
 * set of breaks on drawn universes.
 */

import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { everyChoice } from '../src/solver/break/every-choice/every-choice.ts';
import { openUniverse, wantedOf } from '../src/solver/break/every-choice/fewest-breaks.ts';
import {
  buildChosen,
  cleanSources,
  wishable,
  withoutNeverClean,
} from '../src/solver/break/every-choice/open-universe.ts';
import { Separator } from '../src/solver/break/hitting-set/cuts.ts';
import { Foundation } from '../src/solver/break/hitting-set/founded.ts';
import { isWish } from '../src/solver/break/problem/blocking.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { drawnUniverse, leastBreaks, trialOf } from './rig/every-choice.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** Sources that do with what a stage alone yields, or for good with one that nothing can build. */
function oldCopies(n: number): string {
  const pairs = Array.from({ length: n }, (_, i) => `s${i}: early-x | x${i}\nx${i}: nowhere`);
  const targets = Array.from({ length: n }, (_, i) => `s${i}`);
  const early = ['early:', 'early stage1 -> early-x:'];
  return [...pairs, ...early, 'alternatives: any', `targets: ${targets.join(', ')}`].join('\n');
}

/** The question of one universe with wishes, and whether a choice answers it. */
function asked(u: Universe) {
  const resolved = resolve(u);
  const open = withoutNeverClean(openUniverse(resolved), wishable(openUniverse(resolved), true));
  const { problem, goals, further } = everyChoice(open, wantedOf(resolved), wishable(open, true), {});
  const ends = (on: Uint8Array): boolean => {
    const wishes = problem.elements.flatMap((e, i) => (isWish(e) && on[i] === 1 ? [e.source] : []));
    const clean = cleanSources(open, buildChosen(open, problem.elements, on).built, wishes);
    return goals.every((s) => clean[s] === 1);
  };
  return { problem, further, ends, foundation: new Foundation(problem) };
}

test('cuts of drawn choices: none is hit by the choice, and nothing ends clean without a member of each', () => {
  let cuts = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const draw = random(seed);
    const text = drawnUniverse(draw, 6, 'any');
    const { problem, further, ends, foundation } = asked(universe(text));
    for (let choice = 0; choice < 8; choice++) {
      const on = Uint8Array.from(problem.elements, () => draw(2));
      if (!foundation.reaches(on)) continue;
      const found = further.cuts(on);
      expect([seed, text, found.length === 0]).toEqual([seed, text, ends(on)]);
      for (const cut of found) {
        cuts++;
        expect(cut.every((e) => on[e] === 0)).toBe(true);
        const but = (left: readonly number[]) => problem.elements.map((_, e) => Number(!left.includes(e)));
        expect([seed, text, cut, ends(Uint8Array.from(but(cut)))]).toEqual([seed, text, cut, false]);
      }
      const all = on.slice();
      for (const e of further.atOnce(on)) all[e] = 1;
      expect([seed, text, ends(all)]).toEqual([seed, text, true]);
    }
  }
  expect(cuts).toBeGreaterThan(20);
});

test('cuts over every choice of alternatives: nothing ends clean without a member of each, whatever else is chosen', () => {
  let cuts = 0;
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.constantFrom('any', 'first'),
      fc.infiniteStream(fc.boolean()),
      (seed, how, flips) => {
        const u = universe(drawnUniverse(random(seed), 6, how as 'any' | 'first'));
        const { given } = resolve(u);
        const trial = trialOf(u, new Set([...given.keys()].filter((b) => given[b] === 1)), true);
        const { problem } = asked(u);
        const separator = new Separator(problem);
        const wordOf = (e: number): string => {
          const { source, stage } = problem.elements[e]!;
          return `${u.sources[source]!.name} ${stage === 'wish' ? 0 : stage}`;
        };
        for (let choice = 0; choice < 4; choice++) {
          const on = Uint8Array.from(problem.elements, () => Number(flips.next().value));
          for (const cut of separator.cuts(on)) {
            cuts++;
            expect(cut.some((e) => on[e] === 1)).toBe(false);
            const left = new Set(cut.map(wordOf));
            expect(trial.reaches([...trial.stages, ...trial.wished].filter((word) => !left.has(word)))).toBe(false);
          }
        }
      },
    ),
    { numRuns: 300, seed: 306 },
  );
  expect(cuts).toBeGreaterThan(300);
});

test('what is needed for good is asked for at once, each by a cut of its own', () => {
  const u = universe(oldCopies(30));
  const { problem, further, foundation } = asked(u);
  const nameOf = (e: number): string => u.sources[problem.elements[e]!.source]!.name;
  const on = Uint8Array.from(problem.elements, (_, e) => Number(nameOf(e) === 'early'));
  expect(foundation.reaches(on)).toBe(true);
  const named = further.cuts(on).map((cut) => cut.map(nameOf).join());
  expect(named.sort()).toEqual(Array.from({ length: 30 }, (_, i) => `x${i}`).sort());
});

test('after a limit there is an answer: a sufficient set, and a bound that the least one meets', async () => {
  let above = 0;
  for (let seed = 0; seed < 200; seed++) {
    const text = drawnUniverse(random(seed), 7, seed % 2 === 0 ? 'any' : 'first');
    const u = universe(text);
    const { given } = resolve(u);
    const least = leastBreaks(u, new Set([...given.keys()].filter((b) => given[b] === 1)), true);
    const { plan, solution } = await makePlan(resolve(u), { wishes: 'last-resort', timeLimitSeconds: 1e-9 });
    const wishes = plan.costs.find((c) => c.criterion === 'wishes')!;
    const fewest = least.breaks.filter((b) => b.stage === 0).length;
    const stuck = plan.stuck.map((s) => s.source).filter((s) => !least.stuck.includes(s));
    expect([seed, text, stuck]).toEqual([seed, text, []]);
    expect([seed, text, wishes.lowerBound <= fewest, fewest <= wishes.value]).toEqual([seed, text, true, true]);
    expect(wishes.value).toBe(solution.wishes.length);
    above += Number(wishes.value > fewest);
    if (wishes.value > fewest) expect(plan.status).not.toBe('optimal');
  }
  expect(above).toBeGreaterThan(0);
});
