/** A universe in which the chosen lines are dropped in further stages, and the chosen sources supplied. */
import type { SourceVertex } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source, Universe, Variant } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import { conditionProfile } from '../explain/asking-line.ts';
import type { EditGround } from './edit-ground.ts';
import type { EditLine } from './edit-lines.ts';
import type { EditElement } from './edit-problem.ts';
import { Lost } from './lost-binaries.ts';
import type { MadeStage } from './made-stage.ts';
import { byRegisteredProfiles } from './registered-first.ts';

/** The universe after the edits, and what they have become in it. */
export interface Edited {
  readonly universe: Universe;
  /** Source -> stage -> how it was made. */
  readonly made: ReadonlyMap<number, ReadonlyMap<number, MadeStage>>;
  readonly lines: ReadonlyMap<number, readonly EditLine[]>;
}

/** The stages in which a source drops its lines: of each variant, without what the lines cost, and with it. */
function stagesOf(ground: EditGround, source: SourceVertex, lines: readonly EditLine[]): readonly MadeStage[] {
  const { resolved } = ground;
  const { universe } = resolved.choices;
  const lost = new Lost(resolved, source, lines);
  const vertexOf = (b: number): number => resolved.vertexOf[b]!;
  const made = universe.sources[source]!.variants.flatMap((base) => {
    const texts = new Set(base.buildDepends.map(formatGroup));
    const present = [...lines.keys()].filter((i) => texts.has(lines[i]!.text));
    const costs = (b: number): readonly number[] => (vertexOf(b) < 0 ? [] : lost.linesOf(vertexOf(b)));
    const sets = new Map<string, readonly number[]>();
    for (const b of base.produces) {
      const dropped = present.filter((i) => !costs(b).includes(i));
      if (dropped.length > 0) sets.set(dropped.join(), dropped);
    }
    return [...sets.values()].map((dropped) => ({
      base,
      dropped: dropped.map((i) => lines[i]!),
      omits: base.produces.filter((b) => costs(b).some((i) => dropped.includes(i))),
    }));
  });
  return byRegisteredProfiles(universe.sources[source]!, made, (b) => vertexOf(b) >= 0 && ground.waits(vertexOf(b)));
}

function variantOf(source: Source, stage: number, { base, dropped, omits }: MadeStage): Variant {
  const gone = new Set(dropped.map((l) => l.text));
  return {
    stage,
    profiles: [
      ...new Set([...base.profiles, ...dropped.map((l) => conditionProfile(source, stage, l.profile, base))]),
    ].sort(byteOrder),
    notation: 'profiles',
    buildDepends: base.buildDepends.filter((g) => !gone.has(formatGroup(g))),
    buildConflicts: base.buildConflicts,
    produces: base.produces.filter((b) => !omits.includes(b)),
  };
}

/** Makes the edits; sources and binaries keep their numbers. `how` is where supplied sources come from. */
export function editedUniverse(ground: EditGround, chosen: readonly EditElement[], how = 'cross'): Edited {
  const { universe } = ground.resolved.choices;
  const supplied = new Set(chosen.flatMap((m) => (m.kind === 'supply' ? [m.source] : [])));
  const lines = Map.groupBy(
    chosen.flatMap((m) => (m.kind === 'line' ? [m.line] : [])),
    (l) => l.source,
  );
  const made = new Map<number, ReadonlyMap<number, MadeStage>>();
  const sources = universe.sources.map((s, source): Source => {
    const own = lines.get(source);
    const supply = supplied.has(source) ? { supply: how } : {};
    if (own === undefined) return supplied.has(source) ? { ...s, ...supply } : s;
    const first = s.variants.at(-1)!.stage + 1;
    const stages = new Map(stagesOf(ground, source, own).map((stage, i) => [first + i, stage] as const));
    made.set(source, stages);
    const variants = [...s.variants, ...[...stages].map(([stage, m]) => variantOf(s, stage, m))];
    return { ...s, ...supply, variants };
  });
  return { universe: { ...universe, sources }, made, lines };
}
