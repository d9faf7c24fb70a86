/**
 * The breaking of cycles over every choice of alternatives and providers at once: the blocking problem, what every
 * choice must reach, and what is still missing of one that reaches that. docs/solver.md has the argument.
 */
import type { Limits } from '../../clingo.ts';
import { successors } from '../../graph/csr.ts';
import { Prospects } from '../../install/prospects.ts';
import type { Blocking } from '../problem/blocking.ts';
import { CleanCuts } from './clean-cuts.ts';
import { OpenProblem } from './open-problem.ts';
import { buildOpen, cleanSources, type OpenUniverse } from './open-universe.ts';

/** The question of the fewest breaks with every alternative open. */
export interface EveryChoice {
  readonly problem: Blocking;
  /** Whether every alternative is in it. */
  readonly whole: boolean;
  /** Sources that are wanted, and can end clean with everything that may be chosen. */
  readonly goals: readonly number[];
  /** What a choice still has to reach beyond the problem: that all goals end clean. */
  readonly further: CleanCuts;
}

/** Sources without which no target can end clean: what leaves no choice on the way from the targets. */
function requiredSources(
  u: OpenUniverse,
  goals: readonly number[],
  clean: Uint8Array,
  wished: ReadonlySet<number>,
): Uint8Array {
  const { index, candidates } = u;
  const makers = new Map<number, number>();
  clean.forEach((is, s) => {
    if (is === 1) for (const b of u.yields[index.firstVariant[s]!]!) makers.set(b, s);
  });
  const there = new Prospects(index);
  const forGood = [...wished].flatMap((s) => (u.unbuildable[s] === 1 ? u.makes[s]! : []));
  there.appear([...u.given, ...makers.keys(), ...forGood]);
  const given = new Prospects(index);
  given.appear(u.given);
  const required = new Uint8Array(candidates.length === 0 ? 0 : u.makes.length);
  const sources = [...goals];
  const seen = new Uint8Array(there.there.length);
  for (const s of sources) required[s] = 1;
  const binaries: number[] = [];
  const need = (n: number): void => {
    const list = index.needs[n]!.candidates.filter((b) => there.supported[b] === 1);
    const [only] = list;
    if (only === undefined || list.length > 1 || seen[only] === 1) return;
    seen[only] = 1;
    binaries.push(only);
  };
  const isGiven = new Set(u.given);
  while (sources.length + binaries.length > 0) {
    const s = sources.pop();
    if (s !== undefined) for (const n of successors(index.ofVariant, index.firstVariant[s]!)) need(n);
    const b = binaries.pop();
    if (b === undefined) continue;
    for (const n of successors(index.ofBinary, b)) need(n);
    const maker = makers.get(b);
    if (maker === undefined || isGiven.has(b) || required[maker] === 1) continue;
    required[maker] = 1;
    sources.push(maker);
  }
  return required;
}

/**
 * @param wanted the targets, and what those that cannot end clean need nevertheless
 * @param wished sources that may be wished
 * @param limits after which a choice is no longer looked at closely
 */
export function everyChoice(
  u: OpenUniverse,
  wanted: (clean: Uint8Array) => readonly number[],
  wished: ReadonlySet<number>,
  limits: Limits,
): EveryChoice {
  const least = buildOpen(u, () => false, []).state;
  const most = buildOpen(u, () => true, wished);
  const clean = cleanSources(u, most.built, wished);
  const goals = wanted(clean);
  const builder = new OpenProblem(u, least, most);
  const required = requiredSources(u, goals, clean, wished);
  const problem = builder.build(builder.inSight(goals), required, wished);
  const further = new CleanCuts(u, goals, clean, problem.elements, limits);
  return { problem, whole: builder.whole, goals, further };
}
