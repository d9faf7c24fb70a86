/** The fewest breaks over all choices of alternatives and providers, held against trying all of them. */
import { afterAll, expect, test } from 'vitest';
import type { Universe } from '../src/model.ts';
import { closeClingo } from '../src/solver/clingo.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { drawnUniverse, leastBreaks } from './rig/every-choice.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** `BOOTPLAN_EVERY_CHOICE=10000` tries as many. */
const runs = Number(process.env.BOOTPLAN_EVERY_CHOICE ?? 300);

async function found(u: Universe, wishes: boolean) {
  const { plan, solution } = await makePlan(resolve(u), { wishes: wishes ? 'last-resort' : 'none', rebuilds: false });
  const breaks = [
    ...solution.wishes.map((source) => ({ source, stage: 0 })),
    ...solution.choices.map(({ source, stage }) => ({ source, stage })),
  ].sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.stage - b.stage));
  return { breaks, stuck: plan.stuck.map((s) => s.source) };
}

/** The same with the supply of some sources declared. */
const supplied = (u: Universe, seed: number): Universe => ({
  ...u,
  sources: u.sources.map((source, i) => ((seed + i) % 3 === 0 ? { ...source, supply: 'cross' } : source)),
});

test(`${runs} drawn universes up to 7 sources: the costs, the set and who is stuck are those of trying everything`, async () => {
  let [broken, choices, supplies] = [0, 0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const draw = random(seed);
    const text = drawnUniverse(draw, seed % 3 === 0 ? 7 : 5, seed % 2 === 0 ? 'any' : 'first');
    const isSupplied = seed % 8 > 5;
    const u = isSupplied ? supplied(universe(text), seed) : universe(text);
    const wishes = seed % 5 < 2;
    const { given } = resolve(u);
    const expected = leastBreaks(u, new Set([...given.keys()].filter((b) => given[b] === 1)), wishes);
    supplies += Number(isSupplied && expected.breaks.some(({ stage }) => stage === 0));
    expect([seed, text, await found(u, wishes)]).toEqual([seed, text, expected]);
    broken += Number(expected.breaks.length > 0);
    choices += Number(text.includes('|'));
  }
  expect(broken).toBeGreaterThan(runs / 5);
  expect(choices).toBeGreaterThan(runs / 3);
  expect(supplies).toBeGreaterThan(runs / 100);
}, 3_600_000);

test('what is stuck since it is never clean taints nobody with its copies, whether they are supplied or the seed has them', async () => {
  // d asks for c, which has a stage and no full build; g asks for d.
  const lines = 'c: nowhere\nc stage1:\nd: c\nd stage1:\ng: d';
  const declared = (u: Universe, names: string): Universe => ({
    ...u,
    sources: u.sources.map((s) => (names.includes(s.name) ? { ...s, supply: 'cross' } : s)),
  });
  const asked = async (u: Universe) => {
    const { plan } = await makePlan(resolve(u), { wishes: 'none' });
    return [plan.stuck.map((s) => s.source).join(), plan.builds.map((b) => `${b.id} ${b.archive}`).join()];
  };
  expect(await asked(universe(lines))).toEqual(['c,d,g', '']);
  expect(await asked(declared(universe(lines), 'd'))).toEqual(['c,d', 'g final']);
  expect(await asked(universe(`${lines}\nseed: d`))).toEqual(['c,d', 'g final']);
  expect(await asked(declared(universe(lines), 'c'))).toEqual(['c', 'd final,g final']);
  expect(await asked(declared(universe(lines), 'cd'))).toEqual(['c', 'd final,g final']);
  // One that is built replaces its copies: who asks for what only its stage yields is never clean, whoever supplies
  // that.
  const early = 'early: late\nearly stage1 -> early-x:\nlate: early-x\nz: late';
  expect(await asked(universe(early))).toEqual(['early,late,z', '']);
  expect(await asked(declared(universe(early), 'late'))).toEqual(['late', 'early final,z final']);
});
