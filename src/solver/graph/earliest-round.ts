/**
 * `--alternatives any`: which binaries can be there early, whatever alternative that takes. The fixpoint before any
 * cycle, with every alternative and every provider open, round by round.
 */
import type { Where } from '../../metadata/relations/satisfaction.ts';
import type { Group } from '../../model.ts';
import type { Choices, Preference } from './choices.ts';
import { givenBinaries } from './seed-binaries.ts';

/** Rank of a binary: the round in which it can first be installed, from 0; a finite large number when never. */
export function earliest(choices: Choices): Preference {
  const { universe, providers } = choices;
  const { binaries, sources } = universe;
  const given = givenBinaries(choices);
  const never = 0x7fffffff;
  const round = new Int32Array(binaries.length).fill(never);
  const satisfied = (g: Group, where: Where, test: (binary: number) => boolean): boolean =>
    g.some((relation) => providers.satisfying(relation, where).some(test));

  /**
   * Of the candidates, those that can be installed together with what already is: all of them at first, then without
   * those that miss something, until nothing changes. So binaries that need each other at run time come in at once.
   */
  const install = (candidates: readonly number[], now: number): number[] => {
    let open = new Set(candidates);
    for (;;) {
      const there = (b: number) => round[b]! < never || open.has(b);
      const kept = [...open].filter((b) => binaries[b]!.depends.every((g) => satisfied(g, 'run', there)));
      if (kept.length === open.size) break;
      open = new Set(kept);
    }
    for (const b of open) round[b] = now;
    return candidates.filter((b) => !open.has(b));
  };

  let waiting = install(
    [...binaries.keys()].filter((b) => given[b] === 1),
    0,
  );
  let unbuilt = [...sources.keys()];
  for (let now = 1; unbuilt.length > 0; now++) {
    const installed = (b: number) => round[b]! < now;
    const isReady = (s: number) => sources[s]!.variants[0]!.buildDepends.every((g) => satisfied(g, 'build', installed));
    const ready = unbuilt.filter(isReady);
    if (ready.length === 0) break;
    const built = new Set(ready);
    unbuilt = unbuilt.filter((s) => !built.has(s));
    const fresh = ready.flatMap((s) => sources[s]!.variants[0]!.produces).filter((b) => round[b] === never);
    waiting = install([...new Set([...waiting, ...fresh])], now);
  }
  return (b) => round[b]!;
}
