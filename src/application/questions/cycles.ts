/** `cycles`: which sources need each other, what breaks them, and what is new since an earlier answer. */

import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import type { Diagnostic, Universe } from '../../model.ts';
import type { CyclesReport } from '../../reports/formats/cycles-formats.ts';
import type { BreakSet } from '../../solver/break/solution/break-set.ts';
import { type BaselineAnswer, compareWithBaseline, isWorse, parseBaseline } from '../../solver/cycles/baseline.ts';
import { cycleView } from '../../solver/cycles/cycle-view.ts';
import { cyclesOfGraph, cyclesOfUniverse } from '../../solver/cycles/cycles.ts';
import { parseGraph } from '../../solver/graph/graph-input.ts';
import { type PackageGraph, packageGraph } from '../../solver/graph/package-graph.ts';
import { type GraphRecord, recordOf } from '../../solver/graph/record.ts';
import { type Resolved, resolveWithoutCopies } from '../../solver/graph/resolve.ts';
import { sccsOf } from '../../solver/graph/scc.ts';
import { phase } from '../output/phase.ts';
import { maintainersOf } from './maintainers.ts';
import { readFileText } from './text-file.ts';

/** What is asked about: the sources of a universe, or the nodes of a graph that somebody else made. */
export interface CyclesSubject {
  readonly graph: PackageGraph;
  /** Absent for a graph that was given directly. */
  readonly resolved?: Resolved;
}

/** The graph of a universe in which no copy from outside hides a cycle. */
export function subjectOfUniverse(universe: Universe): CyclesSubject {
  const resolved = resolveWithoutCopies(universe);
  return { graph: packageGraph(resolved.graph, 'full'), resolved };
}

/** @throws InputError with every problem of the file */
export async function subjectOfGraphFile(file: string): Promise<CyclesSubject> {
  const graph = parseGraph(await readFileText(file), file);
  if (!graph.ok) throw new InputError(graph.diagnostics);
  return { graph: graph.value };
}

/** What is told of the cycles, and what they are compared with. */
export interface CyclesRequest {
  /** Cycles of up to so many sources are counted. */
  readonly upTo: number;
  /** A file with an earlier answer. */
  readonly baseline: string | undefined;
  /** Whether the answer shall hold what the next run needs to say what has changed. */
  readonly keepRecord: boolean;
  /** Add the fewest sources without which no cycle is left. */
  readonly break:
    | { readonly annotations: readonly string[]; readonly timeLimitSeconds: number | undefined }
    | undefined;
}

/** The answer, and what it means to a job that runs every day. */
export interface CyclesFound {
  readonly report: CyclesReport;
  readonly diagnostics: readonly Diagnostic[];
  /** `alarm`: there are cycles, or with a baseline new ones; `unproved`: a limit ended the search of the break set. */
  readonly verdict: 'good' | 'alarm' | 'unproved';
}

async function baselineOf(file: string) {
  const baseline = parseBaseline(await readFileText(file), file);
  if (!baseline.ok) throw new InputError(baseline.diagnostics);
  return baseline.value;
}

function versionsRecord({ graph, choices }: Resolved): GraphRecord {
  return recordOf(
    graph,
    choices.universe.sources.map((s) => s.version),
  );
}

/** Finds the cycles of a graph, and compares them when there is an earlier answer. */
export async function findCycles(subject: CyclesSubject, request: CyclesRequest): Promise<CyclesFound> {
  const { graph, resolved } = subject;
  const { upTo } = request;
  const before = request.baseline === undefined ? undefined : await baselineOf(request.baseline);
  phase('looking for cycles');
  const answer = resolved ? cyclesOfUniverse(resolved, { upTo }, graph) : cyclesOfGraph(graph, { upTo });
  const record = resolved && (request.keepRecord || before !== undefined) ? versionsRecord(resolved) : undefined;
  const change = before && compareWithBaseline(before, answer, record);
  const isBad = change ? isWorse(change) : answer.sccs.length > 0;
  const verdict = change ? (isBad ? 'new-cycles' : 'no-new-cycles') : answer.verdict;
  const breaking = request.break && (await breakSetFor(subject, request.break));
  const isUnproved = breaking?.set.status === 'bounded';
  // Who asks what breaks the cycles knows of them, but not of new ones.
  const isAlarm = isBad && (change !== undefined || !isUnproved);
  return {
    report: {
      answer: {
        ...answer,
        verdict,
        ...(breaking && { break: breaking.set }),
        ...(change && { change }),
        ...(record && { record }),
      },
      view: () => cycleView(graph, sccsOf(graph)),
      maintained: () => maintainersOfCycles(change ? newIn(change, resolved) : membersOf(answer), resolved),
    },
    diagnostics: breaking?.diagnostics ?? [],
    verdict: isAlarm ? 'alarm' : isUnproved ? 'unproved' : 'good',
  };
}

/** clingo is loaded only for who asks what breaks the cycles. */
async function breakSetFor(
  { graph, resolved }: CyclesSubject,
  { annotations, timeLimitSeconds }: NonNullable<CyclesRequest['break']>,
): Promise<{ readonly set: BreakSet; readonly diagnostics: readonly Diagnostic[] }> {
  const { breakSetOf } = await import('./break-set.ts');
  return breakSetOf(graph, resolved === undefined, { annotations, timeLimitSeconds });
}

const membersOf = ({ sccs }: CyclesReport['answer']): ReadonlySet<string> => new Set(sccs.flatMap((c) => c.sources));

/** With a baseline nobody is told again what they were told before: the sources of what is new, and of nothing else. */
function newIn(change: BaselineAnswer, resolved: Resolved | undefined): ReadonlySet<string> {
  const { sources = [], binaries = [] } = resolved?.choices.universe ?? {};
  const maker = new Map<string, string>(
    binaries.map((b) => [b.name, b.source === undefined ? '' : sources[b.source]!.name]),
  );
  const who = (name: string) => (name.startsWith('src:') ? name.slice(4) : (maker.get(name) ?? ''));
  return new Set([
    ...change.newMembers,
    ...change.newSelfCycles,
    ...change.newDependencies.map((d) => who(d.from)),
    ...change.noLongerBroken.filter((r) => r.cycle).flatMap((r) => r.members),
  ]);
}

function maintainersOfCycles(members: ReadonlySet<string>, resolved: Resolved | undefined) {
  if (!resolved)
    throw new EnvironmentError('a graph names no maintainers', exitCode.usage, 'use another format, or give metadata');
  const { universe } = resolved.choices;
  return maintainersOf(
    universe,
    universe.sources.map((s) => s.name).filter((name) => members.has(name)),
  );
}
