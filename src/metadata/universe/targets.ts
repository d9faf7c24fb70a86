/** What must exist, clean, at the end: named sources, or the base of the distribution. */

import { resultOf } from '../../diagnostics.ts';
import type { SourceVertex } from '../../indices.ts';
import type { Binary, Diagnostic, Result, Universe } from '../../model.ts';
import { allPart, type BinaryName, sourceName } from '../../names.ts';
import { byteOrder } from '../../order.ts';
import { nearest } from '../../text/nearest-names.ts';
import { isBase } from './seed.ts';

/** Marks the targets; names may be of sources (also `src:name`) or of binaries, which mean their source. */
export function withTargets(
  universe: Universe,
  targets: readonly string[] | 'essential' | 'all',
  archAll: 'available' | 'build',
  problems: Diagnostic[],
): Result<Universe> {
  if (targets === 'all') return resultOf(universe, problems);
  const wanted = new Set<number>();
  if (targets === 'essential') {
    const rebuilt = (architecture: string) => architecture !== 'all' || archAll === 'build';
    for (const b of universe.binaries)
      if (isBase(b) && b.source !== undefined && rebuilt(b.architecture)) wanted.add(b.source);
    if (wanted.size === 0) {
      const message = 'no binary is Essential, Priority: required or build-essential';
      const help = 'give the indices of a whole distribution, or name the targets';
      problems.push({ code: 'BP162', severity: 'error', message, help });
    }
  } else {
    const sources = new Map<string, number>(universe.sources.map((s, i) => [s.name, i]));
    const indep = (name: string) => sources.get(allPart(sourceName(name)));
    const binaries = new Map<string, number>(
      universe.binaries.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source] as const])),
    );
    for (const target of targets) {
      const name = target.replace(/^src:/, '');
      const found = sources.get(name) ?? (target === name ? binaries.get(name) : undefined);
      if (found !== undefined) {
        wanted.add(found);
        const other = indep(name);
        if (other !== undefined && archAll === 'build') wanted.add(other);
        continue;
      }
      const guess = nearest(name, sources.keys());
      const help = guess ? `did you mean ${guess}?` : 'a target is a source, or a binary that a source builds';
      problems.push({ code: 'BP152', severity: 'error', message: `no source is named ${name}`, help });
    }
  }
  return resultOf({ ...universe, targets: [...wanted].sort((a, b) => a - b) }, problems);
}

const isOf = (sources: ReadonlySet<SourceVertex>, { source }: Binary): boolean =>
  source !== undefined && sources.has(source);

/** How an annotation says that a source's binaries come from outside for good: nobody builds it here. */
export const forGood = 'given';

/** Whether nobody builds a source here. What has to exist at the end is built all the same, whatever is said of it. */
export const isForGood = ({ targets, sources }: Universe, source: number): boolean =>
  sources[source]?.supply === forGood && !targets.includes(source);

/** The same universe with what is said to come from outside for good there from the start. It is no seed. */
export function withGiven(universe: Universe): Universe {
  const given = new Set([...universe.sources.keys()].filter((s) => isForGood(universe, s)));
  if (given.size === 0) return universe;
  const bySource = new Map([...given].map((s) => [s, new Set<BinaryName>()]));
  for (const { name, source } of universe.binaries) if (source !== undefined) bySource.get(source)?.add(name);
  return {
    ...universe,
    binaries: universe.binaries.map((b) => (isOf(given, b) && !b.available ? { ...b, available: true } : b)),
    given: [...bySource]
      .map(([source, names]) => ({ source: universe.sources[source]!.name, binaries: [...names].sort(byteOrder) }))
      .sort((a, b) => byteOrder(a.source, b.source)),
  };
}

/**
 * The same universe with the binaries of all other sources taken as given. They are no seed: what they need at run time
 * is still needed, so that a cycle through them stays one. What is given of a target itself is a copy of last resort.
 */
export function othersGiven(universe: Universe): Universe {
  const targets = new Set(universe.targets);
  const seed = new Set(universe.seed);
  return {
    ...universe,
    binaries: universe.binaries.map((b) => {
      if (!isOf(targets, b)) return b.available || b.unbuilt ? b : { ...b, available: true };
      return b.available && !seed.has(b.name) ? { ...b, copyOfTarget: true } : b;
    }),
  };
}
