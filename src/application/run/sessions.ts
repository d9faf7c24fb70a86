/** The state directories of a run, open for all its architectures: one budget, one view, one way to stop. */

import type { SourceName } from '../../names.ts';
import { Session } from '../../runner/journal/session.ts';
import { anotherPlan, isAnother, layDown } from '../../runner/run/begin-run.ts';
import { Together } from '../../runner/run/combined-runs.ts';
import { coresForEach } from '../../runner/scheduling/build-estimate.ts';
import { Dispatcher } from '../../runner/scheduling/dispatcher.ts';
import { type Interruption, type StopSignal, watchForInterruption } from '../../runner/scheduling/interruption.ts';
import type { Limits } from '../../runner/scheduling/resource-budget.ts';
import { closeClingo } from '../../solver/clingo.ts';
import type { Cluster } from '../machines/cluster.ts';
import type { EventStream } from '../output/event-stream.ts';
import { type View, watchRun } from '../output/run-view.ts';
import type { Talk } from '../output/talk.ts';
import type { Wanted } from './wanted-builds.ts';

/** One architecture at work. */
export interface Working extends Wanted {
  readonly session: Session;
}

/** What all architectures of a run share. */
export interface Shared {
  readonly dispatcher: Dispatcher;
  readonly stop: Interruption;
  readonly view: View;
  /** Others with whom results are shared, and who build. */
  readonly cluster: Cluster | undefined;
}

/** What all architectures of a run share. */
export interface SessionsRequest {
  /** What the user typed: told to a process that finds the directory locked. */
  readonly command: string;
  readonly limits: Limits;
  readonly keepGoing: boolean;
  readonly replan: boolean;
  readonly quiet: boolean;
  readonly cluster: Cluster | undefined;
  /** Where every event goes besides the journal; `lost` is told when no more go there. */
  readonly openEvents: (lost: (why: string) => void) => EventStream | undefined;
  /** Told at the end, whatever it was. */
  readonly ended: (end: { readonly signal: StopSignal | undefined; readonly eventsAreWhole: boolean }) => void;
}

/** Opens the state directories, runs `work` in them, and closes them whatever comes of it. */
export async function withSessions<T>(
  all: readonly Wanted[],
  request: SessionsRequest,
  { talk }: Pick<Talk, 'talk'>,
  work: (working: readonly Working[], shared: Shared) => Promise<T>,
): Promise<T> {
  const { limits, keepGoing, replan, quiet, cluster } = request;
  await closeClingo(); // It has made the plans; its memory is for those who build.
  const events = request.openEvents((why) => view.say(why));
  const working = await openAll(all, request.command);
  cluster?.join(working[0]!.session);
  const runs = new Together(
    working.map(({ prepared: { label, plan }, session, known, wanted }) => {
      const ids = wanted && new Set(wanted.map((index) => known.builds[index]!.id));
      return { label, plan, session, wanted: ids };
    }),
  );
  const recipes = all.map(({ prepared }) => prepared.project.recipes);
  const coreSeconds = (source: SourceName): number => recipes.find((r) => r.has(source))?.get(source)?.coreSeconds ?? 1;
  const declared = { coreSeconds, coresEach: coresForEach(limits) };
  const view = watchRun(runs, { jobs: limits.jobs, declared, quiet, talk });
  const stop = watchForInterruption((signal) =>
    view.say(
      signal === 'SIGTERM'
        ? 'stopping: what runs is ended'
        : 'stopping: what runs may end within ten seconds; once more stops it now',
    ),
  );
  runs.listen((event, label) => {
    const { seq, at, ...body } = event;
    events?.write(JSON.stringify(label === undefined ? event : { seq, at, architecture: label, ...body }));
  });
  try {
    // Each refuses for itself when its turn comes; that may be long after the others have begun.
    for (const { prepared, session } of working)
      if (!replan && isAnother(session.state.plan, prepared.plan, prepared.grewFrom))
        throw anotherPlan(prepared.directory, '--replan', session.state.metadata);
    const dispatcher = new Dispatcher({ limits, keepGoing, drain: stop.drain });
    return await work(working, { dispatcher, stop, view, cluster });
  } finally {
    await events?.close();
    view.stop();
    await cluster?.close();
    const left: string[] = [];
    for (const { session } of working.toReversed()) left.push(...(await session.close(stop.leave)));
    stop.dispose();
    for (const path of left) talk(`${path} could not be emptied in time: the next bootplan does that`);
    request.ended({ signal: stop.signal(), eventsAreWhole: !events?.incomplete });
  }
}

/** This machine's own architecture holds the lock for all. */
async function openAll(all: readonly Wanted[], command: string): Promise<readonly Working[]> {
  const native = await Session.open(all[0]!.prepared.directory, command);
  for (const { prepared } of all.slice(1)) layDown(prepared.directory, prepared.plan);
  const working: Working[] = [];
  for (const [i, one] of all.entries())
    working.push({ ...one, session: i === 0 ? native : await native.within(one.prepared.directory) });
  return working;
}
