/** Reasons: each holds on its own, nothing in it is superfluous, and none is nearer. All by trying every subset. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Binary, Universe, Variant } from '../src/model.ts';
import type { Cause } from '../src/solver/install/install-cone.ts';
import { installRules } from '../src/solver/install/install-rules.ts';
import { checkBuilds } from '../src/solver/install/installability.ts';
import { installProblems } from './rig/generate/install-problems.ts';
import { faults, meets } from './rig/naive-install.ts';
import { smallArchive } from './rig/small-archive.ts';

type World = (binary: number) => boolean;

/** Is a link of a reason obeyed where exactly these binaries are installed? */
const obeyed =
  (world: World) =>
  (cause: Cause): boolean => {
    if (cause.by >= 0 && !world(cause.by)) return true;
    return cause.kind === 'clash' ? !world(cause.against) : cause.need.candidates.some(world);
  };

function someWorld(binaries: number, allows: (world: World) => boolean): boolean {
  for (let bits = 0; bits < 1 << binaries; bits++) if (allows((binary) => ((bits >> binary) & 1) === 1)) return true;
  return false;
}

const possible = (universe: Universe, reason: readonly Cause[]): boolean =>
  someWorld(universe.binaries.length, (world) => reason.every(obeyed(world)));

/** Binary -> how many dependencies away from the build it is; what satisfies its own dependency leads nowhere. */
function distances({ binaries, architecture }: Universe, { buildDepends }: Variant): Map<Binary, number> {
  const found = new Map<Binary, number>();
  let groups = buildDepends;
  for (let distance = 1; groups.length > 0; distance++) {
    const ring = binaries.filter((b) => !found.has(b) && groups.some((g) => g.some((r) => meets(b, r, architecture))));
    for (const binary of ring) found.set(binary, distance);
    groups = ring.flatMap((b) => b.depends.filter((group) => !group.some((r) => meets(b, r, architecture))));
  }
  return found;
}

/** Could it be installed if binaries so far away, or farther, needed nothing? */
function possibleWithin(universe: Universe, variant: Variant, limit: number): boolean {
  const away = distances(universe, variant);
  const binaries = universe.binaries.map((b) => ((away.get(b) ?? limit) >= limit ? { ...b, depends: [] } : b));
  const shortened = { ...universe, binaries };
  return someWorld(
    binaries.length,
    (world) =>
      faults(
        shortened,
        variant,
        binaries.filter((_, i) => world(i)),
      ).length === 0,
  );
}

test('a reason contradicts itself, no part of it can be left out, and no other ends nearer to the build', () => {
  let seen = 0;
  fc.assert(
    fc.property(installProblems('', false), ({ packages, source }) => {
      const { universe } = smallArchive(packages, source);
      const [verdict] = checkBuilds(installRules(universe), 'full');
      if (verdict!.installable) return;
      seen++;
      const { reason, variant } = verdict!;
      expect(possible(universe, reason)).toBe(false);
      for (const link of reason)
        expect(
          possible(
            universe,
            reason.filter((other) => other !== link),
          ),
        ).toBe(true);
      const away = distances(universe, variant);
      const farthest = Math.max(
        ...reason.map(({ kind, by }) => (kind === 'need' && by >= 0 ? away.get(universe.binaries[by]!)! : 0)),
      );
      if (farthest > 0) expect(possibleWithin(universe, variant, farthest)).toBe(true);
    }),
    { numRuns: 2500, seed: 155 },
  );
  expect(seen).toBeGreaterThan(300);
});
