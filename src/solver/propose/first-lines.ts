/**
 * The lines to change first for one source: those that people can follow, on the short cycles through it. The classes
 * are those of `propose`; what builds are made of is never among them.
 */

import type { SourceVertex } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Scc } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { type Budget, shortCycles } from '../cycles/short-cycles.ts';
import { asWritten, writtenText } from '../explain/as-written.ts';
import { toldCondition } from '../explain/asking-line.ts';
import { builtBy } from '../explain/built-by.ts';
import { declaredProfiles } from '../explain/declared-profiles.ts';
import { type EditClass, editClasses } from '../explain/edit-class.ts';
import { type Ground, leavingWithout } from '../explain/explain.ts';
import { purposeOfProfile } from '../explain/plausibility.ts';
import { buildGraph } from '../graph/build-graph.ts';
import { tarjan } from '../graph/tarjan.ts';
import { workLimits } from '../limits.ts';
import { shortUpTo } from './edit-effects.ts';
import { type EditLine, linesOf, noKnowledge } from './edit-lines.ts';

/** One line, and what changing it does to the cycles through the source. */
export interface FirstLine {
  readonly source: SourceName;
  readonly binary: BinaryName;
  /** The group of Build-Depends, and the same with the condition. */
  readonly group: string;
  readonly conditional: string;
  /** The profile of the condition. */
  readonly profile: string;
  readonly kind: EditClass;
  /** What the guess goes by, such as a language whose bindings it builds. */
  readonly because: string;
  /** Profiles of the source that leave the line out already, and that no stage activates. */
  readonly declaredBy: readonly string[];
  /** Short cycles through the explained source that go through this line. */
  readonly cycles: number;
  /** Sources that leave the knot without this line alone. */
  readonly leaving: number;
}

/** The lines of one source, best first, and what all of them do together. */
export interface FirstLines {
  /** Short cycles have at most so many sources; 0 when not even these could be counted. */
  readonly upTo: number;
  /** Short cycles through the explained source. */
  readonly cycles: number;
  /** How many of them are gone when the lines are, each cycle once. */
  readonly gone: number;
  /** At most ten: guessed features last, then those on most cycles, then the alphabet. */
  readonly lines: readonly FirstLine[];
  /** What builds are made of, among what the explanation names: no line is to drop it. */
  readonly undroppable: readonly string[];
}

/** Of a source in no component. */
export const noFirstLines: FirstLines = { upTo: 0, cycles: 0, gone: 0, lines: [], undroppable: [] };

/** `source`: index into the universe. What is not in a component has no lines. */
export function firstLines(ground: Ground, source: SourceVertex): Omit<FirstLines, 'undroppable'> {
  const { graph, resolved, sccs } = ground;
  const scc = sccs.find((c) => c.members.includes(source));
  if (scc === undefined) return noFirstLines;
  const budget: Budget = { steps: workLimits.countedCycles.most };
  const components = tarjan(graph.edges, graph.roots);
  const local = buildGraph(graph, scc, components.component, undefined, workLimits.countedCycles.most);
  if (local === undefined) return noFirstLines;
  const at = scc.members.indexOf(source);
  const asker = askers(scc, local.asks.offsets);
  const found: number[][] = [];
  const { upTo } = shortCycles(local, shortUpTo, 0, budget, (sources, edges) => {
    if (sources.includes(at)) found.push([...edges]);
  });
  // A length that was begun and not ended may have left some cycles behind.
  const whole = found.filter((edges) => edges.length <= upTo);
  const counts = new Map<number, number>();
  for (const edges of whole) for (const e of edges) counts.set(e, (counts.get(e) ?? 0) + 1);
  const lineAt = plausible(ground, new Set([...counts.keys()].map((e) => asker[e]!)));
  const keyed = [...counts].flatMap(([e, cycles]) => {
    const line = lineAt.get(`${asker[e]!} ${local.ways[local.asks.targets[e]!]! - graph.sources}`);
    return line === undefined || isDeclared(ground, line) ? [] : [{ e, ...declaredLine(ground, line), cycles }];
  });
  const name = ({ line }: (typeof keyed)[number]) =>
    `${resolved.choices.universe.sources[line.source]!.name} ${line.text}`;
  const chosen = keyed
    .sort(
      (a, b) =>
        Number(isGuessedFeature(a)) - Number(isGuessedFeature(b)) || b.cycles - a.cycles || byteOrder(name(a), name(b)),
    )
    .slice(0, workLimits.shownCycles.most);
  const cut = new Set(chosen.map(({ e }) => e));
  return {
    upTo,
    cycles: whole.length,
    gone: whole.filter((edges) => edges.some((e) => cut.has(e))).length,
    lines: chosen.map(({ line, declaredBy, cycles }) => told(ground, scc, line, declaredBy, cycles)),
  };
}

/** A stage of the source does without it: nothing is left to ask. */
const isDeclared = ({ resolved }: Ground, { source, text }: EditLine): boolean =>
  resolved.choices.universe.sources[source]!.variants.some(
    (v) => v.stage > 0 && !v.buildDepends.some((g) => formatGroup(g) === text),
  );

/** What the source declares itself says it better than any guess, also what the line is for. */
function declaredLine(
  { resolved }: Ground,
  line: EditLine,
): { readonly line: EditLine; readonly declaredBy: readonly string[] } {
  const { universe } = resolved.choices;
  const declaredBy = declaredProfiles(universe, universe.sources[line.source]!, [line.group]).map((p) => p.profile);
  const purpose = declaredBy.map(purposeOfProfile).find((p) => p !== undefined && p !== 'other');
  return { line: purpose === undefined ? line : { ...line, kind: purpose }, declaredBy };
}

/** What the source has declared itself is no guess. */
const isGuessedFeature = ({ line, declaredBy }: { line: EditLine; declaredBy: readonly string[] }): boolean =>
  line.kind === 'features' && declaredBy.length === 0;

/** The member that asks by each edge of a build graph, by index into the universe. */
function askers(scc: Scc, offsets: Int32Array): Int32Array {
  const asker = new Int32Array(offsets.at(-1)!);
  scc.members.forEach((s, i) => {
    asker.fill(s, offsets[i]!, offsets[i + 1]!);
  });
  return asker;
}

/** `SOURCE VERTEX` -> the plausible line by which a source asks for a binary. */
function plausible({ resolved }: Ground, sources: ReadonlySet<number>): ReadonlyMap<string, EditLine> {
  const all = new Set(editClasses);
  const { universe } = resolved.choices;
  const lines = [...sources].flatMap((s) => linesOf(resolved, s, builtBy(universe, s), all, noKnowledge));
  return new Map(lines.map((l) => [`${l.source} ${resolved.vertexOf[l.binary]!}`, l]));
}

function told(ground: Ground, scc: Scc, line: EditLine, declaredBy: readonly string[], cycles: number): FirstLine {
  const { universe } = ground.resolved.choices;
  const source = universe.sources[line.source]!;
  const { profile } = toldCondition(universe, source, [line.group], line.profile);
  return {
    source: source.name,
    binary: universe.binaries[line.binary]!.name,
    group: writtenText(universe, line.group),
    conditional: formatGroup(asWritten(universe, line.group).map((r) => ({ ...r, formula: [[`!${profile}`]] }))),
    profile,
    kind: line.kind,
    because: line.because,
    declaredBy,
    cycles,
    leaving: leavingWithout(ground, scc, line.source, ground.resolved.vertexOf[line.binary]!),
  };
}
