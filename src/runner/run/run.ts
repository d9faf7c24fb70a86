/** Plan -> events: every build in its turn, as many side by side as asked for, and the archives that come of it. */
import { type InputError, Interrupted } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import type { RunState } from '../../run-state.ts';
import { anotherRound } from '../../stages/another-round.ts';
import { previousRound, waits } from '../../stages/waits.ts';
import { publishEverything, publishStage } from '../archive/publication.ts';
import { publishKey } from '../archive/signature.ts';
import { refuseTainted, Stager } from '../build/build-inputs.ts';
import { compareRounds } from '../build/comparison.ts';
import { survey } from '../build/find-finished.ts';
import { isTold, perform, settleFromCache } from '../build/perform.ts';
import { tellUnfetched, type UnfetchedOptions } from '../build/unfetched-build.ts';
import { unsettled } from '../build/unsettled-builds.ts';
import type { Builder } from '../builder.ts';
import type { ActionResult } from '../cache/action-result.ts';
import { heeding } from '../heeding.ts';
import type { Session } from '../journal/session.ts';
import type { Start } from '../scheduling/resource-budget.ts';
import { Schedule } from '../scheduling/schedule.ts';
import { StagesLeft } from '../scheduling/stages-left.ts';
import { adopt, adoptRound } from './begin-run.ts';
import { refuseUnasked } from './overrides-change.ts';
import { prepareBuilds } from './prepare-builds.ts';
import type { RunOptions } from './run-options.ts';
import { tellOnce } from './tell-once.ts';

export type { RunOptions };

class Run {
  private readonly session: Session;
  /** Grows by the rounds that are added. */
  private plan: Plan;
  private readonly builder: Builder;
  private readonly options: RunOptions;
  stager: Stager;
  private readonly results = new Map<number, ActionResult>();
  /** Builds of each stage that have not ended yet, of those this run has to do. */
  private readonly left = new StagesLeft();
  private schedule: Schedule;
  private fatal: unknown;

  constructor(session: Session, plan: Plan, builder: Builder, options: RunOptions) {
    this.session = session;
    this.plan = plan;
    this.builder = builder;
    this.options = options;
    this.stager = this.stagerOf(plan);
    this.schedule = new Schedule([], [], () => 0);
  }

  private stagerOf(plan: Plan): Stager {
    return new Stager(plan, this.builder, (digest) => this.session.cache.blobPath(digest), this.options.natives);
  }

  /** Takes over what is done already, of the builds from this one on; returns those still to do. */
  async takeOver(from = 0): Promise<readonly number[]> {
    const { cache } = this.session;
    const { results, done, open, damaged } = await survey(this.plan, this.stager, cache, from, this.results);
    for (const { build, files } of damaged) this.session.emit({ type: 'cache-damaged', build, files });
    for (const { index, staged } of done) {
      const result = results.get(index)!;
      this.results.set(index, result);
      if (!isTold(this.session, staged, result)) settleFromCache(this.session, staged, result, 'cache');
    }
    for (const index of open) {
      const { id } = this.plan.builds[index]!;
      if (this.session.state.builds.get(id)?.status === 'done')
        this.session.emit({ type: 'build-outdated', build: id });
    }
    const wanted = this.options.wanted && new Set(this.options.wanted);
    return wanted ? open.filter((index) => wanted.has(index) || this.wantedRound(this.plan, index)) : open;
  }

  private wantedRound({ builds }: Plan, index: number): boolean {
    return this.options.wantedRounds?.has(builds[index]!.id) ?? false;
  }

  async buildAll(todo: readonly number[]): Promise<void> {
    const unfetched = await prepareBuilds(this.plan, todo, this.builder, {
      tell: (event) => tellOnce(this.session, event),
      goOn: this.options.goOnUnfetched ?? false,
    });
    // What cannot begin waits for nothing.
    const needs = waits(this.plan).map((some, index) => (unfetched.has(index) ? [] : some));
    this.schedule = new Schedule(needs, todo, (index) => this.options.clockSecondsExpected(this.plan.builds[index]!));
    for (const index of todo) this.left.expect(this.plan.builds[index]!);
    for (const [index, error] of unfetched) await this.unfetched(index, error);
    const { dispatcher, expected } = this.options;
    await dispatcher.work({
      size: this.plan.builds.length,
      startable: () => this.schedule.startable,
      urgency: (index) => this.schedule.urgency(index),
      expected: (index) => expected(this.plan.builds[index]!),
      start: (start) => {
        this.schedule.take(start.build);
        return this.one(start).catch((error: unknown) => {
          this.fatal ??= error;
          dispatcher.giveUp();
        });
      },
    });
    if (this.fatal !== undefined) throw this.fatal;
  }

  private unfetched(index: number, error: InputError): Promise<void> {
    this.schedule.take(index);
    tellUnfetched(this.session, this.plan.builds[index]!, error, this.circumstancesOf(index));
    this.options.dispatcher.noteFailure();
    return this.ended(index, false);
  }

  /** What is told of its failure, whatever that is. */
  private circumstancesOf(index: number): UnfetchedOptions {
    const { reports, label, projectFlagsText = '' } = this.options;
    const blocks = this.schedule.waitingFor(index).map((i) => this.plan.builds[i]!.id);
    return { reports, label, projectFlagsText, blocks };
  }

