/** What must exist, clean, at the end: named sources, or the base of the distribution. */

import { resultOf } from '../../diagnostics.ts';
import type { Diagnostic, Result, Universe } from '../../model.ts';
import { allPart, sourceName } from '../../names.ts';
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
    for (const b of universe.binaries) if (isBase(b) && b.source >= 0 && rebuilt(b.architecture)) wanted.add(b.source);
    if (wanted.size === 0) {
      const message = 'no binary is Essential, Priority: required or build-essential';
      const help = 'give the indices of a whole distribution, or name the targets';
      problems.push({ code: 'BP162', severity: 'error', message, help });
    }
  } else {
    const sources = new Map<string, number>(universe.sources.map((s, i) => [s.name, i]));
    const indep = (name: string) => sources.get(allPart(sourceName(name)));
    const binaries = new Map<string, number>(
      universe.binaries.filter((b) => b.source >= 0).map((b) => [b.name, b.source]),
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

/**
 * The same universe with the binaries of all other sources taken as given. They are no seed: what they need at run time
 * is still needed, so that a cycle through them stays one.
 */
export function othersGiven(universe: Universe): Universe {
  const targets = new Set(universe.targets);
  const given = (b: Universe['binaries'][number]): boolean => b.available || (!b.unbuilt && !targets.has(b.source));
  return {
    ...universe,
    binaries: universe.binaries.map((b) => (given(b) === b.available ? b : { ...b, available: true })),
  };
}
