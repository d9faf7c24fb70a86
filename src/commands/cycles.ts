import * as Flags from '@oclif/core/flags';
import { valueAt } from '../by-name.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { crossFlags, inputFlags, requestOf } from '../command-line/input-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { ByName } from '../model.ts';
import { type CyclesReport, cyclesFormats, cyclesJson } from '../reports/formats/cycles-formats.ts';
import { extensionsOf, namesOf } from '../reports/formats/format.ts';

export default class Cycles extends AnalysingCommand {
  static override summary = 'Which sources need each other, why, and what changed.';
  static override description = `Strongly connected components of the sources that the targets need, with full builds;
self-cycles by type, short cycles and the build dependencies they go through, how many sources wait for each, and what
can be built before any cycle. Reads metadata, or a dependency graph: GraphML as botch and other tools write it, or JSON
{"nodes": ["a", "b"], "succ": [[1], [0]]}. See docs/cycles.md.

Exit code: 0 when there is no cycle (with --baseline: none that is new), 1 when there is; 2 when a limit ended the
search of --break, and nothing is new.`;
  static override examples = [
    {
      description: 'The cycles of an archive',
      command: '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz',
    },
    {
      description: 'Every day: what is new since yesterday, by text, and the answer for tomorrow',
      command:
        '<%= config.bin %> <%= command.id %> --from-apt --baseline last.json --format text --format json --output reports/',
    },
    { description: 'The components of a graph', command: '<%= config.bin %> <%= command.id %> --graph buildgraph.xml' },
  ];
  static override flags = {
    graph: Flags.string({
      helpValue: 'FILE',
      description: 'a dependency graph instead of metadata',
      helpGroup: 'INPUT',
    }),
    ...inputFlags,
    ...crossFlags,
    'up-to': Flags.integer({
      helpValue: 'N',
      min: 1,
      max: 12,
      default: 4,
      description: 'count cycles of up to N sources',
    }),
    break: Flags.boolean({
      description: 'add a minimum set of sources (with --graph: nodes) without which no cycle is left',
    }),
    'time-limit': Flags.integer({
      helpValue: 'SECONDS',
      min: 1,
      description: 'give up after so long; of a search (--break) the best so far is given with its bound',
    }),
    baseline: Flags.string({ helpValue: 'FILE', description: 'an earlier --json answer: tell what is new' }),
    format: Flags.string({
      multiple: true,
      options: namesOf(cyclesFormats),
      default: [],
      description: 'how to print the answer; default: text',
    }),
    output: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      default: [],
      description: 'where to: a file per format, or a directory; default: stdout',
    }),
  };

  async run(): Promise<CyclesReport['answer']> {
    const { flags } = await this.parse(Cycles);
    this.begin(flags);
    refuseOthersBeside(flags);
    const [{ findCycles, subjectOfGraphFile, subjectOfUniverse }, { outputsOf, writeWhole }] = await Promise.all([
      import('../application/questions/cycles.ts'),
      import('../application/output/outputs.ts'),
    ]);
    const outputs = await outputsOf(flags, extensionsOf(cyclesFormats), 'cycles');
    const subject =
      flags.graph === undefined
        ? subjectOfUniverse(await this.universe(requestOf(flags), true))
        : await subjectOfGraphFile(flags.graph);
    const { report, diagnostics, verdict } = await findCycles(subject, {
      upTo: flags['up-to'],
      baseline: flags.baseline,
      keepRecord: this.jsonEnabled() || outputs.some((o) => o.format === 'json'),
      break: flags.break ? { annotations: flags.annotations, timeLimitSeconds: flags['time-limit'] } : undefined,
    });
    this.remarks(diagnostics);
    for (const { format, file } of outputs) {
      const text = cyclesFormats[format as keyof typeof cyclesFormats].text(report);
      if (file === undefined) this.data(text);
      else await writeWhole(file, text);
    }
    this.exitWith({ good: exitCode.good, alarm: exitCode.bad, unproved: exitCode.unproved }[verdict]);
    return report.answer;
  }

  override logJson(json: unknown): void {
    process.stdout.write(cyclesJson(json as CyclesReport['answer']));
  }
}

/** A graph is given instead of metadata, not beside it. */
function refuseOthersBeside(flags: ByName<unknown> & { readonly graph?: string | undefined }): void {
  if (flags.graph === undefined) return;
  const other = ['metadata', 'packages', 'sources', 'from-apt', 'control'].find((name) => {
    const value = valueAt(flags, name);
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  if (other !== undefined)
    throw new EnvironmentError(`--graph and --${other} exclude each other`, exitCode.usage, 'give one of them');
  if (Array.isArray(flags.annotations) && flags.annotations.length > 0 && !flags.break)
    throw new EnvironmentError('with --graph, --annotations are for --break', exitCode.usage, 'add --break');
}
