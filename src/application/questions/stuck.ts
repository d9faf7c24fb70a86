/** `stuck`: which sources cannot be bootstrapped, by the metadata and by a run, and why. */
import { EnvironmentError, exitCode } from '../../errors.ts';
import type { Plan, Universe } from '../../model.ts';
import type { Maintained } from '../../reports/writing/dd-list.ts';
import { stateDirectory, stateWords } from '../../runner/journal/state-directory.ts';
import { type FiledGroup, filedGroup, groupStuck, type StuckGroup, stuckSources } from '../../stages/stuck.ts';
import { answersFor } from '../analyse.ts';
import { runIn } from '../state/standing-run.ts';
import { maintainersOf } from './maintainers.ts';

/** `--json`: the groups in the order of the report. */
export interface StuckResult {
  readonly architecture: string;
  /** Sources that the plan speaks of. */
  readonly sources: number;
  readonly stuck: number;
  /** Whether a run's journal was looked at. */
  readonly run: boolean;
  readonly groups: readonly FiledGroup[];
}

/** What is asked: metadata, a run, or both. */
export interface StuckRequest {
  /** A state directory; a run in it is asked too. */
  readonly state: string;
  /** Whether metadata is given. Without it the run's own plan is asked, and only where there is none the default. */
  readonly given: boolean;
  readonly universe: () => Promise<Universe>;
  readonly timeLimitSeconds: number | undefined;
}

/** Finds them, those with one cause in one group. */
export async function findStuck(request: StuckRequest): Promise<{
  readonly result: StuckResult;
  readonly groups: readonly StuckGroup[];
  readonly maintained: () => readonly Maintained[];
  /** What names the state directory in a command. */
  readonly stateFlag: string;
}> {
  const run = runIn(request.state);
  const universe = request.given || run === undefined ? await request.universe() : undefined;
  const plan: Plan =
    universe === undefined
      ? run!.plan
      : (await answersFor(universe, { timeLimitSeconds: request.timeLimitSeconds })).plan;
  const stuck = stuckSources(plan, run?.standing);
  const groups = groupStuck(stuck);
  return {
    result: {
      architecture: plan.architecture,
      sources: new Set([...plan.builds, ...plan.stuck, ...stuck].map((b) => b.source)).size,
      stuck: stuck.length,
      run: run !== undefined,
      groups: groups.map(filedGroup),
    },
    groups,
    maintained() {
      if (universe === undefined)
        throw new EnvironmentError(
          "a run's plan does not know who maintains what",
          exitCode.usage,
          'give the metadata too: --metadata DIR, or --packages FILE --sources FILE',
        );
      return maintainersOf(
        universe,
        stuck.map(({ source }) => source),
      );
    },
    stateFlag: stateWords(stateDirectory(request.state)),
  };
}
