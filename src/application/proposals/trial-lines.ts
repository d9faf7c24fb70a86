/**
 * Which lines of a source a trial drops: those that are named, those of a proposal, or those that could be proposed.
 */

import { InputError } from '../../errors.ts';
import { proposedProfile } from '../../metadata/declared-stages/stage-fields.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Source, Universe } from '../../model.ts';
import { byteOrder } from '../../order.ts';
import type { DroppedLine } from '../../runner/trial/trial.ts';
import { builtBy } from '../../solver/explain/built-by.ts';
import { type EditClass, guess } from '../../solver/explain/edit-class.ts';
import { resolve } from '../../solver/graph/resolve.ts';
import { type Knowledge, linesOf } from '../../solver/propose/edit-lines.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';

/** What a trial of one source drops, and what goes with it. */
export interface LinesToTry {
  readonly lines: readonly DroppedLine[];
  /** Binaries that a reduced build cannot yield, or is declared not to. */
  readonly omits: readonly string[];
  /** Profiles of the proposed stage that cost nothing, since the source declares them already. */
  readonly declared: readonly string[];
}

/** Where the lines come from. */
export interface LinesRequest {
  /** `DEPENDENCY` or `SOURCE:DEPENDENCY`. */
  readonly drop: readonly string[];
  readonly proposal: Proposal | undefined;
  readonly classes: readonly EditClass[];
  readonly knowledge: Knowledge;
}

/** @throws InputError for what the source does not depend on */
export function linesToTry(universe: Universe, index: number, request: LinesRequest): LinesToTry {
  const source = universe.sources[index]!;
  const { drop, proposal } = request;
  if (drop.length > 0) return named(universe, source, drop, index);
  if (proposal !== undefined) return proposed(universe, source, proposal);
  const built = builtBy(universe, index);
  const lines = linesOf(resolve(universe), index, built, new Set(request.classes), request.knowledge);
  const full = new Set(source.variants.find((v) => v.stage === 0)!.buildDepends.map(formatGroup));
  const present = lines.filter((l) => full.has(l.text));
  return {
    lines: present.map((l) => ({
      group: l.text,
      dependency: universe.binaries[l.binary]!.name,
      profile: l.profile ?? proposedProfile(source.name, 1),
      kind: l.kind,
    })),
    omits: built.map((b) => universe.binaries[b]!.name).filter((name) => present.some((l) => l.loses?.test(name))),
    declared: [],
  };
}

/** The stage that drops most, on what it was made from: the variant whose profiles it has, and the most of them. */
function proposed(universe: Universe, source: Source, { edits }: Proposal): LinesToTry {
  const own = edits.filter((e) => e.source === source.name);
  const lines = own.flatMap((e) =>
    e.lines.map((l) => ({ group: l.group, dependency: l.binary, profile: l.profile, kind: l.kind })),
  );
  const stages = own.flatMap((e) => e.stages);
  const [stage] = [...stages].sort((a, b) => b.drops.length - a.drops.length);
  const full = source.variants.find((v) => v.stage === 0)!;
  const [base = full] = source.variants
    .filter((v) => v.profiles.every((p) => universe.profiles.includes(p) || stage?.profiles.includes(p) === true))
    .sort((a, b) => b.profiles.length - a.profiles.length);
  const left = full.produces.filter((b) => !base.produces.includes(b)).map((b) => universe.binaries[b]!.name);
  return {
    lines,
    omits: [...new Set([...stages.flatMap((s) => s.omits), ...left])].sort(byteOrder),
    declared: base.profiles.filter((p) => !universe.profiles.includes(p)),
  };
}

function named(universe: Universe, source: Source, drop: readonly string[], index: number): LinesToTry {
  const own = builtBy(universe, index).map((b) => universe.binaries[b]!);
  const names = drop.flatMap((word) => {
    const [first = '', second] = word.split(/:(.*)/s);
    return second === undefined ? [first] : first === source.name ? [second] : [];
  });
  const { buildDepends } = source.variants.find((v) => v.stage === 0)!;
  const unknown = names.filter((name) => !buildDepends.some((group) => group.some((r) => r.name === name)));
  if (unknown.length > 0) {
    const asked = [...new Set(buildDepends.flatMap((group) => group.map((r) => r.name)))].sort(byteOrder);
    throw new InputError(
      unknown.map((name) => ({
        code: 'BP452',
        severity: 'error',
        message: `${source.name} does not build-depend on ${name}`,
        help: `it asks for ${asked.join(', ')}`,
      })),
    );
  }
  const guessed = names.map((name) => {
    const binary = universe.binaries.find((b) => b.name === name);
    return binary && guess(source, own, binary, binary.source === index);
  });
  return {
    lines: names.map((name, i) => ({
      group: formatGroup(buildDepends.find((group) => group.some((r) => r.name === name))!),
      dependency: name,
      profile: guessed[i]?.profile ?? proposedProfile(source.name, 1),
      kind: guessed[i]?.kind ?? '',
    })),
    omits: own.map((b) => b.name).filter((name) => guessed.some((g) => g?.loses?.test(name))),
    declared: [],
  };
}
