import * as Flags from '@oclif/core/flags';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { crossFlags, inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Plan } from '../model.ts';
import { namesOf } from '../reports/formats/format.ts';
import { planFormats } from '../reports/formats/plan-formats.ts';
import { type FiledWish, filedWish } from '../reports/plan/filed-wish.ts';
import { undeclaredWishes } from '../reports/plan/undeclared-wishes.ts';
import type { NodeEstimate } from '../stages/node-estimate.ts';
import { type FiledStuck, filedStuck } from '../stages/stuck-format.ts';

/** `--json`: the plan, and for stuck sources what would free them, best first. */
export type PlanResult = Omit<Plan, 'stuck'> & {
  readonly stuck: readonly FiledStuck[];
  readonly suggestions: readonly FiledWish[];
  /** With --nodes. */
  readonly machines?: readonly NodeEstimate[];
};

/**
 * What is written for building is planned as it is built here: for another architecture than this machine's, crossed.
 */
const asRun = (request: InputRequest): InputRequest =>
  request.metadata === undefined ? request : { buildArchitecture: nativeArchitecture, ...request };

/** Ctrl-C ends the search, not the program: the best plan so far is printed, with its bound. */
function interruptible(): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => process.removeListener('SIGINT', stop) };
}

export default class PlanCommand extends AnalysingCommand {
  static override summary = 'The fewest stage builds that break all cycles, proved, and the order of all builds.';
  static override description =
    `Chooses among the stages that the metadata declares: the fewest stage builds, of these the fewest rebuilds, of
these the alphabetically lowest set; then lays out every build, rebuilds and comparisons included. Where nothing declared breaks a
cycle the plan is partial: what can be built is planned, the rest is named with its reason and the line that would
help. --wishes last-resort plans on, with the fewest breaks that nobody has declared; it says so everywhere.

Exit code: 0 when every target is reached and the answer is proved; 1 when something is stuck, or the plan needs what
nobody has declared and --allow-wishes does not say that this is fine; 2 when not all is proved.`;
  static override examples = [
    {
      description: 'A plan for the essential packages of an archive, written to a file',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --targets essential --output plan.json',
    },
    {
      description: 'The embedded small distribution',
      command: '<%= config.bin %> <%= command.id %> --metadata metadata/minidistro',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...crossFlags,
    wishes: Flags.string({
      options: ['none', 'last-resort'],
      default: 'none',
      description: 'break by hand what nothing declared breaks, as rarely as possible',
    }),
    ...solveFlags,
    output: Flags.string({
      helpValue: 'FILE',
      description: 'write plan.json there; with --format patches, a directory',
    }),
    format: Flags.string({
      options: [...namesOf(planFormats), 'patches'],
      default: 'text',
      description: 'what to print; patches: what is wished for, a patch per source in the directory --output',
    }),
    'allow-wishes': Flags.boolean({ description: 'a plan that needs wishes is no bad answer' }),
    nodes: Flags.integer({
      multiple: true,
      delimiter: ',',
      min: 1,
      helpValue: 'N,N',
      description: 'also say how long the plan takes on so many machines',
    }),
    times: Flags.string({
      helpValue: 'FILE',
      dependsOn: ['nodes'],
      description: 'measured build times, a source and its seconds a line; without it they are guessed from sizes',
    }),
    all: Flags.boolean({ description: 'every build, wish and name, not only the first of many' }),
  };

  async run(): Promise<PlanResult> {
    const { flags } = await this.parse(PlanCommand);
    this.begin(flags);
    const { requirePlace, writeWhole } = await import('../application/output/outputs.ts');
    const asPatches = flags.format === 'patches';
    const patchDirectory = asPatches ? await this.patchDirectory(flags) : undefined;
    if (flags.output !== undefined) requirePlace(flags.output);
    const request = asRun(requestOf(flags));
    const universe = await this.universe(request);
    const { planUniverse } = await import('../application/questions/plan.ts');
    const { signal, done } = interruptible();
    const wishes = flags.wishes as 'none' | 'last-resort';
    const report = await planUniverse(universe, { wishes, timeLimitSeconds: flags['time-limit'], signal });
    done();
    const { plan, suggestions, json } = report;
    if (patchDirectory !== undefined) {
      const { writePlanPatches } = await import('../application/questions/plan-patches.ts');
      this.data(await writePlanPatches(patchDirectory, request, report.wished()));
    } else {
      if (flags.output !== undefined) await writeWhole(flags.output, json());
      this.data(planFormats[flags.format as keyof typeof planFormats].text({ ...report, all: flags.all }));
    }
    const machines = flags.nodes === undefined ? undefined : await this.machines(plan, flags.nodes, flags);
    const undeclared = undeclaredWishes(plan);
    const isBad = plan.stuck.length > 0 || (undeclared.length > 0 && !flags['allow-wishes']);
    this.exitWith(isBad ? exitCode.bad : plan.status === 'optimal' ? exitCode.good : exitCode.unproved);
    return {
      ...plan,
      stuck: plan.stuck.map(filedStuck),
      suggestions: suggestions.map(filedWish),
      ...(machines && { machines }),
    };
  }

  /** Where patches go; what keeps them from going there is told before anything is solved. */
  private async patchDirectory({
    output,
    metadata,
  }: {
    readonly output?: string | undefined;
    readonly metadata?: string | undefined;
  }): Promise<string> {
    if (metadata !== undefined)
      throw new EnvironmentError(
        '--format patches is for the indices of an archive, whose sources have a debian/control',
        exitCode.usage,
        'the YAML files say it themselves; --format annotations names the stages',
      );
    if (output === undefined)
      throw new EnvironmentError(
        '--format patches needs --output DIR',
        exitCode.usage,
        'a patch per source goes there',
      );
    const { requireTextDirectory } = await import('../application/questions/control-patches.ts');
    requireTextDirectory(output, 'patch');
    return output;
  }

  private async machines(
    plan: Plan,
    nodes: readonly number[],
    { sources, times }: { readonly sources?: readonly string[] | undefined; readonly times?: string | undefined },
  ): Promise<readonly NodeEstimate[]> {
    const { estimateNodes } = await import('../application/questions/node-estimate.ts');
    const { nodeTable } = await import('../reports/plan/node-estimate.ts');
    const rows = await estimateNodes(plan, { nodes, sources: sources ?? [], times });
    this.data(nodeTable(rows));
    return rows;
  }
}
