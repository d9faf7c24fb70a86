/**
 * Chains that leave nothing out. The solver's graph has no vertices for binaries that are there from the start, so a
 * step in it may stand for several in the metadata: a source asks for debhelper, which is given, and which needs
 * man-db.
 */
import type { ChainStep, Solution, StuckReason } from '../../model.ts';
import { successors } from '../graph/csr.ts';
import type { Resolved } from '../graph/resolve.ts';
import { shortestPath } from '../graph/shortest-path.ts';

/** Splits steps at what is given; each distinct step is looked up once. */
class Splitter {
  private readonly resolved: Resolved;
  private readonly sources: ReadonlyMap<string, number>;
  private readonly vertices: ReadonlyMap<string, number>;
  private readonly known = new Map<string, readonly ChainStep[]>();

  constructor(resolved: Resolved) {
    const { graph } = resolved;
    this.resolved = resolved;
    this.sources = new Map(graph.sources.map((name, s) => [`src:${name}`, s]));
    this.vertices = new Map(graph.binaries.map((name, v) => [name, v]));
  }

  split(step: ChainStep): readonly ChainStep[] {
    // What is there from the start and asked for by name is whole already.
    if (step.how === 'built-by' || !this.vertices.has(step.to)) return [step];
    const key = `${step.from}\n${step.to}`;
    let steps = this.known.get(key);
    if (steps === undefined) {
      steps = this.search(step);
      this.known.set(key, steps);
    }
    return steps;
  }

  private search({ from, to, how }: ChainStep): readonly ChainStep[] {
    const { choices, binaryOf, given } = this.resolved;
    const target = binaryOf[this.vertices.get(to)!]!;
    // The start is a vertex of its own: of a source its needs follow, of a binary what it needs at run time.
    const start = given.length;
    const first =
      how === 'build-depends'
        ? choices.needs[this.sources.get(from)!]![0]!
        : successors(choices.runtime, binaryOf[this.vertices.get(from)!]!);
    const next = (b: number) => (b === start ? first : given[b] === 1 ? successors(choices.runtime, b) : []);
    const path = shortestPath(next, start, (b) => b === target) ?? [start, target];
    const names = path.map((b, i) => (i === 0 ? from : i === path.length - 1 ? to : this.nameOf(b)));
    return names.slice(1).map((name, i) => ({ from: names[i]!, to: name, how: i === 0 ? how : 'depends' }));
  }

  private nameOf(binary: number): string {
    return this.resolved.choices.universe.binaries[binary]!.name;
  }
}

/** The same solution or plan, with the chains of its reasons told in full. */
export function withWholeChains<T extends Pick<Solution, 'stuck'>>(resolved: Resolved, told: T): T {
  const splitter = new Splitter(resolved);
  const all = (chain: readonly ChainStep[]) => chain.flatMap((step) => splitter.split(step));
  const whole = (reason: StuckReason): StuckReason => {
    if ('chain' in reason) return { ...reason, chain: all(reason.chain) };
    return reason.cycle === undefined ? reason : { ...reason, cycle: all(reason.cycle) };
  };
  return { ...told, stuck: told.stuck.map((s) => ({ ...s, reason: whole(s.reason) })) };
}
