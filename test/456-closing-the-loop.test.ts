/** What `plan` tells to declare, declared exactly as told, gives a plan without wishes. */
import { afterAll, expect, test } from 'vitest';
import { closeClingo } from '../src/solver/clingo.ts';
import { wishesOfSet } from '../src/solver/explain/wishes.ts';
import { Buildable } from '../src/solver/graph/buildable.ts';
import { resolve } from '../src/solver/graph/resolve.ts';
import { indexIn } from '../src/stages/first-round.ts';
import { makePlan } from '../src/stages/make-plan.ts';
import { drawnUniverse } from './rig/every-choice.ts';
import { random } from './rig/generate/graphs.ts';
import { universe } from './rig/universe.ts';

afterAll(closeClingo);

/** `BOOTPLAN_CLOSING_THE_LOOP=2000` tries as many. */
const runs = Number(process.env.BOOTPLAN_CLOSING_THE_LOOP ?? 200);

/** The lines with one more stage, or with the stage of that number reduced. */
function declared(lines: readonly string[], source: string, stage: number, field: string): string[] {
  const needs = field.slice(field.indexOf(':') + 1).trim();
  const known = lines.find((l) => l.startsWith(`${source} stage${stage}`));
  if (known === undefined) return [...lines, `${source} stage${stage}: ${needs}`];
  return lines.map((l) => (l === known ? `${l.slice(0, l.indexOf(':'))}: ${needs}` : l));
}

test(`${runs} drawn universes, stages that leave out binaries among them: the loop closes`, async () => {
  let wished = 0;
  for (let seed = 0; seed < runs; seed++) {
    const text = drawnUniverse(random(50_000 + seed), 7, seed % 2 === 0 ? 'any' : 'first');
    const before = await makePlan(resolve(universe(text)), { wishes: 'last-resort', rebuilds: false });
    const { graph } = before.resolved;
    const sources = before.solution.wishes.map((name) => indexIn(graph.sources, name));
    const told = wishesOfSet(before.resolved, Buildable.of(graph), sources);
    let lines = text.split('\n');
    for (const { source, stage, field } of told) lines = declared(lines, source, stage, field);
    // What nothing can build can only be supplied: no line that is declared makes it.
    const never = new Set(before.plan.stuck.map((s) => s.source));
    if (told.some(({ source }) => never.has(source))) continue;
    const after = await makePlan(resolve(universe(lines.join('\n'))), { wishes: 'none', rebuilds: false });
    const stuck = (p: typeof before) => p.plan.stuck.map((s) => s.source);
    expect([seed, lines.join('\n'), stuck(after)]).toEqual([seed, lines.join('\n'), stuck(before)]);
    wished += told.length;
  }
  expect(wished).toBeGreaterThan(runs / 3);
}, 3_600_000);
