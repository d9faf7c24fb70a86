/** What `run` and `stage` share: the project, its plan, the builder, the view, and the way to stop. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EventStream } from '../application/event-stream.ts';
import { limitsOf } from '../application/resource-limits.ts';
import { type View, watchRun } from '../application/run-view.ts';
import type { Wanted } from '../application/wanted-builds.ts';
import { buildOf } from '../build-id.ts';
import { EnvironmentError, type ExitCode, exitCode } from '../errors.ts';
import type { RunState } from '../run-state.ts';
import type { Natives } from '../runner/build/native-tools.ts';
import type { Session } from '../runner/journal/session.ts';
import type { Dispatcher } from '../runner/scheduling/dispatcher.ts';
import type { Interruption, StopSignal } from '../runner/scheduling/interruption.ts';
import { ProjectCommand, projectWords } from './project-command.ts';
import { overridesAsked, type RunFlags } from './run-flags.ts';

/** One architecture at work. */
export interface Working extends Wanted {
  readonly session: Session;
}

/** What all architectures of a run share: one budget, one way to stop, one view. */
export interface Shared {
  readonly dispatcher: Dispatcher;
  readonly stop: Interruption;
  readonly view: View;
}

const stoppedBy = {
  SIGINT: exitCode.interrupted,
  SIGTERM: exitCode.terminated,
  SIGHUP: exitCode.hungUp,
} as const satisfies Record<StopSignal, ExitCode>;

export abstract class RunCommand extends ProjectCommand {
  /** By the events of the run. */
  private stdoutTaken = false;

  /** Says what would be built, from the cache's own word; starts nothing. */
  protected async dryRun(all: readonly Wanted[], rounds: number, replan: boolean): Promise<readonly string[]> {
    const { Cache } = await import('../runner/cache/cache.ts');
    const { Stager } = await import('../runner/build/build-inputs.ts');
    const { survey } = await import('../runner/build/find-finished.ts');
    const { isAnother } = await import('../runner/run/begin-run.ts');
    const { readJournal } = await import('../runner/journal/journal.ts');
    const { replay } = await import('../run-state.ts');
    const { standingNatives } = await import('../runner/build/native-tools.ts');
    const native = all[0]!.prepared.directory;
    const cache = new Cache(native.cache);
    const natives = await standingNatives(native, cache);
    const lines: string[] = [];
    const would: string[] = [];
    let done = 0;
    for (const { prepared, known: plan, wanted } of all) {
      const { builder, architecture, directory } = prepared;
      const begun = existsSync(directory.journal) ? replay(readJournal(directory.journal)).plan : '';
      if (!replan && isAnother(begun, prepared.plan, prepared.grewFrom))
        this.talk(`${directory.plan} is another plan: without --replan a run refuses this one`);
      const stager = new Stager(plan, builder, (digest) => cache.blobPath(digest), natives);
      const { open } = await survey(plan, stager, cache);
      const set = new Set(wanted ?? plan.builds.keys());
      const builds = open.filter((index) => set.has(index)).map((index) => plan.builds[index]!);
      for (const { id, archive } of builds) {
        would.push(buildOf(architecture, id));
        lines.push(`would build ${buildOf(architecture, id)} for ${archive}`);
      }
      done += set.size - builds.length;
    }
    this.data([...lines, `${would.length} to build, ${done} done`].join('\n'));
    if (all.some(({ wanted }) => wanted === undefined) && would.length > 0 && rounds > 0)
      this.talk(`what has not settled then is built again, in at most ${rounds} more rounds: only a run can tell`);
    return would;
  }

