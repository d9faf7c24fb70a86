/**
 * What the binaries of a stage build need at run time, where that is less than what the full ones need: a tool that was
 * built without a library does not depend on it. People say it in annotations or in YAML metadata; a builder may read
 * it from the packages that the stage really made.
 */
import type { Binary, Group, Variant } from '../../model.ts';
import { formatGroup } from '../relations/relation.ts';

/** What is less in one stage of a source. */
export interface StageNeeds {
  /** Names that no binary of the stage depends on. */
  readonly without: ReadonlySet<string>;
  /** Binary -> all that it depends on in the stage. */
  readonly whole: ReadonlyMap<string, readonly Group[]>;
}

/** The dependencies of a full binary that the same binary of a stage does without. */
function doneWithout(binary: Pick<Binary, 'name' | 'depends'>, needs: StageNeeds): readonly Group[] {
  const whole = needs.whole.get(binary.name);
  const kept = whole && new Set(whole.flatMap((g) => g.map((r) => r.name)));
  return binary.depends.filter(
    (group) =>
      group.some((r) => needs.without.has(r.name)) || (kept !== undefined && !group.some((r) => kept.has(r.name))),
  );
}

/**
 * The binary with two lists of run-time needs: those of its stage, and those that only its full build has
 * (`whenThere`), which are installed along as soon as they exist. So the binary counts as installable when that of its
 * stage is; `withNeeds` makes sure that the full one is installable, too.
 */
function withoutStaged(binary: Binary, dropped: readonly Group[]): Binary {
  if (dropped.length === 0) return binary;
  const { depends, preDepends: before, ...rest } = binary;
  const kept = depends.filter((g) => !dropped.includes(g));
  const preDepends = depends.slice(0, before ?? 0).filter((g) => kept.includes(g)).length;
  return { ...rest, depends: kept, whenThere: dropped, ...(preDepends > 0 && { preDepends }) };
}

/**
 * The full build waits for what only its own binaries need at run time, so that these can be installed once it is done.
 */
function withNeeds(full: Variant, dropped: readonly Group[], siblings: ReadonlySet<string>): Variant {
  const said = new Set(full.buildDepends.map(formatGroup));
  const more = new Map<string, Group>();
  for (const group of dropped)
    if (!said.has(formatGroup(group)) && !group.some((r) => siblings.has(r.name))) more.set(formatGroup(group), group);
  return more.size === 0 ? full : { ...full, buildDepends: [...full.buildDepends, ...more.values()] };
}

/** With what this very stage is declared to do without: its packages can be held against that. */
function withoutNames(variant: Variant, needs: StageNeeds | undefined, binaries: readonly Binary[]): Variant {
  if (needs === undefined) return variant;
  const without = variant.produces.flatMap((b) => {
    const groups = doneWithout(binaries[b]!, needs);
    const names = [...new Set([...needs.without, ...groups.flatMap((group) => group.map(({ name }) => name))])];
    return names.length === 0 ? [] : [{ binary: binaries[b]!.name, names }];
  });
  return without.length === 0 ? variant : { ...variant, without };
}

/** All stages in one: what one of them does without, the graph lets every one of them do without. */
function mergedNeeds(all: Iterable<StageNeeds>): StageNeeds {
  const without = new Set<string>();
  const whole = new Map<string, readonly Group[]>();
  for (const needs of all) {
    for (const name of needs.without) without.add(name);
    for (const [name, groups] of needs.whole) if (!whole.has(name)) whole.set(name, groups);
  }
  return { without, whole };
}

/**
 * The variants of one source with its stages' needs worked in; its binaries change in their places in the list.
 *
 * @param variants the full one first
 * @param byStage what each stage says
 */
export function stagedNeeds(
  variants: readonly Variant[],
  byStage: ReadonlyMap<number, StageNeeds>,
  binaries: Binary[],
): readonly Variant[] {
  const needs = mergedNeeds(byStage.values());
  const [full, ...others] = variants;
  const stages = others.map((variant) => withoutNames(variant, byStage.get(variant.stage), binaries));
  const siblings = new Set(full!.produces.map((b) => binaries[b]!.name));
  const dropped: Group[] = [];
  for (const b of full!.produces) {
    const own = doneWithout(binaries[b]!, needs);
    dropped.push(...own);
    binaries[b] = withoutStaged(binaries[b]!, own);
  }
  return [withNeeds(full!, dropped, siblings), ...stages];
}
