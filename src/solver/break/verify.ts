/**
 * The simulator: replays a solution on the graph alone, knowing nothing of groups, cuts or clingo. Kept apart from the
 * solver on purpose: it shares no code with it, and every solution passes through it.
 */
import type { DependencyGraph, Solution } from '../../model.ts';

interface Replay {
  /** Sources whose full build could be done. */
  readonly full: ReadonlySet<number>;
}

/** Round after round over all that is not built yet, until a round builds nothing. */
function replay(graph: DependencyGraph, allowed: ReadonlySet<string>, wishes: ReadonlySet<string>): Replay {
  const exists = new Set<number>();
  graph.madeBy.forEach((s, b) => {
    if (s >= 0 && wishes.has(graph.sources[s]!)) exists.add(b);
  });
  const never = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  const installable = new Set<number>();
  const full = new Set<number>();
  let open = graph.variants.flatMap((variants, s) =>
    variants
      .filter((v) => v.stage === 0 || allowed.has(`${graph.sources[s]} ${v.stage}`))
      .filter((v) => !never.has(`${s} ${v.stage}`))
      .map((v) => ({ s, ...v })),
  );
  for (;;) {
    addInstallable(graph, exists, installable);
    const ready = open.filter((v) => v.needs.every((b) => installable.has(b)));
    if (ready.length === 0) return { full };
    const done = new Set(ready);
    open = open.filter((v) => !done.has(v));
    for (const { s, stage, yields } of ready) {
      if (stage === 0) full.add(s);
      for (const b of yields) exists.add(b);
    }
  }
}

/** Of what exists, all that can be installed together with its run-time dependencies: the greatest such set. */
function addInstallable(graph: DependencyGraph, exists: ReadonlySet<number>, installable: Set<number>): void {
  const { offsets, targets } = graph.runtime;
  const lower = (b: number) => targets.subarray(offsets[b]!, offsets[b + 1]!);
  const candidates = new Set([...exists].filter((b) => !installable.has(b)));
  const dependents = new Map<number, number[]>();
  const doomed: number[] = [];
  for (const b of candidates) {
    for (const c of lower(b)) {
      if (installable.has(c)) continue;
      const list = dependents.get(c);
      if (list) list.push(b);
      else dependents.set(c, [b]);
      if (!candidates.has(c)) doomed.push(b);
    }
  }
  for (let b = doomed.pop(); b !== undefined; b = doomed.pop()) {
    if (candidates.delete(b)) doomed.push(...(dependents.get(b) ?? []));
  }
  for (const b of candidates) installable.add(b);
}

/** The targets and everything their full builds need, build and run time. */
function needed(graph: DependencyGraph): ReadonlySet<number> {
  const { offsets, targets } = graph.runtime;
  const sources = new Set(graph.targets);
  const binaries = new Set<number>();
  const visit = (b: number): void => {
    const queue = [b];
    for (let c = queue.pop(); c !== undefined; c = queue.pop()) {
      if (binaries.has(c)) continue;
      binaries.add(c);
      if (graph.madeBy[c]! >= 0) sources.add(graph.madeBy[c]!);
      queue.push(...targets.subarray(offsets[c]!, offsets[c + 1]!));
    }
  };
  for (const s of sources) for (const b of graph.variants[s]![0]!.needs) visit(b);
  return sources;
}

/**
 * What is wrong with a solution, in words; nothing when it holds: every choice was declared, every needed source is
 * either built in full or listed as stuck, nothing listed as stuck is built, the costs are those of the choices.
 */
export function verifySolution(graph: DependencyGraph, solution: Solution): readonly string[] {
  const problems: string[] = [];
  const allowed = new Set(solution.choices.map((c) => `${c.source} ${c.stage}`));
  const declared = new Set(
    graph.variants.flatMap((list, s) => list.filter((v) => v.stage > 0).map((v) => `${graph.sources[s]} ${v.stage}`)),
  );
  for (const c of allowed) if (!declared.has(c)) problems.push(`${c} is not a declared stage`);
  const { full } = replay(graph, allowed, new Set(solution.wishes));
  const stuck = new Set(solution.stuck.map((s) => s.source));
  for (const s of needed(graph)) {
    const name = graph.sources[s]!;
    if (full.has(s) && stuck.has(name)) problems.push(`${name} is called stuck, but can be built`);
    if (!full.has(s) && !stuck.has(name)) problems.push(`${name} cannot be built, and is not called stuck`);
  }
  const values = { wishes: solution.wishes.length, stageBuilds: solution.choices.length };
  for (const { criterion, value, lowerBound } of solution.costs) {
    if (criterion !== 'rebuilds' && values[criterion] !== value) problems.push(`${criterion} are not ${value}`);
    if (lowerBound > value) problems.push(`${criterion}: the bound ${lowerBound} lies above ${value}`);
    if (solution.status === 'optimal' && lowerBound !== value) problems.push(`${criterion} are not proved`);
  }
  return problems;
}
