import * as Flags from '@oclif/core/flags';
import type { BreakFlags } from '../application/break-set.ts';
import { valueAt } from '../by-name.ts';
import { BaseCommand } from '../command-line/base-command.ts';
import { inputFlags, loadUniverse, requestOf } from '../command-line/input-flags.ts';
import { EnvironmentError, exitCode, InputError } from '../errors.ts';
import type { ByName, Universe } from '../model.ts';
import type { BreakSet } from '../solver/break/break-set.ts';
import type { BaselineAnswer } from '../solver/cycles/baseline.ts';
import type { CyclesAnswer } from '../solver/cycles/cycles-answer.ts';
import type { PackageGraph } from '../solver/graph/package-graph.ts';
import type { GraphRecord } from '../solver/graph/record.ts';
import type { Resolved } from '../solver/graph/resolve.ts';

const extensions = {
  text: 'txt',
  json: 'json',
  graphml: 'graphml',
  dot: 'dot',
  markdown: 'md',
  'dd-list': 'dd-list',
} as const;

/** The answer, what changed since a baseline, and what the next run needs to say what changed. */
type Result = CyclesAnswer & {
  readonly break?: BreakSet;
  readonly change?: BaselineAnswer;
  readonly record?: GraphRecord;
};

interface Subject {
  readonly graph: PackageGraph;
  /** Absent for a graph that was given directly. */
  readonly resolved?: Resolved;
}

export default class Cycles extends BaseCommand {
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
      dependsOn: ['break'],
      description: 'end the search for that set after so long; the best so far is given with its bound',
    }),
    baseline: Flags.string({ helpValue: 'FILE', description: 'an earlier --json answer: tell what is new' }),
    format: Flags.string({
      multiple: true,
      options: Object.keys(extensions),
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

  async run(): Promise<Result> {
    const { flags } = await this.parse(Cycles);
    this.begin(flags);
    const { outputsOf, writeWhole } = await import('../application/outputs.ts');
    const outputs = await outputsOf(flags, extensions, 'cycles');
    const subject = flags.graph === undefined ? await this.fromMetadata(flags) : await fromGraph(flags.graph, flags);
    const before = flags.baseline === undefined ? undefined : await baselineOf(flags.baseline);

    const { cyclesOfGraph, cyclesOfUniverse } = await import('../solver/cycles/cycles.ts');
    const options = { upTo: flags['up-to'] };
    const { graph, resolved } = subject;
    const answer = resolved ? cyclesOfUniverse(resolved, options, graph) : cyclesOfGraph(graph, options);
    const keepsRecord = this.jsonEnabled() || before !== undefined || outputs.some((o) => o.format === 'json');
    const record = resolved && keepsRecord ? await recordOf(resolved) : undefined;
    const { compareWithBaseline, isWorse } = await import('../solver/cycles/baseline.ts');
    const change = before && compareWithBaseline(before, answer, record);
    const isBad = change ? isWorse(change) : answer.sccs.length > 0;
    const verdict = change ? (isBad ? 'new-cycles' : 'no-new-cycles') : answer.verdict;
    const breaking = flags.break ? await this.breakSet(subject, flags) : undefined;
    const result: Result = {
      ...answer,
      verdict,
      ...(breaking && { break: breaking }),
      ...(change && { change }),
      ...(record && { record }),
    };

    for (const { format, file } of outputs) {
      const text = await rendered(format, result, subject);
      if (file === undefined) this.data(text);
      else await writeWhole(file, text);
    }
    const isUnproved = breaking?.status === 'bounded';
    // Who asks what breaks the cycles knows of them, but not of new ones.
    const isAlarm = isBad && (change !== undefined || !isUnproved);
    this.exitWith(isAlarm ? exitCode.bad : isUnproved ? exitCode.unproved : exitCode.good);
    return result;
  }

  private async breakSet(subject: Subject, flags: BreakFlags): Promise<BreakSet> {
    const { breakSetOf } = await import('../application/break-set.ts');
    const { set, diagnostics } = await breakSetOf(subject.graph, subject.resolved === undefined, flags);
    this.remarks(diagnostics);
    return set;
  }

  private async fromMetadata(flags: Parameters<typeof requestOf>[0]): Promise<Subject> {
    const { universe, diagnostics } = await loadUniverse(requestOf(flags));
    this.remarks(diagnostics);
    const { resolve } = await import('../solver/graph/resolve.ts');
    const { packageGraph } = await import('../solver/graph/package-graph.ts');
    const resolved = resolve(universe);
    return { graph: packageGraph(resolved.graph, 'full'), resolved };
  }

  override logJson(json: unknown): void {
    process.stdout.write(jsonText(json as Result));
  }
}

/** Indented for people, apart from the record, which is for the next run: one line. */
function jsonText({ record, ...answer }: Result): string {
  const text = JSON.stringify(answer, null, 2);
  return record === undefined ? `${text}\n` : `${text.slice(0, -2)},\n  "record": ${JSON.stringify(record)}\n}\n`;
}

async function readFileText(file: string): Promise<string> {
  const { readText } = await import('../metadata/control/compressed.ts');
  const text = await readText(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'EACCES' && error.code !== 'EISDIR') throw error;
    const message = `${file}: ${error.code === 'ENOENT' ? 'no such file' : 'not a readable file'}`;
    const help = 'check the path and its permissions';
    throw new InputError([{ code: 'BP100', severity: 'error', message, help }], exitCode.missingInput);
  });
  if (!text.ok) throw new InputError(text.diagnostics);
  return text.value.bytes.toString('utf8');
}

