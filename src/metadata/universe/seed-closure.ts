/**
 * The run-time dependencies of the seed, transitively: a seed that works has them installed. A dependency that cannot
 * be satisfied is reported and left out; the others count as installed.
 */
import type { Binary, Diagnostic, Group, Relation } from '../../model.ts';
import { placeInOrder } from '../../order.ts';
import { formatGroup } from '../relations/relation.ts';
import { satisfiesRelation } from '../relations/satisfaction.ts';

/**
 * Who could be meant by a relation, in the order of the binaries; real ones first. A seed asks for some hundred names
 * of an archive: they are looked for in its order, and only what is provided has an index.
 */
class Candidates {
  private readonly binaries: readonly Binary[];
  private readonly architecture: string;
  private readonly providing = new Map<string, number[]>();
  private readonly known = new Map<Group, readonly number[]>();

  /** @param binaries in the order of the Universe */
  constructor(binaries: readonly Binary[], architecture: string) {
    this.binaries = binaries;
    this.architecture = architecture;
    for (let b = 0; b < binaries.length; b++) {
      const { provides, unbuilt } = binaries[b]!;
      if (provides.length === 0 || unbuilt) continue;
      for (const { name } of provides) {
        const list = this.providing.get(name);
        if (list === undefined) this.providing.set(name, [b]);
        else if (list.at(-1) !== b) list.push(b);
      }
    }
  }

  private named(name: string): number[] {
    const { binaries } = this;
    const found: number[] = [];
    const first = placeInOrder(binaries.length, (b) => binaries[b]!.name, name);
    for (let b = first; binaries[b]?.name === name; b++) if (!binaries[b]!.unbuilt) found.push(b);
    return found;
  }

  private of(relation: Relation): number[] {
    const meant = (b: number) => satisfiesRelation(this.binaries[b]!, relation, this.architecture, 'run');
    const real = this.named(relation.name).filter(meant);
    const virtual = (this.providing.get(relation.name) ?? []).filter((b) => meant(b) && !real.includes(b));
    const preferred = (a: number, b: number) => priorityOf(this.binaries[a]!) - priorityOf(this.binaries[b]!) || a - b;
    return [...real, ...virtual.sort(preferred)];
  }

  satisfying(group: Group): readonly number[] {
    let found = this.known.get(group);
    if (found === undefined) {
      found = group.length === 1 ? this.of(group[0]!) : [...new Set(group.flatMap((r) => this.of(r)))];
      this.known.set(group, found);
    }
    return found;
  }
}

const priorities: readonly string[] = ['required', 'important', 'standard', 'optional', 'extra'];
const priorityOf = ({ priority }: Binary): number => (priorities.indexOf(priority) + 6) % 6;

/** The binaries that the roots lead to over any alternative, as far as they can be had with everything they need. */
function obtainable(roots: Iterable<number>, binaries: readonly Binary[], candidates: Candidates): ReadonlySet<number> {
  const reached = new Set(roots);
  const asking = new Map<number, number[]>();
  for (const b of reached) {
    for (const group of binaries[b]!.depends) {
      for (const c of candidates.satisfying(group)) {
        reached.add(c);
        const list = asking.get(c);
        if (list) list.push(b);
        else asking.set(c, [b]);
      }
    }
  }
  const kept = new Set(reached);
  const works = (b: number) => binaries[b]!.depends.every((g) => candidates.satisfying(g).some((c) => kept.has(c)));
  const open = [...reached];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    if (!kept.has(b) || works(b)) continue;
    kept.delete(b);
    for (const user of asking.get(b) ?? []) open.push(user);
  }
  return kept;
}

/**
 * @param binaries in the order of the Universe
 * @param seeds indices of the binaries that the seed names
 * @returns the seed and what it needs, as indices; and what of that cannot be had
 */
export function seedClosure(
  binaries: readonly Binary[],
  seeds: readonly number[],
  architecture: string,
): { given: ReadonlySet<number>; problems: readonly Diagnostic[] } {
  const given = new Set(seeds);
  const problems: Diagnostic[] = [];
  if (seeds.length === 0) return { given, problems };
  const candidates = new Candidates(binaries, architecture);
  const whole = obtainable(seeds, binaries, candidates);
  // The set grows while it is walked through.
  for (const b of given) {
    const { name, depends, origin } = binaries[b]!;
    const lacking = depends.filter((group) => {
      const able = candidates.satisfying(group);
      if (able.some((c) => given.has(c))) return false;
      const first = able.find((c) => whole.has(c));
      if (first !== undefined) given.add(first);
      return first === undefined;
    });
    if (lacking.length === 0) continue;
    const message = `${name} of the seed lacks ${lacking.map(formatGroup).join(', ')}, which cannot be had; the rest of what it needs is given`;
    const help = 'add what is missing to the Packages files, or leave the binary out of the seed';
    problems.push({ code: 'BP160', severity: 'warning', message, origin, help });
  }
  return { given, problems };
}
