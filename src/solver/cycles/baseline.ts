/** What changed since an earlier answer of `bootplan cycles`: new members, new cycles, cycles no longer broken. */
import type { ByName, Diagnostic, Result } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { successors } from '../graph/csr.ts';
import { packageGraph } from '../graph/package-graph.ts';
import { type GraphRecord, graphOf, isGraphRecord } from '../graph/record.ts';
import { tarjan } from '../graph/tarjan.ts';
import type { CyclesAnswer } from './cycles-answer.ts';
import { type Regression, regressions } from './regression.ts';

/** The part of an earlier answer that is compared. `record` is absent when the answer was about a given graph. */
export interface Baseline {
  readonly sccs: readonly { readonly id: string; readonly sources: readonly string[] }[];
  readonly selfCycles: readonly { readonly source: string }[];
  readonly record?: GraphRecord;
}

/** What is new and what is gone since an earlier answer; names in byte order. */
export interface BaselineAnswer {
  /** Sources in an SCC now that were in none. */
  readonly newMembers: readonly string[];
  /** Sources in no SCC now that were in one. */
  readonly goneMembers: readonly string[];
  readonly newSelfCycles: readonly string[];
  readonly goneSelfCycles: readonly string[];
  /** SCCs that hold members of several earlier ones. */
  readonly merged: readonly { readonly id: string; readonly from: readonly string[] }[];
  /** Dependencies inside an SCC, between members of old, that were not there: each closes a cycle that is new. */
  readonly newDependencies: readonly { readonly from: string; readonly to: string; readonly scc: string }[];
  /** What declared stages broke the time before and do not break now, with the changes that did it. */
  readonly noLongerBroken: readonly Regression[];
}

const isStrings = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((s) => typeof s === 'string');
const isObject = (v: unknown): v is ByName<unknown> => typeof v === 'object' && v !== null;

/** Reads the JSON of an earlier run. */
export function parseBaseline(text: string, file: string): Result<Baseline> {
  const fail = (message: string): Result<Baseline> => {
    const help = 'give a file that `bootplan cycles --json` wrote';
    const diagnostic: Diagnostic = { code: 'BP202', severity: 'error', message, origin: { file, line: 1 }, help };
    return { ok: false, diagnostics: [diagnostic] };
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('the baseline is no JSON');
  }
  if (!isObject(value) || value.format !== 1) return fail('the baseline is no answer of `bootplan cycles`, format 1');
  const { sccs, selfCycles, record } = value;
  const isScc = (c: unknown) => isObject(c) && typeof c.id === 'string' && isStrings(c.sources);
  const isSelf = (c: unknown) => isObject(c) && typeof c.source === 'string';
  if (!Array.isArray(sccs) || !sccs.every(isScc)) return fail('`sccs` of the baseline is damaged');
  if (!Array.isArray(selfCycles) || !selfCycles.every(isSelf)) return fail('`selfCycles` of the baseline is damaged');
  if (record !== undefined && !isGraphRecord(record)) return fail('`record` of the baseline is damaged');
  return { ok: true, value: value as unknown as Baseline, diagnostics: [] };
}

const without = (list: readonly string[], known: ReadonlySet<string>) => list.filter((s) => !known.has(s));

/**
 * Dependencies inside a component of `now`, between members of old, that `before` does not have. The arguments swapped,
 * what `before` had and `now` has not.
 *
 * @param old the members of all components of `before` @param sccs the components of `now`
 */
export function dependenciesOnlyIn(
  before: GraphRecord,
  now: GraphRecord,
  old: ReadonlySet<string>,
  sccs: Baseline['sccs'],
): BaselineAnswer['newDependencies'] {
  const graph = packageGraph(graphOf(now), 'full');
  const { component } = tarjan(graph.edges, graph.roots);
  const sccOf = new Map(sccs.flatMap((c) => c.sources.map((s) => [s, c.id] as const)));
  const sccOfComponent = new Map<number, string>();
  for (let s = 0; s < graph.sources; s++) {
    const id = sccOf.get(graph.labels[s]!);
    if (id !== undefined) sccOfComponent.set(component[s]!, id);
  }
  const known = new Set<string>();
  before.variants.forEach(([full], s) => {
    for (const b of full!.needs) known.add(`src:${before.sources[s]} ${before.binaries[b]}`);
  });
  before.runtime.forEach((row, b) => {
    for (const c of row) known.add(`${before.binaries[b]} ${before.binaries[c]}`);
  });
  const knownBinary = new Set<string>(before.binaries);
  const found: { from: string; to: string; scc: string }[] = [];
  for (let v = 0; v < graph.labels.length; v++) {
    const scc = sccOfComponent.get(component[v]!);
    if (scc === undefined) continue;
    const label = graph.labels[v]!;
    if (v < graph.sources ? !old.has(label) : !knownBinary.has(label)) continue;
    const from = v < graph.sources ? `src:${label}` : label;
    for (const t of successors(graph.edges, v)) {
      if (t < graph.sources || component[t] !== component[v] || known.has(`${from} ${graph.labels[t]}`)) continue;
      found.push({ from, to: graph.labels[t]!, scc });
    }
  }
  return found.sort((a, b) => byteOrder(a.from, b.from) || byteOrder(a.to, b.to));
}

/** Compares two answers; with the graph of the later one it also says which change lost a source. */
export function compareWithBaseline(
  before: Baseline,
  answer: CyclesAnswer,
  record: GraphRecord | undefined,
): BaselineAnswer {
  const members = (sccs: Baseline['sccs']) => sccs.flatMap((c) => c.sources).sort(byteOrder);
  const [old, now] = [members(before.sccs), members(answer.sccs)];
  const [oldSet, nowSet] = [new Set(old), new Set(now)];
  const oldSelf = before.selfCycles.map((c) => c.source);
  const nowSelf = answer.selfCycles.map((c) => c.source);
  const oldScc = new Map(before.sccs.flatMap((c) => c.sources.map((s) => [s, c.id] as const)));
  const merged = answer.sccs.flatMap(({ id, sources }) => {
    const from = [...new Set(sources.flatMap((s) => oldScc.get(s) ?? []))].sort(byteOrder);
    return from.length > 1 ? [{ id, from }] : [];
  });
  const both = before.record !== undefined && record !== undefined;
  return {
    newMembers: without(now, oldSet),
    goneMembers: without(old, nowSet),
    newSelfCycles: without(nowSelf, new Set(oldSelf)),
    goneSelfCycles: without(oldSelf, new Set(nowSelf)),
    merged,
    newDependencies: both ? dependenciesOnlyIn(before.record, record, oldSet, answer.sccs) : [],
    noLongerBroken: both ? regressions(before.record, record) : [],
  };
}

/** Whether anything became worse: what makes the exit code 1. */
export const isWorse = (b: BaselineAnswer): boolean =>
  b.newMembers.length +
    b.newSelfCycles.length +
    b.merged.length +
    b.newDependencies.length +
    b.noLongerBroken.filter((r) => r.cycle).length >
  0;
