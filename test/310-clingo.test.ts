/** The door to clingo: its traps stay shut, its limits are kept, and the same program has the same answer. */
import { afterAll, expect, test } from 'vitest';
import { closeClingo, programLimit, solveProgram } from '../src/solver/clingo.ts';
import { random } from './rig/generate/graphs.ts';

afterAll(closeClingo);

/** A hitting set of drawn cuts: `cut(C,(a;b;c))` and a price for each element. */
function cuts(seed: number, elements: number, count: number, size: number): string {
  const draw = random(seed);
  const known = new Set<number>();
  const lines = Array.from({ length: count }, (_, c) => {
    const members = [...new Set(Array.from({ length: size }, () => draw(elements)))];
    for (const e of members) known.add(e);
    return `cut(${c},(${members.join(';')})).`;
  });
  return [...lines, ...[...known].map((e) => `price(${e},${e % 3 === 0 ? 2 : 1}).`)].join('\n');
}

const hits = (atoms: readonly string[]) => atoms.map((a) => Number(a.slice(4, -1))).sort((a, b) => a - b);

test('it goes on to the optimum, though one model is what clingo-wasm asks for when it is not told', async () => {
  const answer = await solveProgram(['hitting-set'], 'cut(0,(1;2)). cut(1,(2;3)). price(1,1). price(2,1). price(3,1).');
  expect(answer).toMatchObject({ status: 'optimal', costs: [1] });
  expect(answer.status === 'optimal' && answer.models.map(hits)).toEqual([[2]]);
});

test('wishes count before stage builds', async () => {
  const answer = await solveProgram(['hitting-set'], 'cut(0,(1;2)). cut(1,(1;3)). price(1,2). price(2,1). price(3,1).');
  expect(answer.status === 'optimal' && answer.models.map(hits)).toEqual([[2, 3]]);
});

test('of the optimal sets the one that holds the lowest element, and so on', async () => {
  const facts = 'cut(0,(1;2;3)). cut(1,(3;4)). cut(2,(2;5)). price((1;2;3;4;5),1).';
  const ranks = [1, 2, 3, 4, 5].map((e, i) => `rank(${e},${-1 - i}).`).join(' ');
  const answer = await solveProgram(['hitting-set', 'lowest'], `${facts}\n${ranks}`);
  expect(answer.status === 'optimal' && answer.models.map(hits)).toEqual([[2, 3]]);
});

test('all optimal sets up to a number, and one more to tell that there are more', async () => {
  const ring = Array.from({ length: 8 }, (_, i) => `cut(${i},(${i};${(i + 1) % 8})).`).join(' ');
  const facts = `${ring} price((0;1;2;3;4;5;6;7),1).`;
  const all = await solveProgram(['hitting-set'], facts, {}, 10);
  expect(all.status === 'optimal' && all.models.map(hits).sort()).toEqual([
    [0, 2, 4, 6],
    [1, 3, 5, 7],
  ]);
  const two = await solveProgram(['hitting-set'], facts, {}, 1);
  expect(two.status === 'optimal' && two.models.length).toBe(2);
});

test('an unsatisfiable program is an answer, a wrong one is our bug, one too long for the module is not begun', async () => {
  expect(await solveProgram(['hitting-set'], 'cut(0,7).')).toEqual({ status: 'unsatisfiable' });
  await expect(solveProgram(['hitting-set'], 'cut(.')).rejects.toThrow(/clingo/);
  const long = (n: number) => `cut(0,1). price(1,1). % ${'x'.repeat(n)}`;
  expect((await solveProgram(['hitting-set'], long(programLimit))).status).toBe('stopped');
  expect((await solveProgram(['hitting-set'], long(programLimit - 3000))).status).toBe('optimal');
});

test('forty-five thousand cut members pass', async () => {
  const answer = await solveProgram(['hitting-set'], cuts(1, 60_000, 15_000, 3));
  expect(answer.status).toBe('optimal');
});

test('the same program, the same optimum, in a worker that has solved others before', async () => {
  const program = cuts(5, 120, 300, 3);
  const first = await solveProgram(['hitting-set'], program);
  await solveProgram(['hitting-set'], cuts(6, 50, 100, 3));
  expect(await solveProgram(['hitting-set'], program)).toEqual(first);
  await closeClingo();
  expect(await solveProgram(['hitting-set'], program)).toEqual(first);
});

test('a limit ends a search that clingo itself would not end, and the next search works', async () => {
  const hard = cuts(11, 400, 4000, 4);
  const answer = await solveProgram(['hitting-set'], hard, { deadline: Date.now() + 400 });
  expect(answer.status).toBe('stopped');
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  expect((await solveProgram(['hitting-set'], hard, { signal: controller.signal })).status).toBe('stopped');
  expect((await solveProgram(['hitting-set'], 'cut(0,1). price(1,1).')).status).toBe('optimal');
});

test('an abort while the worker starts is heard', async () => {
  await closeClingo();
  const controller = new AbortController();
  const answer = solveProgram(['hitting-set'], cuts(11, 400, 4000, 4), { signal: controller.signal });
  controller.abort();
  expect((await answer).status).toBe('stopped');
});

test('nothing is started after the limit', async () => {
  expect(await solveProgram(['hitting-set'], '', { deadline: Date.now() - 1 })).toEqual({ status: 'stopped' });
  expect((await solveProgram(['hitting-set'], '', { signal: AbortSignal.abort() })).status).toBe('stopped');
});
