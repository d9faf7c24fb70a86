/**
 * What is there at one moment of a plan, and what a build would have installed from it: exact, as apt would. What is
 * installed already stays; then the first alternative is taken, then the first candidate in the documented order
 * (docs/choices.md); where that way ends in a conflict, the complete search finds another or proves that there is none.
 */
import type { Variant } from '../../model.ts';
import { type Demand, demandOf, impliedNeeds } from './install-demand.ts';
import { GreedyInstaller } from './install-greedy.ts';
import type { InstallRules } from './install-rules.ts';
import { type Installation, installationFor, type Refusal, search } from './install-search.ts';
import type { Need } from './need.ts';
import { needIndex, Prospects } from './prospects.ts';

/** One moment that moves on: binaries appear in it, and none goes. */
export class InstallWorld {
  readonly rules: InstallRules;
  /** 1 for binaries that are there; set from outside, by `appear` alone. */
  readonly there: Uint8Array;
  /** Only where a stage's binaries do without something: who of those that are there has all that it needs. */
  private readonly prospects: Prospects | undefined;
  private readonly implied: readonly Need[];
  /** 1 for the seed and what it needs. */
  private readonly seeded: Uint8Array;
  private greedy: GreedyInstaller | undefined;
  private readonly baseNames = new Set<string>();

  /** @param implied what every build has installed, asked for or not: the seed's part of it */
  constructor(rules: InstallRules, given: Iterable<number>) {
    const { binaries, seed } = rules.universe;
    this.rules = rules;
    this.there = new Uint8Array(binaries.length);
    if (binaries.some((b) => b.whenThere !== undefined)) this.prospects = new Prospects(needIndex(rules));
    this.appear(given);
    const seeds = new Set(seed);
    this.seeded = Uint8Array.from(binaries, (b) => Number(b.withSeed === true || (b.available && seeds.has(b.name))));
    const isSeed = (b: number): boolean => seeds.has(binaries[b]!.name) && this.there[b] === 1;
    this.implied = impliedNeeds(rules).filter(({ candidates }) => candidates.some(isSeed));
  }

  /** The binaries that every build has installed, what they need included; new copies take the place of old ones. */
  get base(): Int32Array {
    return this.installer().base;
  }

  appear(binaries: Iterable<number>): void {
    const fresh = [...binaries];
    this.mark(fresh);
    this.prospects?.appear(fresh);
  }

  /**
   * 1 for what is installed along with what a stage's binaries do without: it is there, and so is all that it needs.
   */
  private get along(): Uint8Array {
    return this.prospects?.supported ?? this.there;
  }

  private mark(binaries: Iterable<number>): void {
    for (const b of binaries) {
      if (this.there[b] === 1) continue;
      this.there[b] = 1;
      if (this.baseNames.has(this.rules.universe.binaries[b]!.name)) this.greedy = undefined;
    }
  }

  private installer(): GreedyInstaller {
    if (this.greedy === undefined) {
      const base = this.environment();
      this.greedy = new GreedyInstaller(this.rules, base, this.there, this.seeded, this.along);
      for (const b of base) this.baseNames.add(this.rules.universe.binaries[b]!.name);
    }
    return this.greedy;
  }

  /** All that is implied, or of a seed that does not fit together what does, in the order of names. */
  private environment(): Int32Array {
    const within = (needs: readonly Need[]) =>
      search(this.rules, { needs, forbidden: [] }, this.there, this.along, (b) => this.seeded[b] === 1);
    const whole = within(this.implied);
    if (whole.installable) return whole.installation;
    let kept: readonly Need[] = [];
    let found = new Int32Array(0);
    for (const need of this.implied) {
      const more = within([...kept, need]);
      if (!more.installable) continue;
      kept = [...kept, need];
      found = Int32Array.from(more.installation);
    }
    return found;
  }

  /** What the build would have installed now, or why it cannot be. */
  install(variant: Variant): Installation | Refusal {
    const { rules, there, along } = this;
    const demand = demandOf(rules, variant, [], rules.universe.alternatives);
    const installation = this.installer().install(demand);
    if (installation !== undefined) return { installable: true, installation };
    const [onBase, anew] = this.wider(demand);
    const { isInBase } = this.installer();
    const found = installationFor(rules, onBase, there, along, isInBase);
    if (found !== undefined) return { installable: true, installation: found };
    return search(rules, anew, there, along, isInBase);
  }

  /**
   * Beside all that is installed already; or, as apt may take some of that away, beside nothing but what is essential.
   */
  private wider(demand: Demand): readonly [Demand, Demand] {
    const base = Array.from(this.installer().base, (b): Need => {
      return { group: [{ name: this.rules.universe.binaries[b]!.name }], candidates: Int32Array.of(b) };
    });
    return [
      { ...demand, needs: [...base, ...demand.needs] },
      { ...demand, needs: [...demand.needs, ...this.implied] },
    ];
  }

  /** Whether the build could be done were this one not there. It is there afterwards. */
  couldInstallWithout(variant: Variant, binary: number): boolean {
    const rest = [...this.there.keys()].filter((b) => this.there[b] === 1 && b !== binary);
    return new InstallWorld(this.rules, rest).install(variant).installable;
  }

  /** Whether the build could be done were these there as well. They are not afterwards. */
  couldInstall(variant: Variant, more: readonly number[]): boolean {
    const { rules, there, along, greedy } = this;
    const fresh = more.filter((b) => there[b] === 0);
    this.mark(fresh);
    try {
      const demand = demandOf(rules, variant, [], rules.universe.alternatives);
      const installer = this.installer();
      if (installer.install(demand) !== undefined) return true;
      return this.wider(demand).some(
        (wide) => installationFor(rules, wide, there, along, installer.isInBase) !== undefined,
      );
    } finally {
      for (const b of fresh) there[b] = 0;
      this.greedy = greedy;
    }
  }
}