async function fromGraph(file: string, flags: ByName<unknown>): Promise<Subject> {
  const other = ['metadata', 'packages', 'sources', 'from-apt', 'control'].find((name) => {
    const value = valueAt(flags, name);
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  if (other !== undefined)
    throw new EnvironmentError(`--graph and --${other} exclude each other`, exitCode.usage, 'give one of them');
  if (Array.isArray(flags.annotations) && flags.annotations.length > 0 && !flags.break)
    throw new EnvironmentError('with --graph, --annotations are for --break', exitCode.usage, 'add --break');
  const { parseGraph } = await import('../solver/graph/graph-input.ts');
  const graph = parseGraph(await readFileText(file), file);
  if (!graph.ok) throw new InputError(graph.diagnostics);
  return { graph: graph.value };
}

async function baselineOf(file: string) {
  const { parseBaseline } = await import('../solver/cycles/baseline.ts');
  const baseline = parseBaseline(await readFileText(file), file);
  if (!baseline.ok) throw new InputError(baseline.diagnostics);
  return baseline.value;
}

async function recordOf({ graph, choices }: Resolved): Promise<GraphRecord> {
  const record = await import('../solver/graph/record.ts');
  return record.recordOf(
    graph,
    choices.universe.sources.map((s) => s.version),
  );
}

async function rendered(format: string, result: Result, { graph, resolved }: Subject): Promise<string> {
  const view = async () => {
    const [{ cycleView }, { sccsOf }] = await Promise.all([
      import('../solver/cycles/cycle-view.ts'),
      import('../solver/graph/scc.ts'),
    ]);
    return cycleView(graph, sccsOf(graph));
  };
  switch (format) {
    case 'json':
      return jsonText(result);
    case 'graphml':
      return (await import('../reports/cycles-graph.ts')).cyclesGraphml(await view());
    case 'dot':
      return (await import('../reports/cycles-graph.ts')).cyclesDot(result, await view());
    case 'markdown':
      return (await import('../reports/cycles-markdown.ts')).cyclesMarkdown(result, result.change, result.break);
    case 'dd-list':
      return (await import('../reports/dd-list.ts')).ddList(maintained(result, resolved), { uploaders: true });
    default:
      return (await import('../reports/cycles-text.ts')).cyclesText(result, result.change, result.break);
  }
}

/** The members of all SCCs with their maintainers. */
function maintained(result: CyclesAnswer, resolved: Resolved | undefined) {
  if (!resolved)
    throw new EnvironmentError('a graph names no maintainers', exitCode.usage, 'use another format, or give metadata');
  const members = new Set(result.sccs.flatMap((c) => c.sources));
  const { sources }: Universe = resolved.choices.universe;
  return sources
    .filter((s) => members.has(s.name))
    .map(({ name, maintainer, uploaders }) => ({ source: name, maintainer, uploaders }));
}
