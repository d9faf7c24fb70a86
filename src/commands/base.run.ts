/** What `run` and `stage` share: the project, its plan, the builder, the view, and the way to stop. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import type { Plan } from '../model.ts';
import type { Interruption } from '../runner/run/interruption.ts';
import type { Session } from '../runner/run/session.ts';
import type { RunState } from '../runner/run/state.ts';
import { limitsOf } from './base.limits.ts';
import { type Prepared, ProjectCommand, type ProjectFlags, projectFlags } from './base.project.ts';
import { watchRun } from './base.view.ts';

export const runFlags = {
  ...projectFlags,
  jobs: Flags.integer({
    char: 'j',
    min: 1,
    helpValue: 'N',
    description: 'builds side by side; by default one per core',
  }),
  cores: Flags.integer({
    min: 1,
    helpValue: 'N',
    description: 'cores that all builds may use together; by default those of this machine, but one for each of -j',
  }),
  memory: Flags.string({
    helpValue: 'SIZE',
    description: 'memory for all builds together, with K, M, G when you like; by default nine tenths of what there is',
  }),
  'keep-going': Flags.boolean({
    char: 'k',
    default: true,
    allowNo: true,
    description: 'go on with what does not wait for a failed build',
  }),
  'dry-run': Flags.boolean({ char: 'n', description: 'say what would be built, start nothing' }),
  phase: Flags.string({
    multiple: true,
    helpValue: 'NAME',
    description: 'only builds for this archive: stage1, interim, final',
  }),
  package: Flags.string({ multiple: true, helpValue: 'NAME', description: 'only this source, or this build' }),
  from: Flags.string({ helpValue: 'BUILD', description: 'only this build and what comes after it in the plan' }),
  replan: Flags.boolean({
    description: 'take a plan that is not the one begun here; finished builds that both have stay',
  }),
  timeout: Flags.integer({ default: 7200, min: 1, helpValue: 'SECONDS', description: 'longest time for one build' }),
  'report-dir': Flags.string({
    helpValue: 'DIR',
    description: 'where failure reports go; by default in the state directory',
  }),
  report: Flags.boolean({ default: true, allowNo: true, description: 'write failure reports' }),
  sign: Flags.string({
    helpValue: 'KEY',
    env: 'BOOTPLAN_SIGN_KEY',
    description: 'sign the archives with this key of gpg',
  }),
  events: Flags.string({ helpValue: 'FILE', description: 'write each event there as well, a JSON object a line' }),
};

export interface RunFlags extends ProjectFlags {
  readonly jobs: number | undefined;
  readonly cores: number | undefined;
  readonly memory: string | undefined;
  readonly 'keep-going': boolean;
  readonly 'dry-run': boolean;
  readonly phase: string[] | undefined;
  readonly package: string[] | undefined;
  readonly from: string | undefined;
  readonly replan: boolean;
  readonly timeout: number;
  readonly 'report-dir': string | undefined;
  readonly report: boolean;
  readonly events: string | undefined;
  readonly sign: string | undefined;
  readonly rounds?: number;
}

/** The sources that a command names, when it leaves the overrides to the usual file; otherwise it asks for all of them. */
function overridesAsked({ builds }: Plan, flags: RunFlags): ReadonlySet<string> | undefined {
  if (flags.overrides !== undefined || flags['no-overrides'] === true || flags.replan) return undefined;
  const names = new Set([...(flags.package ?? []), flags.from]);
  return new Set(builds.filter(({ id, source }) => names.has(id) || names.has(source)).map(({ source }) => source));
}

export abstract class RunCommand extends ProjectCommand {
  /** Says what would be built, from the cache's own word; starts nothing. */
  protected async dryRun(
    { plan: base, builder, directory }: Prepared,
    asked: readonly number[] | undefined,
    rounds: number,
  ): Promise<readonly string[]> {
    const { Cache } = await import('../runner/cache/cache.ts');
    const { Stager } = await import('../runner/run/staging.ts');
    const { survey } = await import('../runner/run/survey.ts');
    const { knownPlan } = await import('../runner/run/known-plan.ts');
    const plan = knownPlan(directory, base);
    const wanted = asked ?? [...plan.builds.keys()];
    const cache = new Cache(directory.cache);
    const { open } = await survey(plan, new Stager(plan, builder, (digest) => cache.blobPath(digest)), cache);
    const wantedSet = new Set(wanted);
    const would = open.filter((index) => wantedSet.has(index)).map((index) => plan.builds[index]!);
    const lines = would.map((build) => `would build ${build.id} for ${build.archive}`);
    this.data([...lines, `${would.length} to build, ${wanted.length - would.length} done`].join('\n'));
    if (asked === undefined && would.length > 0 && rounds > 0)
      this.talk(`what has not settled then is built again, in at most ${rounds} more rounds: only a run can tell`);
    return would.map((build) => build.id);
  }

