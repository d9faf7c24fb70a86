/**
 * What a plan takes from outside: binaries that a wish stands for, or that come from there for good, each before the
 * first build that installs it.
 */
import type { PlanIndex } from '../indices.ts';
import type { Plan } from '../model.ts';
import type { BinaryName, SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import { installationSet } from './installation-set.ts';

/** The binaries of one source that some build installs and no build before it makes. */
export interface FromOutside {
  readonly source: SourceName;
  /** Byte order. */
  readonly binaries: readonly BinaryName[];
  /** Index of the first build that installs one of them. */
  readonly before: PlanIndex;
}

/** All of it, and who uses it. */
export interface Outside {
  /** In the order of the builds that first need them, then in byte order of source. */
  readonly supplies: readonly FromOutside[];
  /** Indices of the builds that install something of it. */
  readonly builds: ReadonlySet<number>;
}

/** O(size of all installation sets), and nothing for a plan that takes nothing from outside. */
export function outsideOf(plan: Plan): Outside {
  const builds = new Set<number>();
  const found = new Map<SourceName, { readonly binaries: Set<BinaryName>; readonly before: PlanIndex }>();
  const suppliers = new Map(
    [...(plan.supplied ?? []), ...(plan.given ?? [])].flatMap(({ source, binaries }) =>
      binaries.map((b) => [b, source] as const),
    ),
  );
  if (suppliers.size > 0)
    for (const i of plan.builds.keys()) {
      for (const { binary, build } of installationSet(plan, i)) {
        const source = build === 'seed' ? suppliers.get(binary) : undefined;
        if (source === undefined) continue;
        builds.add(i);
        const known = found.get(source);
        if (known) known.binaries.add(binary);
        else found.set(source, { binaries: new Set([binary]), before: i });
      }
    }
  const supplies = [...found].map(([source, { binaries, before }]) => ({
    source,
    binaries: [...binaries].sort(byteOrder),
    before,
  }));
  return { supplies: supplies.sort((a, b) => a.before - b.before || byteOrder(a.source, b.source)), builds };
}
