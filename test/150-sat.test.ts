/** The complete solver: every model is one, every core contradicts itself, and hard inputs end. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { luby, negative, positive, solveSat } from '../src/solver/install/sat.ts';

type Clauses = readonly (readonly number[])[];

/** Truth of a clause when bit v of `world` says whether variable v holds. */
const holdsIn = (world: number) => (clause: readonly number[]) =>
  clause.some((literal) => ((world >> (literal >> 1)) & 1) === 1 - (literal & 1));

/** By trying all worlds: the definition. */
const someWorld = (variables: number, clauses: Clauses): boolean =>
  Array.from({ length: 1 << variables }, (_, world) => world).some((world) => clauses.every(holdsIn(world)));

const variables = 7;
const formulas = fc.array(fc.array(fc.nat({ max: 2 * variables - 1 }), { maxLength: 4 }), { maxLength: 40 });

test('agrees with trying everything; models are models, cores contradict themselves', () => {
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(formulas, (clauses) => {
      const answer = solveSat(variables, clauses);
      expect(answer.satisfiable).toBe(someWorld(variables, clauses));
      if (answer.satisfiable) {
        seen.yes++;
        const world = answer.model.reduce((bits, value, v) => bits | (value << v), 0);
        expect(clauses.filter((clause) => !holdsIn(world)(clause))).toEqual([]);
      } else {
        seen.no++;
        const core = answer.core.map((id) => clauses[id]!);
        expect(someWorld(variables, core)).toBe(false);
      }
    }),
    { numRuns: 3000, seed: 150 },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(300);
});

test('the same input gives the same answer, and the input is left as it was', () => {
  fc.assert(
    fc.property(formulas, (clauses) => {
      const before = JSON.stringify(clauses);
      expect(solveSat(variables, clauses)).toEqual(solveSat(variables, clauses));
      expect(JSON.stringify(clauses)).toBe(before);
    }),
    { numRuns: 200, seed: 151 },
  );
});

test('what nothing asks for stays false, and of two candidates the first is taken', () => {
  const [build, first, second, unrelated] = [0, 1, 2, 3];
  const clauses = [
    [positive(build)],
    [negative(build), positive(first), positive(second)],
    [negative(unrelated), positive(second)],
  ];
  expect(solveSat(4, clauses)).toEqual({ satisfiable: true, model: Uint8Array.of(1, 1, 0, 0) });
});

test('takes the second candidate when the first leads to a contradiction', () => {
  const clauses = [[positive(0), positive(1)], [negative(0), positive(2)], [negative(2)]];
  expect(solveSat(3, clauses)).toEqual({ satisfiable: true, model: Uint8Array.of(0, 1, 0) });
});

test('the degenerate inputs: nothing, an empty clause, a clause that is always true, one literal twice', () => {
  expect(solveSat(0, [])).toEqual({ satisfiable: true, model: new Uint8Array(0) });
  expect(solveSat(1, [[positive(0)], []])).toEqual({ satisfiable: false, core: [1] });
  expect(solveSat(1, [[positive(0), negative(0)]])).toEqual({ satisfiable: true, model: Uint8Array.of(0) });
  expect(solveSat(1, [[positive(0), positive(0)]])).toEqual({ satisfiable: true, model: Uint8Array.of(1) });
  expect(solveSat(1, [[positive(0)], [negative(0)]])).toEqual({ satisfiable: false, core: [0, 1] });
});

test('learns: eight pigeons do not fit into seven holes, and in eight they do', () => {
  const sits = (pigeon: number, hole: number) => pigeon * 8 + hole;
  const pigeons = [...Array(8).keys()];
  const clauses = (holes: number) => [
    ...pigeons.map((p) => Array.from({ length: holes }, (_, h) => positive(sits(p, h)))),
    ...pigeons.flatMap((p) =>
      pigeons
        .slice(p + 1)
        .flatMap((q) => Array.from({ length: holes }, (_, h) => [negative(sits(p, h)), negative(sits(q, h))])),
    ),
  ];
  expect(solveSat(64, clauses(7)).satisfiable).toBe(false);
  expect(solveSat(64, clauses(8)).satisfiable).toBe(true);
});

test('a chain of 200,000 implications is no recursion', () => {
  const n = 200_000;
  const chain = Array.from({ length: n - 1 }, (_, v) => [negative(v), positive(v + 1)]);
  expect(solveSat(n, [[positive(0)], ...chain]).satisfiable).toBe(true);
  const answer = solveSat(n, [[positive(0)], ...chain, [negative(n - 1)]]);
  expect(answer).toMatchObject({ satisfiable: false });
  expect(!answer.satisfiable && answer.core.length).toBe(n + 1);
});

test('the restart sequence is that of Luby, Sinclair and Zuckerman', () => {
  expect(Array.from({ length: 15 }, (_, i) => luby(i + 1))).toEqual([1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
});
