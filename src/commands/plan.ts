import { Flags } from '@oclif/core';
import { answersFor, solveFlags } from '../application/analyse.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { exitCode } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Plan } from '../model.ts';
import type { Wish } from '../solver/explain/wishes.ts';
import type { Resolved } from '../solver/graph/resolve.ts';

/** `--json`: the plan, and for stuck sources what would free them, best first. */
export type PlanResult = Plan & { readonly suggestions: readonly Wish[] };

/** What is written for building is planned as it is built here: for another architecture than this machine's, crossed. */
const asRun = (request: InputRequest): InputRequest =>
  request.metadata === undefined ? request : { ...request, buildArchitecture: nativeArchitecture };

/** Ctrl-C ends the search, not the program: the best plan so far is printed, with its bound. */
function interruptible(): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => process.removeListener('SIGINT', stop) };
}

interface Suggestions {
  readonly told: readonly Wish[];
  /** How many wishes free everything: those told, unless there are very many. */
  readonly of: number;
}

/** The fewest wishes that would free everything, each told as the line to add. */
async function suggestionsFor(resolved: Resolved, timeLimitSeconds: number | undefined): Promise<Suggestions> {
  const { solve } = await import('../solver/break/solve.ts');
  const { Buildable } = await import('../solver/graph/buildable.ts');
  const { wishesOfSet } = await import('../solver/explain/wishes.ts');
  const { indexIn } = await import('../stages/first-round.ts');
  const { wishes } = await solve(resolved.graph, { wishes: 'last-resort', timeLimitSeconds, rebuilds: false });
  const sources = wishes.map((name) => indexIn(resolved.graph.sources, name));
  return { told: wishesOfSet(resolved, Buildable.of(resolved.graph), sources), of: sources.length };
}

export default class PlanCommand extends BaseCommand {
  static override summary = 'The fewest stage builds that break all cycles, proved, and the order of all builds.';
  static override description =
    `Chooses among the stages that the metadata declares: the fewest stage builds, of these the fewest rebuilds, of
these the alphabetically lowest set; then lays out every build, rebuilds and comparisons included. Where nothing declared breaks a
cycle the plan is partial: what can be built is planned, the rest is named with its reason and the line that would
help. --wishes last-resort plans on, with the fewest breaks that nobody has declared; it says so everywhere.

Exit code: 0 when every target is reached and the answer is proved, 1 when something is stuck, 2 when not all is proved.`;
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
    wishes: Flags.string({
      options: ['none', 'last-resort'],
      default: 'none',
      description: 'break by hand what nothing declared breaks, as rarely as possible',
    }),
    ...solveFlags,
    output: Flags.string({ helpValue: 'FILE', description: 'write plan.json there' }),
    format: Flags.string({
      options: ['text', 'json', 'order'],
      default: 'text',
      description: 'what to print',
    }),
    all: Flags.boolean({ description: 'every build, wish and name, not only the first of many' }),
  };

  async run(): Promise<PlanResult> {
    const { flags } = await this.parse(PlanCommand);
    this.begin(flags);
    const { universe, diagnostics } = await loadUniverse(asRun(requestOf(flags)));
    this.remarks(diagnostics);
    const { signal, done } = interruptible();
    const wishes = flags.wishes as 'none' | 'last-resort';
    const timeLimitSeconds = flags['time-limit'];
    const { resolved, plan } = await answersFor(universe, { wishes, timeLimitSeconds, signal });
    const wanted = plan.stuck.length > 0 && wishes === 'none' && !signal.aborted;
    const suggestions = wanted ? await suggestionsFor(resolved, timeLimitSeconds) : { told: [], of: 0 };
    done();
    if (flags.output !== undefined) {
      const [{ writeWhole }, { formatPlan }] = await Promise.all([
        import('../application/outputs.ts'),
        import('../stages/plan-format.ts'),
      ]);
      await writeWhole(flags.output, formatPlan(plan));
    }
    this.data(await this.rendered(flags.format, plan, suggestions, flags.all));
    this.exitWith(plan.stuck.length > 0 ? exitCode.bad : plan.status === 'optimal' ? exitCode.good : exitCode.unproved);
    return { ...plan, suggestions: suggestions.told };
  }

  private async rendered(format: string, plan: Plan, suggestions: Suggestions, all: boolean): Promise<string> {
    if (format === 'json') return (await import('../stages/plan-format.ts')).formatPlan(plan);
    if (format === 'order') {
      const { exportPlan } = await import('../stages/export.ts');
      const { versionSuffix } = await import('../stages/version-suffix.ts');
      return exportPlan(plan, 'order', versionSuffix);
    }
    const { planText } = await import('../reports/plan-text.ts');
    const { groupStuck, stuckSources } = await import('../stages/stuck.ts');
    return planText(plan, groupStuck(stuckSources(plan)), suggestions.told, suggestions.of, all);
  }
}
