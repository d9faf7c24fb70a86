/**
 * What is told of each source on its page: the chain, the lines that could be changed, who needs it and whom it needs.
 */

import type { ChainStep, Plan } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { Line, MovedDependency, SourceDay } from '../../reports/site/report-day.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import { askingLine } from '../../solver/explain/asking-line.ts';
import { groundOf } from '../../solver/explain/explain.ts';
import { successors } from '../../solver/graph/csr.ts';
import type { Resolved } from '../../solver/graph/resolve.ts';
import { shortestChain, shortestCycle } from '../../solver/graph/shortest-chain.ts';
import { isNeed } from '../../solver/graph/unsatisfied.ts';
import { withBlanks } from '../../text/blanks.ts';

/** Lines of one source that are told. */
const mostLines = 12;

/** Whether a binary that is given, and so no vertex of a cycle, needs another by way of such binaries alone. */
function leadsTo({ choices, given }: Resolved, binary: number, name: string): boolean {
  const seen = new Set(given[binary] === 1 ? [binary] : []);
  for (const b of seen)
    for (const next of successors(choices.runtime, b)) {
      if (choices.universe.binaries[next]!.name === name) return true;
      if (given[next] === 1) seen.add(next);
    }
  return false;
}

/** Finds the line of a source that asks for a binary; each is looked up once. */
function lineFinder(resolved: Resolved, cycles: CyclesAnswer): (source: string, binary: string) => Line | undefined {
  const { universe, needs } = resolved.choices;
  const index = new Map<string, number>(universe.sources.map((s, i) => [s.name, i]));
  const through = new Map<string, number>(
    cycles.sccs.flatMap(({ shortCycles }) =>
      shortCycles.through.map((t) => [`${t.source}\n${t.dependency}`, t.cycles] as const),
    ),
  );
  const known = new Map<string, Line | undefined>();
  const find = (source: string, binary: string): Line | undefined => {
    const s = index.get(source);
    if (s === undefined) return undefined;
    const own = needs[s]![0]!;
    const chosen =
      own.find((b) => universe.binaries[b]!.name === binary) ?? own.find((b) => leadsTo(resolved, b, binary));
    if (chosen === undefined) return undefined;
    return {
      ...withBlanks(askingLine(resolved.choices, s, chosen)),
      binary,
      cycles: through.get(`${source}\n${binary}`) ?? 0,
    };
  };
  return (source, binary) => {
    const key = `${source}\n${binary}`;
    if (!known.has(key)) known.set(key, find(source, binary));
    return known.get(key);
  };
}

/** Source -> the sources that build what its full build asks for, or what that needs at run time: one step in time. */
export function sourceGraph({ graph }: Resolved): readonly (readonly number[])[] {
  return graph.variants.map((variants, s) => {
    const found = new Set<number>();
    for (const b of variants[0]!.needs) if (graph.madeBy[b]! >= 0 && graph.madeBy[b] !== s) found.add(graph.madeBy[b]!);
    return [...found].sort((a, b) => a - b);
  });
}

interface Ground {
  readonly resolved: Resolved;
  readonly cycles: CyclesAnswer;
  readonly plan: Plan;
  readonly graph: readonly (readonly number[])[];
  /** Dependencies that close a cycle since the day before. */
  readonly added: readonly MovedDependency[];
}

/** O(V + E) for each source. */
export function sourceFacts({ resolved, cycles, plan, graph, added }: Ground): readonly SourceDay[] {
  const { universe, unsatisfied } = resolved.choices;
  const { sccs, buildable } = groundOf(resolved);
  const line = lineFinder(resolved, cycles);
  const members = new Map(sccs.flatMap((scc) => scc.members.map((s) => [s, scc.id] as const)));
  const shared = new Map(sccs.map((scc) => [scc.id, new Set(scc.members)]));
  const stuckIn = new Map(sccs.map((scc) => [scc.id, new Set(scc.members.filter((s) => !buildable.reaches(s)))]));
  const blocks = new Map(cycles.blocks.map((b) => [b.source, b]));
  const selfCycle = new Map(cycles.selfCycles.map((c) => [c.source, c.type ?? 0]));
  const ownLines = Map.groupBy(
    cycles.sccs.flatMap(({ shortCycles }) => shortCycles.through),
    (t) => t.source,
  );
  const news = Map.groupBy(
    added.filter((d) => d.from === `src:${d.source}`),
    (d) => d.source,
  );
  const missing = Map.groupBy(
    unsatisfied.filter(isNeed).filter((u) => u.stage === 0),
    (u) => u.source,
  );
  const neededBy: number[][] = graph.map(() => []);
  graph.forEach((row, s) => {
    for (const t of row) neededBy[t]!.push(s);
  });
  const places = Map.groupBy(
    plan.builds.map((b, i) => ({ source: b.source, build: b.id, at: i + 1, wave: b.wave, archive: b.archive })),
    (b) => b.source,
  );
  const targets = new Set(universe.targets);
  const names = (list: readonly number[]) => list.map((s) => universe.sources[s]!.name).sort(byteOrder);
  const chainOf = (s: number, scc: string, stuck: boolean): readonly ChainStep[] => {
    if (scc !== '') {
      const within = stuckIn.get(scc)!;
      const unbroken = stuck && within.has(s) ? shortestCycle(resolved, s, within) : [];
      return unbroken.length > 0 ? unbroken : shortestCycle(resolved, s, shared.get(scc)!);
    }
    if (!stuck || missing.has(s)) return [];
    const isStuck = (t: number) => !buildable.reaches(t);
    return shortestChain(resolved, s, {
      through: isStuck,
      until: (t) => isStuck(t) && (members.has(t) || missing.has(t)),
    });
  };
  return universe.sources.map(({ name, version, maintainer, uploaders, variants }, s) => {
    const stuck = !buildable.reaches(s);
    const scc = members.get(s) ?? '';
    const chain = chainOf(s, scc, stuck);
    const lacks = (missing.get(s) ?? []).map(({ group, why }) => ({ group, why }));
    return {
      name,
      version,
      maintainer,
      uploaders,
      place: scc !== '' ? 'cycle' : lacks.length > 0 ? 'missing' : stuck ? 'behind' : 'free',
      stuck,
      scc,
      target: targets.has(s),
      stages: variants.slice(1).map((v) => v.stage),
      chain,
      cycleLines: chain
        .filter((step) => step.how === 'build-depends')
        .flatMap((step) => line(step.from.slice(4), step.to) ?? []),
      ownLines: (ownLines.get(name) ?? []).slice(0, mostLines).flatMap((t) => line(name, t.dependency) ?? []),
      newLines: (news.get(name) ?? []).flatMap((d) => line(name, d.to) ?? []),
      missing: lacks,
      blocks: blocks.has(name) ? { min: blocks.get(name)!.min, max: blocks.get(name)!.max } : null,
      needs: names(graph[s]!),
      neededBy: names(neededBy[s]!),
      selfCycle: selfCycle.get(name) ?? null,
      places: (places.get(name) ?? []).map(({ source: _, ...place }) => place),
    };
  });
}
