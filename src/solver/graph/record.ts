/** A dependency graph as JSON: what one day leaves behind, so that the next can say what changed. */

import type { ByName, DependencyGraph } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import { csrOf, successors } from './csr.ts';

/** Everything by index, as in `DependencyGraph`; about 0.5 MB for the closure of Debian's build-essential. */
export interface GraphRecord {
  readonly format: 1;
  readonly sources: readonly SourceName[];
  /** Parallel to `sources`. */
  readonly versions: readonly string[];
  readonly targets: readonly number[];
  readonly variants: readonly (readonly {
    readonly stage: number;
    readonly needs: readonly number[];
    readonly yields: readonly number[];
  }[])[];
  readonly binaries: readonly BinaryName[];
  readonly madeBy: readonly number[];
  readonly runtime: readonly (readonly number[])[];
  readonly unsatisfied: DependencyGraph['unsatisfied'];
}

/** A loop: what spreads a typed array asks its iterator for every number. */
function listed(numbers: Int32Array): readonly number[] {
  const list: number[] = [];
  for (let i = 0; i < numbers.length; i++) list.push(numbers[i]!);
  return list;
}

/** @param versions of the graph's sources, in their order */
export function recordOf(graph: DependencyGraph, versions: readonly string[]): GraphRecord {
  return {
    format: 1,
    sources: graph.sources,
    versions,
    targets: listed(graph.targets),
    variants: graph.variants.map((vs) =>
      vs.map((v) => ({ stage: v.stage, needs: listed(v.needs), yields: listed(v.yields) })),
    ),
    binaries: graph.binaries,
    madeBy: listed(graph.madeBy),
    runtime: graph.binaries.map((_, b) => listed(successors(graph.runtime, b))),
    unsatisfied: graph.unsatisfied,
  };
}

/** The graph again. */
export function graphOf(record: GraphRecord): DependencyGraph {
  return {
    sources: record.sources,
    binaries: record.binaries,
    madeBy: Int32Array.from(record.madeBy),
    runtime: csrOf(record.runtime),
    variants: record.variants.map((vs) =>
      vs.map((v) => ({ stage: v.stage, needs: Int32Array.from(v.needs), yields: Int32Array.from(v.yields) })),
    ),
    targets: Int32Array.from(record.targets),
    unsatisfied: record.unsatisfied,
  };
}

const isStrings = (v: unknown): v is readonly string[] => Array.isArray(v) && v.every((s) => typeof s === 'string');
const isObject = (v: unknown): v is ByName<unknown> => typeof v === 'object' && v !== null;

/** Everything in a parsed record is of the right kind and refers to what is there. */
export function isGraphRecord(value: unknown): value is GraphRecord {
  if (!isObject(value) || value.format !== 1) return false;
  const { sources, versions, targets, variants, binaries, madeBy, runtime, unsatisfied } = value;
  if (!isStrings(sources) || !isStrings(versions) || !isStrings(binaries)) return false;
  const within = (limit: number, from = 0) => {
    return (v: unknown) => Array.isArray(v) && v.every((i) => Number.isInteger(i) && i >= from && i < limit);
  };
  const isVariant = (v: unknown) =>
    isObject(v) && Number.isInteger(v.stage) && within(binaries.length)(v.needs) && within(binaries.length)(v.yields);
  return (
    versions.length === sources.length &&
    within(sources.length)(targets) &&
    within(sources.length, -1)(madeBy) &&
    (madeBy as readonly unknown[]).length === binaries.length &&
    Array.isArray(runtime) &&
    runtime.length === binaries.length &&
    runtime.every(within(binaries.length)) &&
    Array.isArray(variants) &&
    variants.length === sources.length &&
    variants.every((list) => Array.isArray(list) && list.length > 0 && list.every(isVariant)) &&
    Array.isArray(unsatisfied) &&
    unsatisfied.every((u) => isObject(u) && Number.isInteger(u.source) && Number.isInteger(u.stage))
  );
}