  private async one({ build: index, cores }: Start): Promise<void> {
    const { id } = this.plan.builds[index]!;
    const staged = await this.stager.stage(index, this.results);
    if ('missing' in staged) {
      this.session.emit({ type: 'build-blocked', build: id, by: staged.missing });
      return this.ended(index, false);
    }
    const previous = previousRound(this.plan, index);
    const performed = await perform(this.session, this.builder, staged, {
      cores,
      timeoutSeconds: this.options.timeoutSeconds,
      ...this.circumstancesOf(index),
      kill: this.options.kill,
      mayTryAgain: async () => {
        await this.options.dispatcher.waitToBeAlone();
        return !this.options.dispatcher.interrupted;
      },
      previousAction:
        previous === undefined
          ? undefined
          : this.session.state.builds.get(this.plan.builds[previous]!.id)?.finished?.action,
    });
    if (performed.end === 'interrupted') return;
    if (performed.end === 'done') this.results.set(index, performed.result);
    else this.options.dispatcher.noteFailure();
    await this.ended(index, performed.end === 'done');
  }

  private async ended(index: number, ok: boolean): Promise<void> {
    const blocked = this.schedule.settle(index, ok);
    for (const { build, by } of blocked) {
      const names = by.map((i) => this.plan.builds[i]!.id);
      this.session.emit({ type: 'build-blocked', build: this.plan.builds[build]!.id, by: names });
    }
    await this.count(index, ok);
    for (const { build } of blocked) await this.count(build, false);
  }

  private async count(index: number, ok: boolean): Promise<void> {
    const build = this.plan.builds[index]!;
    const left = this.left.ended(build, ok);
    if (left === undefined) return;
    const { stage } = build;
    await publishStage(this.session, this.plan, stage, this.options.signKey);
    this.session.emit({ type: 'stage-finished', stage, built: left.built, failed: left.failed });
  }

  /**
   * Adds rounds until everything in the final archive has settled, or no more are left. A run that was told what to
   * build, and one that was told to stop, comes to the rounds that earlier ones did, and adds none.
   */
  async settle(): Promise<void> {
    const { wanted, dispatcher } = this.options;
    const { session } = this;
    const rounds = wanted === undefined ? this.options.rounds : Number.POSITIVE_INFINITY;
    for (let round = 0; !this.options.kill.aborted; round++) {
      await compareRounds(session, this.plan, this.results);
      if (this.results.size < this.plan.builds.length) return;
      const restless = unsettled(this.plan, this.results, session.state.comparisons);
      if (restless.length === 0 || round === rounds) {
        const same = JSON.stringify(restless) === JSON.stringify(session.state.unsettled);
        if (!same) session.emit({ type: 'not-settled', rounds: round, builds: restless });
        return;
      }
      const sources = restless.map(({ source }) => source);
      const longer = anotherRound(this.plan, sources);
      const from = this.plan.builds.length;
      if (wanted !== undefined || dispatcher.interrupted) {
        const { open } = await survey(longer, this.stagerOf(longer), session.cache, from, this.results);
        if (open.some((index) => dispatcher.interrupted || !this.wantedRound(longer, index))) return;
      }
      this.plan = longer;
      this.stager = this.stagerOf(longer);
      adoptRound(session, longer, from, restless);
      await this.buildAll(await this.takeOver(from));
    }
  }

  async finish(): Promise<void> {
    await publishEverything(this.session, this.plan, this.options.materials, this.options.signKey);
    const states = [...this.session.state.builds.values()];
    const complete = states.every((build) => build.status === 'done');
    const status = complete ? 'complete' : this.options.dispatcher.interrupted ? 'interrupted' : 'incomplete';
    this.session.emit({ type: 'run-finished', status });
  }
}

/**
 * Runs a plan, or goes on with it: builds whose very action is in the cache are not done again. Everything that
 * happens is an event of the session; what comes out does not depend on what else the dispatcher has to do, nor on
 * interruptions. An error ends all runs that share the dispatcher.
 *
 * @throws InputError when the plan breaks the rule of the final archive
 * @throws EnvironmentError when another plan runs here, overrides changed unasked (78), a builder fails, a disk is full
 */
export async function runPlan(session: Session, plan: Plan, builder: Builder, options: RunOptions): Promise<RunState> {
  refuseTainted(plan);
  await publishKey(session.directory.archiveKey, options.signKey);
  builder.heed?.(options.kill);
  const run = new Run(session, plan, builder, options);
  let adopted = false;
  try {
    const damaged = await refuseUnasked(session, plan, run.stager, options);
    adopt(session, plan, options);
    adopted = true;
    for (const { build, files } of damaged) session.emit({ type: 'cache-damaged', build, files });
    await heeding(options, async () => {
      await run.buildAll(await run.takeOver());
      await run.settle();
    });
    await run.finish();
  } catch (error) {
    if (adopted) closeJournal(session, error instanceof Interrupted ? 'interrupted' : 'incomplete');
    if (error instanceof Interrupted) return session.state;
    options.dispatcher.giveUp();
    throw error;
  }
  return session.state;
}

/** Notes that a run ended before its time; on a full disk not even that may be possible, and need not be. */
function closeJournal(session: Session, status: 'interrupted' | 'incomplete'): void {
  try {
    session.emit({ type: 'run-finished', status });
  } catch {
    // The next run reads from the journal itself that this one did not end.
  }
}
