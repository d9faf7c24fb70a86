/** The builds that are wanted of one architecture, done. */
import type { BuildId } from '../../build-id.ts';
import type { Plan } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { RunState } from '../../run-state.ts';
import { seedMaterials } from '../../runner/archive/seeds-used.ts';
import type { Natives } from '../../runner/build/native-tools.ts';
import { knownPlan } from '../../runner/journal/known-plan.ts';
import type { GoOn } from '../../runner/run/prepare-builds.ts';
import { runPlan } from '../../runner/run/run.ts';
import { clockSecondsExpected, coresForEach, expectationOf } from '../../runner/scheduling/build-estimate.ts';
import type { Limits } from '../../runner/scheduling/resource-budget.ts';
import type { Talk } from '../output/talk.ts';
import type { Shared, Working } from './sessions.ts';

/** How the builds are done. */
export interface BuildRequest {
  readonly limits: Limits;
  /** Longest time for one build. */
  readonly timeoutSeconds: number;
  /** Whether to go on without the builds that need a file which cannot be had. */
  readonly goOnUnfetched?: GoOn;
  /** Take a plan that is not the one begun. */
  readonly replan: boolean;
  /** At most so many more rounds for what has not settled. */
  readonly rounds: number;
  /** The key of gpg that signs the archives. */
  readonly signKey: string | undefined;
  /** Whether failure reports are written. */
  readonly reports: boolean;
  /** Where they go; without it into the state directory. */
  readonly reportDirectory?: string;
  /** What names the project in a command besides the state directory: ` --metadata DIR`, or nothing. */
  readonly projectFlagsText: string;
  /** Sources whose finished builds changed overrides may displace; undefined: all. */
  readonly overridesAsked: (plan: Plan) => ReadonlySet<string> | undefined;
}

/** What the builds came to. */
export interface Built {
  readonly state: RunState;
  /** Whether everything wanted is built, or was stopped before it could fail. */
  readonly isGood: boolean;
}

/** @param natives for a plan of cross builds: what the native plan has made */
export async function build(
  { prepared, session, wanted }: Working,
  request: BuildRequest,
  { dispatcher, stop, cluster }: Shared,
  { talk }: Pick<Talk, 'talk'>,
  natives?: Natives,
): Promise<Built> {
  const { plan, project, directory, overrides } = prepared;
  const builder = cluster?.builder(prepared.builder, project.buildArchitecture) ?? prepared.builder;
  const known = knownPlan(directory, plan);
  const named = wanted?.map((index) => known.builds[index]!.id);
  const rounds = wanted?.flatMap((index) => (index < plan.builds.length ? [] : [known.builds[index]!.id]));
  const [before, now] = [session.state.overrides, overrides?.digest];
  if (session.state.plan !== undefined && before !== now)
    talk(
      now === undefined ? 'the overrides of the last run are gone' : 'the overrides have changed since the last run',
    );
  const declared = {
    coreSeconds: (source: SourceName) => project.recipes.get(source)?.coreSeconds ?? 1,
    coresEach: coresForEach(request.limits),
  };
  const state = await runPlan(session, plan, builder, {
    ...(natives && { natives }),
    ...(wanted && { wanted: wanted.filter((i) => i < plan.builds.length), wantedRounds: new Set(rounds) }),
    dispatcher,
    expected: (build) =>
      expectationOf(build, session.state, (source) => project.recipes.get(source)?.memoryBytes, request.limits),
    timeoutSeconds: request.timeoutSeconds,
    goOnUnfetched: request.goOnUnfetched ?? false,
    overrides: now,
    metadata: prepared.metadata,
    projectFlagsText: request.projectFlagsText,
    overridesAsked: request.overridesAsked(plan),
    replan: request.replan,
    grewFrom: prepared.grewFrom,
    rounds: request.rounds,
    signKey: request.signKey,
    clockSecondsExpected: (build) => clockSecondsExpected(build, session.state, declared),
    materials: {
      ofSource: (source) => project.recipes.get(source)?.fetch ?? [],
      ofSeed: (names) => seedMaterials(directory.seed, names),
    },
    reports: request.reports ? (request.reportDirectory ?? directory.failures) : undefined,
    label: prepared.label,
    kill: stop.kill,
    leave: stop.leave,
  });
  const ids = named ?? [...state.builds.keys()];
  const unreached = stop.drain.aborted ? [] : ids.filter((id) => !state.builds.has(id));
  if (unreached.length > 0)
    talk(`${unreached.join(', ')}: the run does not come to that round; bootplan run builds what it waits for`);
  const isBad = (id: BuildId): boolean => ['failed', 'blocked'].includes(state.builds.get(id)?.status ?? '');
  return { state, isGood: unreached.length === 0 && !ids.some(isBad) };
}
