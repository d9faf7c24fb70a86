/**
 * Which copies of the seed builds have installed, by the sources whose full builds replace them. No build waits for a
 * copy of the seed, so the graph of what waits for what has no place for them; a plan counts them, since they taint
 * (rule M7).
 */
import type { DependencyGraph, Universe } from '../../model.ts';
import type { Choices } from './choices.ts';
import { successors } from './csr.ts';

/** Run-time closures within what is given. */
class GivenWalk {
  private readonly runtime: Choices['runtime'];
  private readonly given: Uint8Array;
  private readonly seen: Int32Array;
  private turn = 0;
  private readonly passed: Uint8Array;

  constructor({ runtime }: Choices, given: Uint8Array) {
    this.runtime = runtime;
    this.given = given;
    this.seen = new Int32Array(given.length);
    this.passed = new Uint8Array(given.length);
  }

  /** The given binaries among these, and what they need of what is given. */
  from(binaries: Iterable<number>): readonly number[] {
    const turn = ++this.turn;
    const found: number[] = [];
    const enter = (b: number): void => {
      if (this.given[b] === 0 || this.passed[b] === 1 || this.seen[b] === turn) return;
      this.seen[b] = turn;
      found.push(b);
    };
    for (const b of binaries) enter(b);
    for (const b of found) for (const c of successors(this.runtime, b)) enter(c);
    return found;
  }

  /** From now on these, a whole closure, are left out: it holds all that is behind its members. */
  pass(closure: Iterable<number>): void {
    for (const b of closure) this.passed[b] = 1;
  }
}

/** What every build has installed, asked for or not: the seed's part of it. */
function impliedOf({ binaries, seed }: Universe): readonly number[] {
  const seeds = new Set(seed);
  return binaries.flatMap((b, i) =>
    seeds.has(b.name) && b.available && (b.essential || b.name === 'build-essential') ? [i] : [],
  );
}

/**
 * The sources whose copies in the seed every build has installed, and for each source those that its full build has
 * installed besides. What is Architecture: all stays as it is given. O(needs + what is given behind them).
 */
export function seedCopies(choices: Choices, given: Uint8Array): Pick<DependencyGraph, 'environment' | 'copies'> {
  const { universe, needs } = choices;
  const { binaries, sources } = universe;
  /** Binary name -> the source whose full build yields it, where the seed has a copy. */
  const makers = new Map<string, number>();
  sources.forEach(({ variants }, s) => {
    for (const b of variants[0]!.produces)
      if (binaries[b]!.architecture !== 'all' || given[b] === 0) makers.set(binaries[b]!.name, s);
  });
  const walk = new GivenWalk(choices, given);
  const sourcesOf = (list: Iterable<number>): readonly number[] => {
    const found = new Set<number>();
    for (const b of walk.from(list)) {
      const maker = binaries[b]!.architecture === 'all' ? undefined : makers.get(binaries[b]!.name);
      if (maker !== undefined) found.add(maker);
    }
    return [...found].sort((a, b) => a - b);
  };
  const implied = impliedOf(universe);
  const environment = sourcesOf(implied);
  // Nearly all that a build has installed of the seed is behind what every build has: it is gone through once.
  walk.pass(walk.from(implied));
  if (environment.length === 0 && universe.seed.length === 0) return {};
  const always = new Set(environment);
  const copies = needs.map(([full]) => sourcesOf(full!).filter((s) => !always.has(s)));
  return {
    ...(environment.length > 0 && { environment }),
    ...(copies.some((c) => c.length > 0) && { copies }),
  };
}
