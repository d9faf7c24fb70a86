/**
 * What `whatif --drop` and `--without` change in a universe: the words of the command line, looked up in the metadata.
 */

import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { reduceGroups } from '../../metadata/relations/reduce.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group, Universe } from '../../model.ts';
import { builtBy } from '../../solver/explain/built-by.ts';
import { editClasses } from '../../solver/explain/edit-class.ts';
import { firstStage, type Reduction, reducedVariant, withoutSource } from '../../solver/explain/whatif.ts';
import type { Resolved } from '../../solver/graph/resolve.ts';
import { type EditLine, linesOf, noKnowledge } from '../../solver/propose/edit-lines.ts';
import { Lost } from '../../solver/propose/lost-binaries.ts';
import { sourceNamed } from '../universe/named-sources.ts';

/** `SOURCE:DEPENDENCY`, `SOURCE<stage2>:DEPENDENCY`, `SOURCE<full>:DEPENDENCY`, `SOURCE:<!nojava !nodoc>`. */
export interface AskedDrop {
  readonly source: string;
  /** 0: the full build; undefined: the first stage. */
  readonly stage: number | undefined;
  /** What is dropped, by name; '' where it is what profiles leave out. */
  readonly dependency: string;
  readonly profiles: readonly string[];
}

const shape =
  /^(?:src:)?(?<source>[^:<>]+?)(?:<(?<stage>full|stage[1-9]\d?)>)?:(?:<(?<profiles>[^<>]+)>|(?<name>[^<>\s]+))$/;

/** @throws EnvironmentError when it is none of the forms */
export function askedDrop(text: string): AskedDrop {
  const { source, stage, profiles, name } = shape.exec(text)?.groups ?? {};
  if (source === undefined)
    throw new EnvironmentError(
      `--drop ${text} does not say which dependency of which source`,
      exitCode.usage,
      "write --drop SOURCE:DEPENDENCY, --drop 'SOURCE<stage2>:DEPENDENCY', --drop 'SOURCE<full>:DEPENDENCY' or --drop 'SOURCE:<!nojava !nodoc>'",
    );
  return {
    source,
    stage: stage === undefined ? undefined : stage === 'full' ? 0 : Number(stage.slice('stage'.length)),
    dependency: name ?? '',
    profiles: (profiles ?? '').split(/[\s,]+/).flatMap((p) => (p === '' ? [] : [p.replace(/^!/, '')])),
  };
}

/** Every drop that a change names, found in a universe. */
export interface FoundDrop {
  readonly asked: AskedDrop;
  readonly reduction: Reduction;
  /** The groups, as they are written. */
  readonly groups: readonly string[];
}

/**
 * A profile leaves out what the source says that it does, and what it is plausible for: that is what adding it to those
 * lines would do.
 *
 * @param each it goes from every variant, not from the one that is asked about
 * @throws InputError when the variant has nothing of the kind
 */
export function foundDrop(resolved: Resolved, asked: AskedDrop, each = false): FoundDrop {
  const { universe } = resolved.choices;
  const source = sourceNamed(universe, asked.source);
  const of = universe.sources[source]!;
  const stage = asked.stage ?? firstStage(of);
  const base = reducedVariant(of, stage);
  const made = builtBy(universe, source);
  const lines = linesOf(resolved, source, made, new Set(editClasses), noKnowledge);
  const byProfile = asked.profiles.length === 0 ? nothing : leftOut(universe, source, lines, asked.profiles);
  const drops = (g: Group): boolean => byProfile.has(formatGroup(g)) || g.some((r) => r.name === asked.dependency);
  const from = each ? of.variants.flatMap((v) => v.buildDepends) : base.buildDepends;
  const groups = [...new Set(from.filter(drops).map(formatGroup))];
  if (groups.length === 0) {
    const which = base.stage === 0 ? 'the full build' : `stage ${base.stage}`;
    const wanted = asked.dependency || asked.profiles.map((p) => `<!${p}>`).join(' and ');
    const verb = asked.dependency === '' ? 'has no line that goes with' : 'does not build-depend on';
    const message = `${which} of ${of.name} ${verb} ${wanted}`;
    const help = `it build-depends on ${base.buildDepends.map(formatGroup).join(', ') || 'nothing'}`;
    throw new InputError([{ code: 'BP452', severity: 'error', message, help }]);
  }
  const lost = new Lost(resolved, source, lines);
  const gone = new Set(lines.flatMap((l, i) => (groups.includes(l.text) ? [i] : [])));
  const omits = made.filter(
    (b) => resolved.vertexOf[b]! >= 0 && lost.linesOf(resolved.vertexOf[b]!).some((i) => gone.has(i)),
  );
  return { asked, reduction: { source, stage, drops, omits: new Set(omits) }, groups };
}

const nothing: ReadonlySet<string> = new Set();

function leftOut(
  universe: Universe,
  source: number,
  lines: readonly EditLine[],
  profiles: readonly string[],
): ReadonlySet<string> {
  const { architecture, profiles: active } = universe;
  const [before, after] = [new Set(active), new Set([...active, ...profiles])];
  const conditional = universe.sources[source]!.variants[0]!.conditions ?? [];
  const own = reduceGroups(conditional, architecture, before).map(formatGroup);
  const still = new Set(reduceGroups(conditional, architecture, after).map(formatGroup));
  const guessed = lines.filter((l) => l.profile !== undefined && profiles.includes(l.profile)).map((l) => l.text);
  return new Set([...own.filter((text) => !still.has(text)), ...guessed]);
}

/** The universe without these sources. */
export function withoutSources(universe: Universe, names: readonly string[]): Universe {
  let changed = universe;
  for (const name of names) changed = withoutSource(changed, sourceNamed(changed, name));
  return changed;
}

/** In words: `stage 1 of gettext without default-jdk`. */
export function dropWords({ asked, reduction, groups }: FoundDrop): string {
  const which = reduction.stage === 0 ? 'the full build' : `stage ${reduction.stage}`;
  const what = asked.dependency || groups.join(', ');
  const profiles = asked.profiles.length === 0 ? '' : ` (${asked.profiles.map((p) => `<!${p}>`).join(' ')})`;
  return `${which} of ${asked.source} without ${what}${profiles}`;
}
