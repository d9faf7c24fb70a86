/** Plan -> events: every build in its turn, as many side by side as asked for, and the archives that come of it. */
import { Interrupted } from '../../errors.ts';
import type { Plan } from '../../model.ts';
import { anotherRound } from '../../stages/another-round.ts';
import { publishEverything, publishStage } from '../archive/publication.ts';
import { publishKey } from '../archive/signature.ts';
import type { Builder } from '../builder.ts';
import type { ActionResult } from '../cache/action-result.ts';
import { adopt, adoptRound } from './adopt.ts';
import { Budget, type Start } from './budget.ts';
import { compareRounds, previousRound, waits } from './comparison.ts';
import { refuseUnasked } from './overrides-change.ts';
import { perform, settleFromCache } from './perform.ts';
import type { RunOptions } from './run-options.ts';
import { Schedule } from './scheduler.ts';
import type { Session } from './session.ts';
import { unsettled } from './settled.ts';
import { StagesLeft } from './stages-left.ts';
import { refuseTainted, Stager } from './staging.ts';
import type { RunState } from './state.ts';
import { survey } from './survey.ts';
import { Turns } from './turns.ts';

export type { RunOptions };

class Run {
  private readonly session: Session;
  /** Grows by the rounds that are added. */
  private plan: Plan;
  private readonly builder: Builder;
  private readonly options: RunOptions;
  stager: Stager;
  private readonly results = new Map<number, ActionResult>();
  private readonly running = new Map<number, Promise<void>>();
  private readonly turns = new Turns();
  private readonly budget: Budget;
  /** Builds of each stage that have not ended yet, of those this run has to do. */
  private readonly left = new StagesLeft();
  private schedule: Schedule;
  private failed = false;
  private fatal: unknown;

  constructor(session: Session, plan: Plan, builder: Builder, options: RunOptions) {
    this.session = session;
    this.plan = plan;
    this.builder = builder;
    this.options = options;
    this.budget = new Budget(options.limits);
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
      const known = this.session.state.builds.get(staged.build.id);
      const same = known?.status === 'done' && known.finished?.action === staged.action;
      if (!same) settleFromCache(this.session, staged, result, 'cache');
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
    if (todo.length > 0) await this.builder.prepare(todo.map((index) => this.plan.builds[index]!));
    this.schedule = new Schedule(waits(this.plan), todo, (index) => this.options.weight(this.plan.builds[index]!));
    for (const index of todo) this.left.expect(this.plan.builds[index]!);
    for (this.start(); this.running.size > 0; this.start()) await Promise.race(this.running.values());
    if (this.fatal !== undefined) throw this.fatal;
  }

  private start(): void {
    const { drain, keepGoing, expected } = this.options;
    while (this.turns.open && this.fatal === undefined) {
      if (drain.aborted || (this.failed && !keepGoing)) return;
      const start = this.budget.next(this.schedule.startable, (index) => expected(this.plan.builds[index]!));
      if (start === undefined) return;
      const index = start.build;
      this.schedule.take(index);
      this.turns.begin();
      const ended = this.one(start)
        .catch((error: unknown) => {
          this.fatal ??= error;
        })
        .finally(() => {
          this.turns.end();
          this.budget.end(index);
          this.running.delete(index);
        });
      this.running.set(index, ended);
    }
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
      reports: this.options.reports,
      architecture: this.plan.native ? this.plan.architecture : '',
      kill: this.options.kill,
      mayTryAgain: async () => {
        await this.turns.waitToBeAlone();
        return !this.options.drain.aborted;
      },
      blocks: this.schedule.waitingFor(index).map((i) => this.plan.builds[i]!.id),
      previousAction:
        previous === undefined
          ? undefined
          : this.session.state.builds.get(this.plan.builds[previous]!.id)?.finished?.action,
    });
    if (performed.end === 'interrupted') return;
    if (performed.end === 'done') this.results.set(index, performed.result);
    else this.failed = true;
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
    await publishStage(this.session, this.plan, stage, this.options.signKey ?? '');
    this.session.emit({ type: 'stage-finished', stage, built: left.built, failed: left.failed });
  }

  /**
   * Adds rounds until everything in the final archive has settled, or no more are left. A run that was told what to
   * build, and one that was told to stop, comes to the rounds that earlier ones did, and adds none.
   */
  async settle(): Promise<void> {
    const { wanted, drain } = this.options;
    const { session } = this;
    const rounds = wanted === undefined ? this.options.rounds : Number.POSITIVE_INFINITY;
    for (let round = 0; ; round++) {
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
      if (wanted !== undefined || drain.aborted) {
        const { open } = await survey(longer, this.stagerOf(longer), session.cache, from, this.results);
        if (open.some((index) => drain.aborted || !this.wantedRound(longer, index))) return;
      }
      this.plan = longer;
      this.stager = this.stagerOf(longer);
      adoptRound(session, longer, from, restless);
      await this.buildAll(await this.takeOver(from));
    }
  }

  async finish(): Promise<void> {
    await publishEverything(this.session, this.plan, this.options.materials, this.options.signKey ?? '');
    const states = [...this.session.state.builds.values()];
    const complete = states.every((build) => build.status === 'done');
    const status = complete ? 'complete' : this.options.drain.aborted ? 'interrupted' : 'incomplete';
    this.session.emit({ type: 'run-finished', status });
  }
}

/**
 * Runs a plan, or goes on with it: builds whose very action is in the cache are not done again. Everything that
 * happens is an event of the session; what comes out does not depend on `jobs`, nor on interruptions.
 *
 * @throws InputError when the plan breaks the rule of the final archive
 * @throws EnvironmentError when another plan runs here or overrides changed unasked (78), when the builder cannot prepare, when the disk is full
 */
export async function runPlan(session: Session, plan: Plan, builder: Builder, options: RunOptions): Promise<RunState> {
  refuseTainted(plan);
  await publishKey(session.directory.archiveKey, options.signKey ?? '');
  builder.heed?.(options.kill);
  const run = new Run(session, plan, builder, options);
  let adopted = false;
  try {
    const damaged = await refuseUnasked(session, plan, run.stager, options);
    adopt(session, plan, options);
    adopted = true;
    for (const { build, files } of damaged) session.emit({ type: 'cache-damaged', build, files });
    await run.buildAll(await run.takeOver());
    await run.settle();
    await run.finish();
  } catch (error) {
    if (adopted) closeJournal(session);
    if (!(error instanceof Interrupted)) throw error;
  }
  return session.state;
}

/** Notes that a run ended before its time; on a full disk not even that may be possible, and need not be. */
function closeJournal(session: Session): void {
  try {
    session.emit({ type: 'run-finished', status: 'interrupted' });
  } catch {
    // The next run reads from the journal itself that this one did not end.
  }
}
