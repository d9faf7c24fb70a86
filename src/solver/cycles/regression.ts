/**
 * Which cycles are no longer broken automatically, and which change did it. A source is *lost* when everything declared
 * no longer reaches it, though it did the time before. For each lost cycle the changes are undone, one by one and then
 * together, until it can be built again: what remains is a smallest set that explains it (no member of it can be left
 * out; A. Zeller, "Simplifying and isolating failure-inducing input", 2002).
 */

import type { SourceVertex } from '../../indices.ts';
import type { DependencyGraph } from '../../model.ts';
import { archiveSource, type SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { Buildable } from '../graph/buildable.ts';
import { csrOf, reversed, successors } from '../graph/csr.ts';
import type { GraphRecord } from '../graph/record.ts';
import { tarjan } from '../graph/tarjan.ts';
import { type Archive, archiveOf, type Change, changesBetween, undo } from './changes.ts';

/** Sources that are lost together, and the changes that lost them. */
export interface Regression {
  /** The lost sources that need each other, or a single one that has lost something; byte order. */
  readonly members: readonly SourceName[];
  /** True when they form a cycle (or one needs itself); false when something they need is simply gone. */
  readonly cycle: boolean;
  /**
   * The changes that did it, with the versions between which they happened ('' when it was not there). Empty when no
   * change of a source explains it: then another choice among alternatives did.
   */
  readonly causes: readonly { readonly change: Change; readonly before: string; readonly after: string }[];
  /** Sources lost only because they wait for these, byte order. */
  readonly behind: readonly SourceName[];
}

/** Sources that nothing declared reaches. */
const stuckIn = (graph: DependencyGraph): ReadonlySet<number> => {
  const buildable = Buildable.of(graph);
  return new Set([...graph.sources.keys()].filter((s) => !buildable.reaches(s)));
};

/** Lost source -> the lost sources that its builds wait for, by position in `lost`: its full build, or any variant. */
function waitsFor(graph: DependencyGraph, lost: readonly number[], which: 'full' | 'any'): readonly number[][] {
  const position = new Map(lost.map((s, i) => [s, i]));
  return lost.map((s) => {
    const variants = which === 'full' ? graph.variants[s]!.slice(0, 1) : graph.variants[s]!;
    const seen = new Set(variants.flatMap((v) => [...v.needs]));
    const found = new Set<number>();
    for (const b of seen) {
      const p = position.get(graph.madeBy[b]!);
      if (p !== undefined) found.add(p);
      for (const next of successors(graph.runtime, b)) seen.add(next);
    }
    return [...found].sort((a, b) => a - b);
  });
}

/** The lost sources by component, those that wait for nobody first. */
function components(waits: readonly number[][]): readonly (readonly number[])[] {
  const { component, count } = tarjan(csrOf(waits));
  const members: number[][] = Array.from({ length: count }, () => []);
  component.forEach((c, i) => {
    members[c]!.push(i);
  });
  return members;
}

/**
 * A smallest set of changes whose undoing frees the members: one change if one suffices, else none can be left out.
 * Undefined when not even all of them together do.
 */
function causesOf(
  members: readonly SourceVertex[],
  candidates: readonly Change[],
  frees: (changes: readonly Change[], members: readonly SourceVertex[]) => boolean,
): readonly Change[] | undefined {
  if (frees([], members)) return [];
  if (!frees(candidates, members)) return undefined;
  const own = candidates.find((change) => frees([change], members));
  if (own !== undefined) return [own];
  let kept = candidates;
  for (let size = Math.ceil(candidates.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let i = 0; i < kept.length; ) {
      const fewer = [...kept.slice(0, i), ...kept.slice(i + size)];
      if (frees(fewer, members)) kept = fewer;
      else i += size;
    }
  }
  return kept;
}

interface Lost {
  readonly own: readonly number[];
  readonly causes: readonly Change[];
}

/**
 * The causes of each lost cycle, without those that became spare when a later cycle's were found: what frees that one
 * may free this one, too, and is then its cause. All that is left together frees all, and none of it can be left out.
 */
function withoutSpare(
  results: readonly Lost[],
  frees: (changes: readonly Change[], members: readonly SourceVertex[]) => boolean,
): readonly (readonly Change[])[] {
  const members = results.filter(({ causes }) => causes.length > 0).flatMap(({ own }) => own);
  let kept = [...new Set(results.flatMap(({ causes }) => causes))];
  for (const change of kept) {
    const fewer = kept.filter((other) => other !== change);
    if (frees(fewer, members)) kept = fewer;
  }
  return results.map(({ own, causes }) => {
    const left = causes.filter((change) => kept.includes(change));
    return left.length > 0 || causes.length === 0 ? left : (causesOf(own, kept, frees) ?? causes);
  });
}

/**
 * The sources whose changes can matter: those that are stuck; those that build a binary which cannot be installed,
 * since it needs one of theirs at run time; and those that used to build a binary which a stuck source builds now.
 */
function suspects(before: Archive, after: Archive, stuck: ReadonlySet<number>): readonly number[] {
  const { madeBy, runtime } = after.graph;
  const absent = new Set([...madeBy.keys()].filter((b) => stuck.has(madeBy[b]!)));
  const found = new Set(stuck);
  for (const b of absent) {
    const was = before.binary.get(after.record.binaries[b]!);
    const formerly = after.source.get(before.record.sources[before.record.madeBy[was ?? -1] ?? -1] ?? '');
    if (formerly !== undefined) found.add(formerly);
  }
  const needing = reversed(runtime);
  for (const b of absent) {
    if (madeBy[b]! >= 0) found.add(madeBy[b]!);
    for (const n of successors(needing, b)) absent.add(n);
  }
  return [...found].sort((a, b) => a - b);
}

/**
 * The sources whose changes can free some: all that these need, in whatever stage and by way of whatever run-time need,
 * on either day. Linear in what is reached.
 */
function neededOnEitherDay(archives: readonly Archive[], some: readonly string[]): ReadonlySet<string> {
  const sources = new Set<string>();
  const binaries = new Set<string>();
  const openSources = [...some];
  const openBinaries: string[] = [];
  const ask = ({ record }: Archive, needed: Int32Array): void => {
    for (const b of needed) openBinaries.push(record.binaries[b]!);
  };
  for (;;) {
    const source = openSources.pop();
    if (source !== undefined) {
      if (sources.has(source)) continue;
      sources.add(source);
      for (const archive of archives) {
        const s = archive.source.get(source);
        if (s !== undefined) for (const v of archive.graph.variants[s]!) ask(archive, v.needs);
      }
      continue;
    }
    const binary = openBinaries.pop();
    if (binary === undefined) return sources;
    if (binaries.has(binary)) continue;
    binaries.add(binary);
    for (const archive of archives) {
      const b = archive.binary.get(binary);
      if (b === undefined) continue;
      ask(archive, successors(archive.graph.runtime, b));
      const maker = archive.record.sources[archive.record.madeBy[b]!];
      if (maker !== undefined) openSources.push(maker);
    }
  }
}

/**
 * @returns what `after` can no longer build though `before` could (or did not know); swap the arguments for what it
 *   can build now and could not. Byte order of the first member.
 */
export function regressions(before: GraphRecord, after: GraphRecord): readonly Regression[] {
  const [old, now] = [archiveOf(before), archiveOf(after)];
  const stuckBefore = stuckIn(old.graph);
  const stuckAfter = stuckIn(now.graph);
  const wasStuck = (s: number) => {
    const was = old.source.get(now.record.sources[s]!);
    return was !== undefined && stuckBefore.has(was);
  };
  const lost = [...stuckAfter].filter((s) => !wasStuck(s));
  if (lost.length === 0) return [];
  const candidates = changesBetween(old, now, suspects(old, now, stuckAfter));
  const waits = waitsFor(now.graph, lost, 'any');
  const needsItself = (i: number) => waitsFor(now.graph, [lost[i]!], 'full')[0]!.length > 0;
  const context: Change[] = [];
  const results: { readonly own: readonly number[]; readonly causes: readonly Change[]; behind: number[] }[] = [];
  /** Position of a lost source -> the results it belongs to or waits for. */
  const below = new Map<number, Set<number>>();
  const frees = (changes: readonly Change[], members: readonly SourceVertex[]) => {
    const stuck = stuckIn(undo(old, now, changes));
    return members.every((i) => !stuck.has(lost[i]!));
  };
  const freesToo = (changes: readonly Change[], members: readonly SourceVertex[]) =>
    frees([...new Set([...context, ...changes])], members);
  for (const own of components(waits)) {
    const under = new Set(own.flatMap((i) => waits[i]!.flatMap((j) => [...(below.get(j) ?? [])])));
    const near = neededOnEitherDay(
      [old, now],
      own.map((i) => now.record.sources[lost[i]!]!),
    );
    const able = candidates.filter((c) => near.has(c.source));
    const causes = causesOf(own, able, freesToo);
    if (causes === undefined || causes.length > 0) {
      for (const cause of causes ?? []) context.push(cause);
      under.add(results.length);
      results.push({ own, causes: causes ?? [], behind: [] });
    } else if (under.size === 0) {
      // It waits for nothing that was lost, and what explains another explains it.
      under.add(results.length);
      results.push({ own, causes: causesOf(own, context, frees) ?? [], behind: [] });
    } else {
      for (const r of under) for (const i of own) results[r]!.behind.push(i);
    }
    for (const i of own) below.set(i, under);
  }
  const told = withoutSpare(
    results.map(({ own, causes }) => ({ own, causes })),
    frees,
  );
  const names = (positions: readonly number[]) => positions.map((i) => now.record.sources[lost[i]!]!).sort(byteOrder);
  return results
    .map(({ own, behind }, r) => ({ own, behind, causes: told[r]! }))
    .map(({ own, causes, behind }) => ({
      members: names(own),
      cycle: own.length > 1 || needsItself(own[0]!),
      causes: causes.map((change) => ({
        change,
        before: versionIn(old, change.source),
        after: versionIn(now, change.source),
      })),
      behind: names(behind),
    }))
    .sort((a, b) => byteOrder(a.members[0]!, b.members[0]!));
}

/** A part that the archive does not have stands for the source that it is a part of. */
const versionIn = ({ record, source }: Archive, name: string): string =>
  record.versions[source.get(name) ?? source.get(archiveSource(name)) ?? -1] ?? '';
