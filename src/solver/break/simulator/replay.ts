/**
 * The simulator's replay: what can be built in full with the allowed variants, from the graph alone. Linear, and kept
 * apart from the solver on purpose: it finds binaries that need each other at run time in its own way.
 */
import { isVertex, type SourceVertex } from '../../../indices.ts';
import type { Csr, DependencyGraph } from '../../../model.ts';

/** The same edges backwards. */
function backwards({ offsets, targets }: Csr): Csr {
  const vertices = offsets.length - 1;
  const ends = new Int32Array(vertices + 1);
  for (const t of targets) ends[t]!++;
  let sum = 0;
  for (let v = 0; v <= vertices; v++) {
    sum += ends[v]!;
    ends[v] = sum;
  }
  const sources = new Int32Array(targets.length);
  // Filled from the back, the ends become the beginnings.
  for (let v = vertices - 1; v >= 0; v--) {
    for (let e = offsets[v + 1]! - 1; e >= offsets[v]!; e--) sources[--ends[targets[e]!]!] = v;
  }
  return { offsets: ends, targets: sources };
}

/** Visits what was not seen yet depth first; calls `done` for each vertex after everything it leads to. */
function depthFirst({ offsets, targets }: Csr, root: number, seen: Uint8Array, done: (v: number) => void): void {
  if (seen[root] === 1) return;
  seen[root] = 1;
  const path = [root];
  const cursor = [offsets[root]!];
  while (path.length > 0) {
    const v = path.at(-1)!;
    const e = cursor[cursor.length - 1]!++;
    if (e >= offsets[v + 1]!) {
      done(v);
      path.pop();
      cursor.pop();
    } else if (seen[targets[e]!] === 0) {
      seen[targets[e]!] = 1;
      path.push(targets[e]!);
      cursor.push(offsets[targets[e]!]!);
    }
  }
}

/** Binary -> the bundle of binaries that need each other at run time, by two searches (S. Kosaraju; M. Sharir 1981). */
function bundlesOf(runtime: Csr, users: Csr): Int32Array {
  const binaries = runtime.offsets.length - 1;
  const order: number[] = [];
  const seen = new Uint8Array(binaries);
  for (let b = 0; b < binaries; b++) depthFirst(runtime, b, seen, (v) => order.push(v));
  const bundle = new Int32Array(binaries);
  seen.fill(0);
  for (const root of order.reverse()) {
    depthFirst(users, root, seen, (v) => {
      bundle[v] = root;
    });
  }
  return bundle;
}

/**
 * Sources whose full build can be done: a build can be done when all it asks for is installable, a binary is when
 * its bundle is there, and so is everything that one of the bundle needs.
 *
 * @param allowed whether a stage build may be used
 * @param wished whether the binaries of a source are there from the start
 */
export function replay(
  graph: DependencyGraph,
  allowed: (source: SourceVertex, stage: number) => boolean,
  wished: (source: SourceVertex) => boolean,
): ReadonlySet<number> {
  const { runtime, variants } = graph;
  const users = backwards(runtime);
  const bundle = bundlesOf(runtime, users);
  const binaries = bundle.length;
  /** Bundle -> what it lacks: its own binaries, and edges to what is not installable. */
  const lacks = new Int32Array(binaries);
  const members: number[][] = Array.from({ length: binaries }, () => []);
  for (let b = 0; b < binaries; b++) {
    members[bundle[b]!]!.push(b);
    lacks[bundle[b]!]!++;
    for (let e = runtime.offsets[b]!; e < runtime.offsets[b + 1]!; e++) {
      if (bundle[runtime.targets[e]!] !== bundle[b]) lacks[bundle[b]!]!++;
    }
  }
  const never = new Set(graph.unsatisfied.map((u) => `${u.source} ${u.stage}`));
  const builds = variants.flatMap((list, source) =>
    list
      .filter(({ stage }) => (stage === 0 || allowed(source, stage)) && !never.has(`${source} ${stage}`))
      .map(({ stage, needs, yields }) => ({ source, stage, yields, open: needs.length, needs })),
  );
  const askers: number[][] = Array.from({ length: binaries }, () => []);
  builds.forEach(({ needs }, i) => {
    for (const b of needs) askers[b]!.push(i);
  });

  const exists = new Uint8Array(binaries);
  const full = new Set<number>();
  const complete: number[] = [];
  const ready = builds.flatMap(({ open }, i) => (open === 0 ? [i] : []));
  const supply = (root: number): void => {
    if (--lacks[root]! === 0) complete.push(root);
  };
  const appear = (b: number): void => {
    if (exists[b] === 1) return;
    exists[b] = 1;
    supply(bundle[b]!);
  };
  graph.madeBy.forEach((source, b) => {
    if (isVertex(source) && wished(source)) appear(b);
  });
  for (;;) {
    const root = complete.pop();
    if (root !== undefined) {
      for (const b of members[root]!) {
        for (const i of askers[b]!) if (--builds[i]!.open === 0) ready.push(i);
        for (let e = users.offsets[b]!; e < users.offsets[b + 1]!; e++) {
          const above = bundle[users.targets[e]!]!;
          if (above !== root) supply(above);
        }
      }
      continue;
    }
    const next = ready.pop();
    if (next === undefined) return full;
    const { source, stage, yields } = builds[next]!;
    if (stage === 0) full.add(source);
    for (const b of yields) appear(b);
  }
}
