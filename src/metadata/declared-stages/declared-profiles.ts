/**
 * Stages that a source declares without calling them so: every registered profile that its build dependencies speak of
 * (`<!nodoc>`, `<!nojava>`), and every private one (`<!pkg.cmake.bootstrap>`), is a promise that it can be built so.
 */
import type { Universe } from '../../model.ts';
import { crossProfile } from '../relations/cross.ts';
import { type Formula, isRegisteredProfile, profilesIn, scanFormula } from '../relations/formula.ts';
import { stageOfProfile } from './stage-fields.ts';

/** What an index says of a source. */
interface Described {
  readonly name: string;
  /** Lower-case name -> value of every field that declares build dependencies. */
  readonly fields: ReadonlyMap<string, string>;
  /** Binary -> the formula under which it is built. */
  readonly formulas: ReadonlyMap<string, Formula>;
}

type Stages = ReadonlyMap<number, readonly string[]>;

/** Profiles that only say when a full or a crossed build needs a dependency. To use one declares no stage. */
const noPromise: ReadonlySet<string> = new Set([crossProfile]);

const bracketed = /<[^<>]*>(?:\s*<[^<>]*>)*/g;

/** On build dependencies, and on binaries: a profile that only leaves a binary out is declared as well. */
function formulasOf({ fields, formulas }: Described): readonly Formula[] {
  const found: Formula[] = [...formulas.values()];
  for (const [name, value] of fields) {
    if (!name.startsWith('build-depends') || !value.includes('<!')) continue;
    for (const [text] of value.matchAll(bracketed)) {
      // `(<< 2)` looks like the beginning of one.
      if (/^<[<=]/.test(text)) continue;
      const { formula, problem } = scanFormula(text);
      if (problem === undefined) found.push(formula);
    }
  }
  return found;
}

/**
 * All registered profiles together, the most that goes; then, where some of them leave out binaries that others may
 * wait for, those that leave out none, and with these all of the others but one, and each of them alone.
 */
function basesOf(registered: readonly string[], { formulas }: Described): readonly (readonly string[])[] {
  const ofBinaries = new Set([...formulas.values()].flatMap(profilesIn));
  const leaving = registered.filter((p) => ofBinaries.has(p));
  if (leaving.length === 0) return [registered];
  const harmless = registered.filter((p) => !ofBinaries.has(p));
  const allBut = leaving.length > 2 ? leaving.map((p) => registered.filter((other) => other !== p)) : [];
  const alone = leaving.length > 1 ? leaving.map((p) => [...harmless, p]) : [];
  return [registered, ...allBut, ...alone, ...(harmless.length > 0 ? [harmless] : [])];
}

/**
 * Stages declared already, and after them: all registered profiles of the source together; the same with each declared
 * stage; the same with its private profiles; then the same with fewer registered ones. What a profile only adds is no
 * promise.
 */
export function stagesOfProfiles(record: Described, annotated: Stages | undefined): Stages | undefined {
  const formulas = formulasOf(record);
  if (formulas.length === 0) return annotated;
  const literals = formulas.flatMap((f) => f.flat());
  const added = new Set(literals.filter((l) => !l.startsWith('!')));
  const named = [...new Set(formulas.flatMap(profilesIn))].filter((p) => !noPromise.has(p)).sort();
  const names = named.filter((p) => !added.has(p));
  const stageOf = (p: string): number => stageOfProfile(record.name, p);
  const registered = names.filter((p) => stageOf(p) === 0 && !p.startsWith('pkg.') && isRegisteredProfile(p));
  const ofItself = names.filter((p) => stageOf(p) === 0 && p.startsWith(`pkg.${record.name}.`));
  // A stage may ask for something of its own, and is declared all the same.
  const declared = new Map(named.filter((p) => stageOf(p) > 0).map((p) => [stageOf(p), [p]]));
  for (const [stage, profiles] of annotated ?? []) declared.set(stage, [...profiles]);
  const bases = basesOf(registered, record);
  const sets = new Map<string, readonly string[]>();
  const add = (...profiles: readonly string[]) => sets.set(profiles.toSorted().join(), profiles);
  for (const base of bases) {
    if (base.length > 0) add(...base);
    for (const profiles of declared.values()) if (base.length > 0) add(...base, ...profiles);
    if (ofItself.length > 0) add(...base, ...ofItself);
  }
  if (sets.size === 0) return annotated;
  const stages = new Map(annotated ?? []);
  let next = Math.max(0, ...declared.keys());
  // A stage that fields declare has no profile to be counted by.
  while (record.fields.has(`build-depends-bootstrap${next + 1}`)) next++;
  for (const profiles of sets.values()) stages.set(++next, [...new Set(profiles)].sort());
  return stages;
}

/** The same universe with what is declared as a stage, and no more. */
export const withoutPromises = (universe: Universe): Universe => ({
  ...universe,
  sources: universe.sources.map((s) => ({ ...s, variants: s.variants.filter((v) => v.assumed !== true) })),
});
