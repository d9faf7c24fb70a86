/**
 * A worker that answers everything about small universes, one after another, and says each time that it has: what it
 * does not answer, somebody else sees by a watch of his own, since a walk without end cannot be left from within.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Universe } from '../../src/model.ts';
import { cyclesOfUniverse } from '../../src/solver/cycles/cycles.ts';
import { explain, groundOf } from '../../src/solver/explain/explain.ts';
import { wishesOfSet } from '../../src/solver/explain/wishes.ts';
import { Buildable } from '../../src/solver/graph/buildable.ts';
import { cutToTargets } from '../../src/solver/graph/closure.ts';
import { packageGraph } from '../../src/solver/graph/package-graph.ts';
import { resolve } from '../../src/solver/graph/resolve.ts';
import { checkResult } from '../../src/solver/install/check-result.ts';
import { makePlan } from '../../src/stages/make-plan.ts';
import { groupStuck, stuckSources } from '../../src/stages/stuck.ts';
import { universe } from './universe.ts';

async function answerAll(whole: Universe): Promise<void> {
  checkResult(whole, { scope: 'all', failuresOnly: false, installations: true });
  for (const archAll of ['available', 'build'] as const) {
    const cut = cutToTargets(whole, { base: true, archAll });
    const resolved = resolve(cut);
    cyclesOfUniverse(resolved, { upTo: 4 }, packageGraph(resolved.graph, 'full'));
    for (const wishes of ['none', 'last-resort'] as const) {
      const { plan } = await makePlan(resolved, { wishes });
      groupStuck(stuckSources(plan));
    }
    wishesOfSet(resolved, Buildable.of(resolved.graph), [...resolved.graph.sources.keys()]);
    const ground = groundOf(resolved);
    for (const source of cut.sources.keys()) explain(ground, source);
  }
}

for (const [i, text] of (workerData as readonly string[]).entries()) {
  await answerAll(universe(text)).catch((error: Error) => {
    throw new Error(`${error.message}, on\n${text}`, { cause: error });
  });
  parentPort!.postMessage(i);
}
