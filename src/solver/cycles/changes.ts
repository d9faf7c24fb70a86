/**
 * What a day changed in an archive, as single changes that can each be undone in the later graph. Only changes that
 * take something away are listed: a stage that is gone, a need that is new. Read backwards (from today to yesterday),
 * the same list says what a day gave.
 */

import type { BinaryVertex, Row, SourceVertex } from '../../indices.ts';
import type { DependencyGraph, GraphVariant } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import { csrOf, successors } from '../graph/csr.ts';
import { type GraphRecord, graphOf } from '../graph/record.ts';
import { isNeed } from '../graph/unsatisfied.ts';

/** One thing that a source had and has not any more, or needs and did not need. */
export type Change =
  /** The source is not in the other archive at all. */
  | { readonly kind: 'source'; readonly source: SourceName }
  /** It no longer declares a stage. */
  | { readonly kind: 'stage'; readonly source: SourceName; readonly stage: number }
  /** A variant needs one more binary. Stage 0 is the full build. */
  | { readonly kind: 'need'; readonly source: SourceName; readonly stage: number; readonly binary: BinaryName }
  /** A variant no longer yields a binary. */
  | { readonly kind: 'yield'; readonly source: SourceName; readonly stage: number; readonly binary: BinaryName }
  /** A binary needs one more at run time. `source` is the source that builds it. */
  | { readonly kind: 'runtime'; readonly source: SourceName; readonly binary: BinaryName; readonly needs: string }
  /** Nothing satisfies a build dependency any more. */
  | { readonly kind: 'unsatisfied'; readonly source: SourceName; readonly stage: number; readonly group: string };

/** A record with its names looked up: what the functions below compare. */
export interface Archive {
  readonly record: GraphRecord;
  readonly graph: DependencyGraph;
  readonly source: ReadonlyMap<string, number>;
  readonly binary: ReadonlyMap<string, number>;
}

const indexed = (names: readonly string[]) => new Map(names.map((name, i) => [name, i]));

/** A recorded graph with its names looked up. */
export function archiveOf(record: GraphRecord): Archive {
  return { record, graph: graphOf(record), source: indexed(record.sources), binary: indexed(record.binaries) };
}

const variantOf = ({ graph }: Archive, source: SourceVertex, stage: number) =>
  graph.variants[source]!.find((v) => v.stage === stage);

/** Names of the binaries that one row has and the other has not, in the order of the row. */
function onlyIn(row: Int32Array, archive: Archive, other: Int32Array, from: Archive): readonly BinaryName[] {
  const known = new Set(Array.from(other, (b) => from.record.binaries[b]!));
  return Array.from(row, (b) => archive.record.binaries[b]!).filter((name) => !known.has(name));
}

/** Everything that `after` demands or lacks and `before` did not, among the given sources of `after`. Linear. */
export function changesBetween(before: Archive, after: Archive, among: readonly number[]): readonly Change[] {
  const found: Change[] = [];
  for (const s of among) {
    const source = after.record.sources[s]!;
    const was = before.source.get(source);
    if (was === undefined) {
      found.push({ kind: 'source', source });
      continue;
    }
    for (const { stage } of before.graph.variants[was]!) {
      if (variantOf(after, s, stage) === undefined) found.push({ kind: 'stage', source, stage });
    }
    const open = new Set(before.record.unsatisfied.filter((u) => u.source === was).map((u) => `${u.stage} ${u.group}`));
    for (const u of after.record.unsatisfied.filter(isNeed)) {
      if (u.source === s && !open.has(`${u.stage} ${u.group}`)) {
        found.push({ kind: 'unsatisfied', source, stage: u.stage, group: u.group });
      }
    }
    for (const variant of after.graph.variants[s]!) {
      const { stage } = variant;
      const old = variantOf(before, was, stage);
      if (old === undefined) continue;
      for (const binary of onlyIn(variant.needs, after, old.needs, before)) {
        found.push({ kind: 'need', source, stage, binary });
      }
      for (const binary of onlyIn(old.yields, before, variant.yields, after)) {
        if (after.binary.has(binary)) found.push({ kind: 'yield', source, stage, binary });
      }
    }
    for (const b of after.graph.variants[s]!.flatMap((v) => (v.stage === 0 ? [...v.yields] : []))) {
      const binary = after.record.binaries[b]!;
      const old = before.binary.get(binary);
      if (old === undefined) continue;
      const [now, then] = [successors(after.graph.runtime, b), successors(before.graph.runtime, old)];
      for (const needs of onlyIn(now, after, then, before)) found.push({ kind: 'runtime', source, binary, needs });
    }
  }
  return found;
}

/** `after` as it would be had these changes not happened. Linear in what changed, and in V where run-time needs did. */
export function undo(before: Archive, after: Archive, changes: readonly Change[]): DependencyGraph {
  const variants = [...after.graph.variants];
  const runtime = new Map<number, readonly number[]>();
  let { unsatisfied } = after.graph;
  /** Binaries of the earlier archive as vertices of the later one; what it does not know was there then. */
  const carried = (row: Row<BinaryVertex>): Row<BinaryVertex> =>
    Int32Array.from([...row].flatMap((b) => after.binary.get(before.record.binaries[b]!) ?? []));
  const replace = (s: number, stage: number, by: (v: GraphVariant) => GraphVariant): void => {
    variants[s] = variants[s]!.map((v) => (v.stage === stage ? by(v) : v));
  };
  for (const change of changes) {
    const s = after.source.get(change.source)!;
    const was = before.source.get(change.source);
    if (change.kind === 'source') {
      // It was not there to be built: as if it were given, it asks nothing, and stands in nobody's way.
      variants[s] = [{ ...variants[s]![0]!, needs: new Int32Array(0) }];
      unsatisfied = unsatisfied.filter((u) => u.source !== s);
    } else if (change.kind === 'stage') {
      const { stage, needs, yields } = variantOf(before, was!, change.stage)!;
      variants[s] = variants[s]!.concat({ stage, needs: carried(needs), yields: carried(yields) });
      const still = before.record.unsatisfied.filter((u) => u.source === was && u.stage === stage);
      unsatisfied = [...unsatisfied, ...still.map((u) => ({ ...u, source: s }))];
    } else if (change.kind === 'need') {
      const b = after.binary.get(change.binary)!;
      replace(s, change.stage, (v) => ({ ...v, needs: v.needs.filter((n) => n !== b) }));
    } else if (change.kind === 'yield') {
      const b = after.binary.get(change.binary)!;
      replace(s, change.stage, (v) => ({ ...v, yields: Int32Array.from([...v.yields, b]) }));
    } else if (change.kind === 'runtime') {
      const [b, needs] = [after.binary.get(change.binary)!, after.binary.get(change.needs)!];
      runtime.set(
        b,
        (runtime.get(b) ?? after.record.runtime[b]!).filter((n) => n !== needs),
      );
    } else {
      unsatisfied = unsatisfied.filter(
        (u) => !(u.source === s && u.stage === change.stage && u.group === change.group),
      );
    }
  }
  const rows = after.record.runtime;
  return {
    ...after.graph,
    variants,
    unsatisfied,
    runtime: runtime.size === 0 ? after.graph.runtime : csrOf(rows.map((row, b) => runtime.get(b) ?? row)),
  };
}