  /** Opens the state directory, runs `work` in it with a view and a way to stop, and sets the exit code of a stop. */
  protected async withSession<T>(
    { plan, project, directory }: Prepared,
    flags: RunFlags,
    work: (session: Session, stop: Interruption, say: (line: string) => void) => Promise<T>,
  ): Promise<T> {
    const { Session } = await import('../runner/run/session.ts');
    const { watchForInterruption } = await import('../runner/run/interruption.ts');
    const session = await Session.open(directory, `bootplan ${this.id}`);
    const view = watchRun(session, plan, {
      jobs: limitsOf(flags).jobs,
      weight: (source) => project.recipes.get(source)?.weight ?? 1,
      quiet: this.quiet,
      talk: (line) => this.talk(line),
    });
    const stop = watchForInterruption(() =>
      view.say('stopping: what runs may end within ten seconds; once more stops it now'),
    );
    if (flags.events !== undefined) {
      const path = resolve(flags.events);
      writeFileSync(path, '', { flag: 'a' });
      session.listen((event) => appendFileSync(path, `${JSON.stringify(event)}\n`));
    }
    try {
      return await work(session, stop, view.say);
    } finally {
      view.stop();
      stop.dispose();
      session.close();
      const signal = stop.signal();
      if (signal !== undefined) {
        this.talk('stopped; the same command goes on from here');
        this.exitWith(signal === 'SIGINT' ? exitCode.interrupted : exitCode.terminated);
      }
    }
  }

  /** Builds what is wanted; the exit code is bad when something failed. */
  protected async build(
    { plan, project, builder, directory, overrides }: Prepared,
    flags: RunFlags,
    session: Session,
    stop: Interruption,
    wanted: readonly number[] | undefined,
  ): Promise<RunState> {
    const { runPlan } = await import('../runner/run/run.ts');
    const { knownPlan } = await import('../runner/run/known-plan.ts');
    const known = knownPlan(directory, plan);
    const named = wanted?.map((index) => known.builds[index]!.id);
    const rounds = wanted?.flatMap((index) => (index < plan.builds.length ? [] : [known.builds[index]!.id]));
    const { expectationOf, secondsExpected } = await import('../runner/run/expected.ts');
    const { seedMaterials } = await import('../runner/fetch/seeds-used.ts');
    const limits = limitsOf(flags);
    const [before, now] = [session.state.overrides, overrides?.digest ?? ''];
    if (session.state.plan !== '' && before !== now)
      this.talk(
        now === '' ? 'the overrides of the last run are gone' : 'the overrides have changed since the last run',
      );
    const state = await runPlan(session, plan, builder, {
      ...(wanted && { wanted: wanted.filter((i) => i < plan.builds.length), wantedRounds: new Set(rounds) }),
      limits,
      expected: (build) => expectationOf(build, session.state, (source) => project.recipes.get(source)?.memory, limits),
      keepGoing: flags['keep-going'],
      timeoutSeconds: flags.timeout,
      overrides: overrides?.digest ?? '',
      overridesAsked: overridesAsked(plan, flags),
      replan: flags.replan,
      rounds: flags.rounds ?? 0,
      signKey: flags.sign,
      weight: (build) => secondsExpected(build, session.state, (source) => project.recipes.get(source)?.weight ?? 1),
      materials: {
        ofSource: (source) => project.recipes.get(source)?.fetch ?? [],
        ofSeed: (names) => seedMaterials(directory.seed, names),
      },
      reports: flags.report ? resolve(flags['report-dir'] ?? directory.failures) : undefined,
      drain: stop.drain,
      kill: stop.kill,
    });
    const ids = named ?? [...state.builds.keys()];
    const unreached = ids.filter((id) => !state.builds.has(id));
    if (unreached.length > 0) {
      this.talk(`${unreached.join(', ')}: the run does not come to that round; bootplan run builds what it waits for`);
      this.exitWith(exitCode.bad);
    }
    if (ids.some((id) => state.builds.get(id)?.status === 'failed')) this.exitWith(exitCode.bad);
    return state;
  }

  /** The builds that the flags, and the allow-lists of the overrides, leave; undefined for all. */
  protected async selected(
    { plan: base, overrides, directory }: Prepared,
    flags: RunFlags,
    upto?: number,
  ): Promise<readonly number[] | undefined> {
    const { selectBuilds } = await import('../runner/run/selection.ts');
    const { allowedBuilds } = await import('../metadata/apply-overrides.ts');
    const { knownPlan } = await import('../runner/run/known-plan.ts');
    const plan = knownPlan(directory, base);
    const { phase = [], package: names = [], from } = flags;
    const allowed = overrides && allowedBuilds(plan, overrides);
    const narrowed = phase.length > 0 || names.length > 0 || from !== undefined || upto !== undefined;
    if (!narrowed) return allowed;
    const selection = {
      phases: phase,
      names,
      ...(from !== undefined && { from }),
      ...(upto !== undefined && { upto }),
    };
    const selected = selectBuilds(plan, selection);
    if (!selected.ok) throw new InputError(selected.diagnostics, exitCode.usage);
    const wanted = allowed ? selected.value.filter((index) => allowed.includes(index)) : selected.value;
    if (wanted.length === 0)
      throw new EnvironmentError(
        phase.length + names.length === 0 && from === undefined && upto !== undefined
          ? `the plan has no stage builds up to stage ${upto}`
          : 'no build of the plan is all of that',
        exitCode.usage,
        'bootplan plan lists the builds',
      );
    return wanted;
  }
}
