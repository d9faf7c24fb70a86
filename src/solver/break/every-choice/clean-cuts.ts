/**
 * Cuts for choices that reach the goals of the blocking problem, but do not let them end clean. A *lack* is a full
 * build that is not done, or a wish for a source that nothing can build, whose copies stay for good. From all lacks a
 * minimal set is taken that already keeps the goals from ending clean. Every sufficient choice repairs one of its
 * members; so a minimal set of elements without which no member is repaired is a cut.
 */
import type { ElementIndex, SourceVertex } from '../../../indices.ts';
import { type Limits, outstanding } from '../../clingo.ts';
import { workLimits } from '../../limits.ts';
import type { Cut } from '../hitting-set/cuts.ts';
import type { Further } from '../hitting-set/hitting-set.ts';
import { type Element, isWish } from '../problem/blocking.ts';
import { buildChosen, cleanSources, type OpenUniverse } from './open-universe.ts';
import { smallestPart } from './smallest-part.ts';

/**
 * A source whose full build is not done, or (with the element that is its wish) whose copies are not there for good.
 */
interface Lack {
  readonly source: SourceVertex;
  readonly wish: ElementIndex | undefined;
}

/** What a choice still has to reach once the blocking problem is satisfied: that its plan ends clean. */
export class CleanCuts implements Further {
  private readonly u: OpenUniverse;
  private readonly goals: readonly number[];
  /** 1 for sources that end clean with everything that may be chosen. */
  private readonly clean: Uint8Array;
  private readonly elements: readonly Element[];
  private readonly limits: Limits;
  /** Wishes for what nothing can build. */
  private readonly forGood: readonly ElementIndex[];
  private readonly found: Cut[] = [];
  private late = 0;
  /** Whether a cut speaks of other elements than those. */
  reachesFurther = false;

  /**
   * What a search with these cuts finds; what a second one does where the reductions of the first may have put an
   * element out of the way that a cut has spoken of since.
   */
  async settled<Found>(search: () => Promise<Found>): Promise<Found> {
    const before = this.reachesFurther;
    const found = await search();
    return this.reachesFurther === before ? found : await search();
  }

  constructor(
    u: OpenUniverse,
    goals: readonly number[],
    clean: Uint8Array,
    elements: readonly Element[],
    limits: Limits,
  ) {
    this.u = u;
    this.goals = goals;
    this.clean = clean;
    this.elements = elements;
    this.limits = limits;
    this.forGood = [...elements.keys()].filter((e) => isWish(elements[e]!) && u.unbuildable[elements[e]!.source] === 1);
  }

  /** Asked once more with every element, where a cut has spoken of others than these. */
  get speaksOf(): ReadonlySet<ElementIndex> {
    return new Set(this.reachesFurther ? this.elements.keys() : this.forGood);
  }

  get givesUp(): boolean {
    return this.late >= workLimits.questionsAfterLimit.most && !outstanding(this.limits);
  }

  cuts(on: Uint8Array): readonly Cut[] {
    const known = this.found.filter((cut) => cut.every((e) => on[e] === 0));
    if (known.length > 0) return known;
    let lacks = this.lacksOf(on);
    if (!this.failsFor(lacks)) return [];
    // Of a limit that is over only the answer matters: this is a cut as well, if a wide one.
    if (this.givesUp) return [[...this.elements.keys()].filter((e) => on[e] === 0)];
    const fresh: Cut[] = [];
    do {
      const part = smallestPart(lacks, (some) => this.failsFor(some));
      fresh.push(this.cutOf(part, on));
      const taken = new Set(part);
      lacks = lacks.filter((lack) => !taken.has(lack));
    } while (fresh.length < workLimits.cleanCuts.most && !this.givesUp && this.failsFor(lacks));
    this.found.push(...fresh);
    const own = new Set(this.forGood);
    if (fresh.some((cut) => cut.some((e) => !own.has(e)))) this.reachesFurther = true;
    return fresh;
  }

  atOnce(on: Uint8Array): readonly ElementIndex[] {
    const more = on.slice();
    for (const e of this.forGood) more[e] = 1;
    return this.failsFor(this.lacksOf(more)) ? [...this.elements.keys()] : this.forGood;
  }

  private lacksOf(on: Uint8Array): readonly Lack[] {
    const { built } = buildChosen(this.u, this.elements, on);
    const lacks: Lack[] = this.forGood.flatMap((e) =>
      on[e] === 1 ? [] : [{ source: this.elements[e]!.source, wish: e }],
    );
    this.clean.forEach((is, source) => {
      if (is === 1 && built[this.u.index.firstVariant[source]!] === 0) lacks.push({ source, wish: undefined });
    });
    return lacks;
  }

  /** Whether some goal does not end clean when these are lacking, and nothing else is. */
  private failsFor(lacks: readonly Lack[]): boolean {
    const { u, clean, elements } = this;
    if (!outstanding(this.limits)) this.late++;
    const built = new Uint8Array(u.candidates.length);
    clean.forEach((is, s) => {
      built[u.index.firstVariant[s]!] = is;
    });
    const gone = new Set<number>();
    for (const { source, wish } of lacks) {
      if (wish === undefined) built[u.index.firstVariant[source]!] = 0;
      else gone.add(source);
    }
    const wished = this.forGood.map((e) => elements[e]!.source).filter((s) => !gone.has(s));
    const done = cleanSources(u, built, wished);
    return this.goals.some((s) => done[s] === 0);
  }

  private cutOf(part: readonly Lack[], on: Uint8Array): Cut {
    const wishes = part.flatMap(({ wish }) => (wish === undefined ? [] : [wish]));
    const fulls = part.flatMap(({ source, wish }) => (wish === undefined ? [source] : []));
    if (fulls.length === 0) return wishes.toSorted((a, b) => a - b);
    const off = [...this.elements.keys()].filter((e) => on[e] === 0 && !wishes.includes(e));
    const leavesUndone = (some: readonly ElementIndex[]): boolean => {
      const rest = new Uint8Array(this.elements.length).fill(1);
      for (const e of [...wishes, ...some]) rest[e] = 0;
      const { built } = buildChosen(this.u, this.elements, rest);
      return fulls.every((s) => built[this.u.index.firstVariant[s]!] === 0);
    };
    return [...wishes, ...smallestPart(off, leavesUndone)].sort((a, b) => a - b);
  }
}
