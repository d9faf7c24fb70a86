/**
 * `node simulated-cluster.ts PLAN TIMES NODES`: does the builds of a plan on so many machines that only let time pass,
 * by the scheduler that real runs have, under a clock that jumps from one end of a build to the next. Prints what it
 * took, as JSON. One process for each number of machines, so that its peak memory is its own.
 */
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Plan } from '../../src/model.ts';
import { Dispatcher } from '../../src/runner/scheduling/dispatcher.ts';
import { criticalPaths, Schedule } from '../../src/runner/scheduling/schedule.ts';
import { waits } from '../../src/stages/waits.ts';

/** What the scheduling of one plan came to. */
export interface Simulated {
  readonly builds: number;
  /** Simulated seconds from the first start to the last end. */
  readonly seconds: number;
  /** Simulated seconds that no schedule gets below. */
  readonly bound: number;
  /** CPU milliseconds that the scheduler took for each build. */
  readonly milliseconds: number;
}

/** Ends of builds under way, the earliest first; of several at one moment that of the lowest number. */
class Clock {
  now = 0;
  private readonly ends: { readonly at: number; readonly build: number; readonly go: () => void }[] = [];

  /** Resolves when so many seconds have passed. */
  pass(seconds: number, build: number): Promise<void> {
    return new Promise((go) => {
      const at = this.now + seconds;
      const place = this.ends.findIndex((other) => other.at > at || (other.at === at && other.build > build));
      this.ends.splice(place < 0 ? this.ends.length : place, 0, { at, build, go });
    });
  }

  /** Goes on to the next end; false when nothing is under way. */
  tick(): boolean {
    const next = this.ends.shift();
    if (next === undefined) return false;
    this.now = next.at;
    next.go();
    return true;
  }
}

/** @param secondsOf what each build of the plan takes on one machine */
export async function simulate(plan: Plan, secondsOf: readonly number[], nodes: number): Promise<Simulated> {
  const began = process.cpuUsage();
  const needs = waits(plan);
  const schedule = new Schedule(
    needs,
    plan.builds.map((_, i) => i),
    (i) => secondsOf[i]!,
  );
  const clock = new Clock();
  let done = 0;
  const dispatcher = new Dispatcher({
    limits: { jobs: nodes, cores: nodes, memoryBytes: nodes },
    keepGoing: true,
    drain: new AbortController().signal,
  });
  let open = true;
  const work = dispatcher
    .work({
      size: plan.builds.length,
      startable: () => schedule.startable,
      urgency: (build) => schedule.urgency(build),
      expected: () => ({ coresUsed: () => 1, memoryBytes: () => 1 }),
      start: async ({ build }) => {
        schedule.take(build);
        await clock.pass(secondsOf[build]!, build);
        schedule.settle(build, true);
        done++;
      },
    })
    .finally(() => {
      open = false;
    });
  while (open) {
    clock.tick();
    await turn();
  }
  await work;
  const { user, system } = process.cpuUsage(began);
  if (done !== plan.builds.length) throw new Error(`${done} of ${plan.builds.length} builds were done`);
  const all = secondsOf.reduce((sum, seconds) => sum + seconds, 0);
  const longest = criticalPaths(needs, (i) => secondsOf[i]!).reduce((most, seconds) => Math.max(most, seconds), 0);
  return {
    builds: done,
    seconds: clock.now,
    bound: Math.max(longest, all / nodes),
    milliseconds: (user + system) / 1000 / done,
  };
}

if (import.meta.main) {
  const [plan, seconds] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file!, 'utf8')) as unknown);
  const answer = await simulate(plan as Plan, seconds as number[], Number(process.argv[4]));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
