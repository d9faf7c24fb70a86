import { Flags } from '@oclif/core';
import { answersFor, runIn, solveFlags } from '../application/analyse.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { Universe } from '../model.ts';
import type { Maintained } from '../reports/dd-list.ts';
import type { StuckGroup } from '../stages/stuck.ts';

/** `--json`: the groups in the order of the report. */
export interface StuckResult {
  readonly architecture: string;
  /** Sources that the plan speaks of. */
  readonly sources: number;
  readonly stuck: number;
  /** Whether a run's journal was looked at. */
  readonly run: boolean;
  readonly groups: readonly StuckGroup[];
}

export default class StuckCommand extends BaseCommand {
  static override summary = 'Which sources are stuck in bootstrap mode, and why?';
  static override description =
    `By the metadata: a cycle that nothing declared breaks, a dependency that nothing provides. By a run, when the state
directory holds one: a failed stage build, a rebuild still owed, a stage package still in use. Grouped by shared reason.
Without metadata the run's own plan is asked.

Exit code: 0 when none is stuck, 1 when one is.`;
  static override examples = [
    {
      description: 'What nobody can build with the stages this archive declares',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --targets essential',
    },
    {
      description: 'Whom to write to, as dd-list writes it',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --format dd-list --uploaders',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    ...stateFlag,
    format: Flags.string({
      options: ['text', 'json', 'dd-list', 'markdown'],
      default: 'text',
      description: 'how to print the answer',
    }),
    uploaders: Flags.boolean({ description: 'with dd-list: list under uploaders too' }),
    all: Flags.boolean({ description: 'every source of a group, not only ten' }),
  };

  async run(): Promise<StuckResult> {
    const { flags } = await this.parse(StuckCommand);
    this.begin(flags);
    const { groupStuck, stuckSources } = await import('../stages/stuck.ts');
    const run = await runIn(flags.state);
    const given = flags.metadata !== undefined || flags['from-apt'] || flags.packages.length + flags.sources.length > 0;
    let universe: Universe | undefined;
    if (given || run === undefined) {
      const loaded = await loadUniverse(requestOf(flags));
      this.remarks(loaded.diagnostics);
      universe = loaded.universe;
    }
    const plan =
      universe === undefined ? run!.plan : (await answersFor(universe, { timeLimitSeconds: flags['time-limit'] })).plan;
    const stuck = stuckSources(plan, run?.standing);
    const groups = groupStuck(stuck);
    const sources = new Set([...plan.builds, ...plan.stuck, ...stuck].map((b) => b.source)).size;
    const result: StuckResult = {
      architecture: plan.architecture,
      sources,
      stuck: stuck.length,
      run: run !== undefined,
      groups,
    };
    if (flags.format === 'dd-list') {
      const { ddList } = await import('../reports/dd-list.ts');
      this.data(ddList(maintained(stuck, universe), { uploaders: flags.uploaders }));
    } else if (flags.format === 'json') {
      this.data(JSON.stringify(result, null, 2));
    } else {
      const { stuckMarkdown, stuckText } = await import('../reports/stuck.ts');
      const { stateDirectory, stateWords } = await import('../runner/journal/state-directory.ts');
      const at = stateWords(stateDirectory(flags.state));
      this.data((flags.format === 'markdown' ? stuckMarkdown : stuckText)(groups, sources, flags.all, at));
    }
    this.exitWith(stuck.length === 0 ? exitCode.good : exitCode.bad);
    return result;
  }
}

function maintained(
  stuck: readonly { readonly source: string }[],
  universe: Universe | undefined,
): readonly Maintained[] {
  if (universe === undefined)
    throw new EnvironmentError(
      "a run's plan does not know who maintains what",
      exitCode.usage,
      'give the metadata too: --metadata DIR, or --packages FILE --sources FILE',
    );
  const people = new Map(universe.sources.map((s) => [s.name, s]));
  return stuck.map(({ source }) => ({
    source,
    maintainer: people.get(source)?.maintainer ?? '',
    uploaders: people.get(source)?.uploaders ?? [],
  }));
}
