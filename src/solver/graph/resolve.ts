/** Universe -> DependencyGraph: the choices made, what is there from the start taken out of the way. */

import { type BinaryIndex, type BinaryVertex, type Indexed, type NoVertex, noVertex, type Row } from '../../indices.ts';
import { isForGood } from '../../metadata/universe/targets.ts';
import type { Csr, DependencyGraph, GraphVariant, Universe } from '../../model.ts';
import { type BinaryName, binaryName } from '../../names.ts';
import { type Choices, chooseAll, type Preference } from './choices.ts';
import { CsrBuilder, sortedUnique, successors, vertexCount } from './csr.ts';
import { earliest } from './earliest-round.ts';
import { givenBinaries } from './seed-binaries.ts';
import { seedCopies } from './seed-copies.ts';
import { membersOf, tarjan } from './tarjan.ts';

/** A universe, the choices made in it, and the graph that they give. */
export interface Resolved {
  readonly graph: DependencyGraph;
  readonly choices: Choices;
  /** Index into `universe.binaries` -> binary vertex, or `noVertex` for what is there from the start. */
  readonly vertexOf: Indexed<BinaryIndex, BinaryVertex | NoVertex>;
  /** Binary vertex -> index into `universe.binaries`. */
  readonly binaryOf: Indexed<BinaryVertex, BinaryIndex>;
  /** 1 for binaries that are there from the start: `available`, and the run-time closure of the seed. */
  readonly given: Uint8Array & Indexed<BinaryIndex, number>;
}

/**
 * For each given binary, the binaries that have to be built before it can be installed: `Architecture: all` taken as
 * given may still need a library that is not. Empty for the others, which stand for themselves.
 */
function behindGiven(runtime: Csr<BinaryIndex, BinaryIndex>, given: Uint8Array): readonly Row<BinaryIndex>[] {
  const inner = new CsrBuilder();
  const n = vertexCount(runtime);
  for (let b = 0; b < n; b++) {
    const row: number[] = [];
    if (given[b] === 1) for (const c of successors(runtime, b)) if (given[c] === 1) row.push(c);
    inner.row(row);
  }
  const g = inner.finish();
  const components = tarjan(g);
  const { component, count } = components;
  const members = membersOf(components);
  const nothing = new Int32Array(0);
  const behind: Int32Array[] = new Array(count).fill(nothing);
  // Components come successors first, so what lies behind a successor is known when it is needed.
  for (let c = 0; c < count; c++) {
    const found: number[] = [];
    for (const b of successors(members, c)) {
      if (given[b] === 0) continue;
      for (const next of successors(runtime, b)) {
        if (given[next] === 0) found.push(next);
        else for (const far of behind[component[next]!]!) found.push(far);
      }
    }
    if (found.length > 0) behind[c] = sortedUnique(found);
  }
  return Array.from({ length: n }, (_, b) => (given[b] === 1 ? behind[component[b]!]! : nothing));
}

/**
 * Unique names of all binaries: a second version of one carries its version, also where the first is there from the
 * start and has no vertex.
 */
export function binaryNames({ binaries }: Universe): readonly BinaryName[] {
  let previous = '';
  return binaries.map(({ name, version, architecture }) => {
    if (name === previous) return binaryName(`${name}:${architecture} (= ${version})`);
    previous = name;
    return name;
  });
}

/** One binary for every group, as `universe.alternatives` asks. */
export function choicesOf(universe: Universe): Choices {
  const first = chooseAll(universe);
  return universe.alternatives === 'any' ? chooseAll(universe, first.providers, first.groups, earliest(first)) : first;
}

/** The graph with everything needed to explain it. Source vertices are the indices of `universe.sources`. */
export const resolve = (universe: Universe): Resolved => withCopies(resolvedBy(choicesOf(universe)));

/** The same without the copies of the seed, which only plans ask for: to find them takes a sixth of all this. */
export const resolveWithoutCopies = (universe: Universe): Resolved => resolvedBy(choicesOf(universe));

const withCopies = (resolved: Resolved): Resolved => ({
  ...resolved,
  graph: { ...resolved.graph, ...seedCopies(resolved.choices, resolved.given) },
});

/** The same universe, with candidates chosen by a preference; what was ruled out in the graph stays so. */
export function resolveBy({ choices, graph }: Resolved, prefer: Preference): Resolved {
  const { universe, providers, groups } = choices;
  const anew = withCopies(resolvedBy(chooseAll(universe, providers, groups, prefer)));
  const ruledOut = graph.unsatisfied.filter((u) => !choices.unsatisfied.includes(u));
  return { ...anew, graph: { ...anew.graph, unsatisfied: [...anew.graph.unsatisfied, ...ruledOut] } };
}

function resolvedBy(choices: Choices): Resolved {
  const { universe } = choices;
  const { binaries } = universe;
  const given = givenBinaries(choices);
  const binaryOf = Int32Array.from(binaries.keys()).filter((b) => given[b] === 0);
  const vertexOf = new Int32Array(binaries.length).fill(noVertex);
  binaryOf.forEach((b, v) => {
    vertexOf[b] = v;
  });
  const behind = behindGiven(choices.runtime, given);
  /** Chosen binaries as vertices, what is given replaced by what it waits for. */
  const toVertices = (chosen: Int32Array): number[] => {
    const row: number[] = [];
    for (const b of chosen) {
      if (given[b] === 0) row.push(vertexOf[b]!);
      else for (const far of behind[b]!) row.push(vertexOf[far]!);
    }
    return row;
  };
  const names = binaryNames(universe);
  const runtime = new CsrBuilder();
  for (const b of binaryOf) runtime.sortedRow(toVertices(successors(choices.runtime, b)));
  const variants = universe.sources.map((source, s) =>
    source.variants.map(
      (variant, k): GraphVariant => ({
        stage: variant.stage,
        needs: sortedUnique(toVertices(choices.needs[s]![k]!)),
        yields: sortedUnique(variant.produces.map((b) => vertexOf[b]!).filter((v) => v >= 0)),
      }),
    ),
  );
  const supplied = universe.sources.flatMap(({ supply }, s) =>
    supply === undefined || isForGood(universe, s) ? [] : [s],
  );
  const graph: DependencyGraph = {
    sources: universe.sources.map((s) => s.name),
    binaries: Array.from(binaryOf, (b) => names[b]!),
    madeBy: binaryOf.map((b) => binaries[b]!.source ?? noVertex),
    runtime: runtime.finish(),
    variants,
    targets: Int32Array.from(universe.targets),
    unsatisfied: choices.unsatisfied,
    ...(supplied.length > 0 && { supplied }),
  };
  return { graph, choices, vertexOf, binaryOf, given };
}

/** The graph alone. */
export const dependencyGraph = (universe: Universe): DependencyGraph => resolve(universe).graph;