  /** Opens the state directory, runs `work` in it with one view and one way to stop, and sets the exit code of a stop. */
  protected async withSessions<T>(
    all: readonly Wanted[],
    flags: RunFlags,
    work: (working: readonly Working[], shared: Shared) => Promise<T>,
  ): Promise<T> {
    const { Dispatcher } = await import('../runner/scheduling/dispatcher.ts');
    const { Session } = await import('../runner/journal/session.ts');
    const { Together } = await import('../runner/run/combined-runs.ts');
    const { watchForInterruption } = await import('../runner/scheduling/interruption.ts');
    const { closeClingo } = await import('../solver/clingo.ts');
    const limits = limitsOf(flags);
    await closeClingo(); // It has made the plans; its memory is for those who build.
    const events = this.eventsTo(flags.events, (why) => view.say(why));
    const { anotherPlan, isAnother, layDown } = await import('../runner/run/begin-run.ts');
    const native = await Session.open(all[0]!.prepared.directory, `bootplan ${this.id}`);
    for (const { prepared } of all.slice(1)) layDown(prepared.directory, prepared.plan);
    const working: Working[] = [];
    for (const [i, one] of all.entries())
      working.push({ ...one, session: i === 0 ? native : await native.within(one.prepared.directory) });
    const runs = new Together(
      working.map(({ prepared: { architecture, plan }, session, known, wanted }) => {
        const ids = wanted && new Set(wanted.map((index) => known.builds[index]!.id));
        return { architecture, plan, session, wanted: ids };
      }),
    );
    const weights = all.map(({ prepared }) => prepared.project.recipes);
    const view = watchRun(runs, {
      jobs: limits.jobs,
      weight: (source) => weights.find((recipes) => recipes.has(source))?.get(source)?.weight ?? 1,
      quiet: this.quiet,
      talk: (line) => this.talk(line),
    });
    const stop = watchForInterruption(() =>
      view.say('stopping: what runs may end within ten seconds; once more stops it now'),
    );
    runs.listen((event, architecture) => {
      const { seq, at, ...body } = event;
      events?.write(JSON.stringify(architecture === '' ? event : { seq, at, architecture, ...body }));
    });
    try {
      // Each refuses for itself when its turn comes; that may be long after the others have begun.
      for (const { prepared, session } of working)
        if (!flags.replan && isAnother(session.state.plan, prepared.plan, prepared.grewFrom))
          throw anotherPlan(prepared.directory, '--replan');
      const dispatcher = new Dispatcher({ limits, keepGoing: flags['keep-going'], drain: stop.drain });
      return await work(working, { dispatcher, stop, view });
    } finally {
      await events?.close();
      if (events?.incomplete) this.exitWith(exitCode.disk);
      view.stop();
      stop.dispose();
      for (const { session } of working.toReversed()) session.close();
      const signal = stop.signal();
      if (signal !== undefined) {
        this.talk('stopped; the same command goes on from here');
        this.exitWith(stoppedBy[signal]);
      }
    }
  }

  /** @throws EnvironmentError (64) when stdout would have to hold two things */
  private eventsTo(file: string | undefined, lost: (why: string) => void): EventStream | undefined {
    if (file === undefined) return undefined;
    this.stdoutTaken = file === '-';
    if (this.stdoutTaken && this.jsonEnabled()) {
      const help = 'leave --json out, or give --events a file';
      throw new EnvironmentError('--events - and --json cannot share stdout', exitCode.usage, help);
    }
    return new EventStream(file === '-' ? file : resolve(file), { lost });
  }

  /** Beside events on stdout the last words are talk. */
  protected override data(text: string): void {
    if (this.stdoutTaken) this.talk(text.trimEnd());
    else super.data(text);
  }

  /** Builds what is wanted; the exit code is bad when something failed. */
  protected async build(
    { prepared, session, wanted }: Working,
    flags: RunFlags,
    { dispatcher, stop }: Shared,
    natives?: Natives,
  ): Promise<RunState> {
    const { plan, project, builder, directory, overrides } = prepared;
    const { runPlan } = await import('../runner/run/run.ts');
    const { knownPlan } = await import('../runner/journal/known-plan.ts');
    const known = knownPlan(directory, plan);
    const named = wanted?.map((index) => known.builds[index]!.id);
    const rounds = wanted?.flatMap((index) => (index < plan.builds.length ? [] : [known.builds[index]!.id]));
    const { expectationOf, secondsExpected } = await import('../runner/scheduling/build-estimate.ts');
    const { seedMaterials } = await import('../runner/archive/seeds-used.ts');
    const limits = limitsOf(flags);
    const [before, now] = [session.state.overrides, overrides?.digest ?? ''];
    if (session.state.plan !== '' && before !== now)
      this.talk(
        now === '' ? 'the overrides of the last run are gone' : 'the overrides have changed since the last run',
      );
    const state = await runPlan(session, plan, builder, {
      ...(natives && { natives }),
      ...(wanted && { wanted: wanted.filter((i) => i < plan.builds.length), wantedRounds: new Set(rounds) }),
      dispatcher,
      expected: (build) => expectationOf(build, session.state, (source) => project.recipes.get(source)?.memory, limits),
      timeoutSeconds: flags.timeout,
      overrides: overrides?.digest ?? '',
      again: projectWords(flags),
      overridesAsked: overridesAsked(plan, flags),
      replan: flags.replan,
      grewFrom: prepared.grewFrom,
      rounds: flags.rounds ?? 0,
      signKey: flags.sign,
      weight: (build) => secondsExpected(build, session.state, (source) => project.recipes.get(source)?.weight ?? 1),
      materials: {
        ofSource: (source) => project.recipes.get(source)?.fetch ?? [],
        ofSeed: (names) => seedMaterials(directory.seed, names),
      },
      reports: flags.report ? resolve(flags['report-dir'] ?? directory.failures) : undefined,
      kill: stop.kill,
    });
    const ids = named ?? [...state.builds.keys()];
    const unreached = ids.filter((id) => !state.builds.has(id));
    if (unreached.length > 0 && !stop.drain.aborted) {
      this.talk(`${unreached.join(', ')}: the run does not come to that round; bootplan run builds what it waits for`);
      this.exitWith(exitCode.bad);
    }
    const bad = (id: string): boolean => ['failed', 'blocked'].includes(state.builds.get(id)?.status ?? '');
    if (ids.some(bad)) this.exitWith(exitCode.bad);
    return state;
  }
}
