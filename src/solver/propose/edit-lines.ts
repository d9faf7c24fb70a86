/**
 * The lines of a universe that could be dropped: for each source, the build dependencies that a hypothetical stage may
 * leave out.
 */
import type { SourceVertex } from '../../indices.ts';
import { formatGroup } from '../../metadata/relations/relation.ts';
import type { Group } from '../../model.ts';
import { binaryAsWritten } from '../explain/as-written.ts';
import { chosenFor } from '../explain/chosen-for.ts';
import { type EditClass, type Guess, guess, knownClasses } from '../explain/edit-class.ts';
import { isImplied } from '../explain/implied-dependencies.ts';
import { switchesFor } from '../explain/tool-switches.ts';
import { isRunByEveryBuild } from '../explain/undroppable.ts';
import type { Resolved } from '../graph/resolve.ts';

/** One build dependency that may be dropped. */
export interface EditLine extends Guess {
  /** By index into the universe. */
  readonly source: SourceVertex;
  readonly group: Group;
  /** The group as it is written. */
  readonly text: string;
  /** The binary chosen for it, by index into the universe. */
  readonly binary: number;
  /** `NAME=VALUE`: what debian/rules may have to set, or, where it was tried, has to. */
  readonly switches: readonly string[];
}

/** What a trial has shown of one dependency of one version of a source. */
export interface TrialWord {
  /** `changes`: it builds without it, and others miss something; `unused`: its full build opened nothing of it. */
  readonly verdict: 'works' | 'fails' | 'changes' | 'unused';
  /** sbuild's stage that failed; '' when none did. */
  readonly step: string;
  /** The file that says so. */
  readonly file: string;
  /** `NAME=VALUE`: what debian/rules has to set for it to work. */
  readonly switches?: readonly string[];
}

/** What is known beside the metadata. */
export interface Knowledge {
  /** Source -> dependency -> the file that says it can be dropped. */
  readonly listed: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** `SOURCE`, `SOURCE:DEPENDENCY` or `:DEPENDENCY`: what is never dropped. */
  readonly keep: ReadonlySet<string>;
  /** Dependency -> class, before the rules of this program. */
  readonly classes: ReadonlyMap<string, EditClass>;
  /** Only what a file lists, nothing guessed. */
  readonly listedOnly: boolean;
  /** `SOURCE VERSION DEPENDENCY` -> what a trial showed. */
  readonly evidence: ReadonlyMap<string, TrialWord>;
}

/** Somebody who says nothing. */
export const noKnowledge: Knowledge = {
  listed: new Map(),
  keep: new Set(),
  classes: new Map(),
  listedOnly: false,
  evidence: new Map(),
};

/** Whether it says as little as somebody who says nothing. */
export const saysNothing = ({ listed, keep, classes, listedOnly, evidence }: Knowledge): boolean =>
  !listedOnly && [listed, keep, classes, evidence].every(({ size }) => size === 0);

/** The lines of one source, in the order of its Build-Depends; of any of its variants, each once. */
export const linesOf = (
  resolved: Resolved,
  source: SourceVertex,
  built: readonly number[],
  allowed: ReadonlySet<EditClass>,
  knowledge: Knowledge,
): readonly EditLine[] => allowedLines(everyLineOf(resolved, source, built, knowledge), allowed);

/**
 * Those of the classes allowed, each text once: where variants differ in what they choose for it, the first one counts.
 */
export function allowedLines(lines: readonly EditLine[], allowed: ReadonlySet<EditClass>): readonly EditLine[] {
  const found = new Map<string, EditLine>();
  for (const line of lines)
    if (!found.has(line.text) && (allowed.has(line.kind) || knownClasses.has(line.kind))) found.set(line.text, line);
  return [...found.values()];
}

/** The lines of all classes, once for each binary that a variant chooses for one. */
export function everyLineOf(
  resolved: Resolved,
  source: SourceVertex,
  built: readonly number[],
  knowledge: Knowledge,
): readonly EditLine[] {
  const { universe, needs } = resolved.choices;
  const of = universe.sources[source]!;
  if (knowledge.keep.has(of.name)) return [];
  const own = built.map((b) => binaryAsWritten(universe, universe.binaries[b]!));
  const found: EditLine[] = [];
  const seen = new Set<string>();
  of.variants.forEach(({ buildDepends }, k) => {
    for (const group of buildDepends) {
      if (isImplied(universe, group)) continue;
      const binary = chosenFor(resolved, needs[source]![k]!, group);
      if (binary < 0) continue;
      const text = formatGroup(group);
      const key = `${binary} ${text}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const dependency = binaryAsWritten(universe, universe.binaries[binary]!);
      const names = [...group.map((r) => r.name), dependency.name];
      if (names.some((n) => knowledge.keep.has(`${of.name}:${n}`) || knowledge.keep.has(`:${n}`))) continue;
      const tried = names.map((n) => knowledge.evidence.get(`${of.name} ${of.version} ${n}`));
      if (tried.some((t) => t?.verdict === 'fails' || t?.verdict === 'changes')) continue;
      const lists = isRunByEveryBuild(dependency.name) ? undefined : knowledge.listed.get(of.name);
      const list = names.map((n) => lists?.get(n)).find((f) => f !== undefined);
      const told = names.map((n) => knowledge.classes.get(n)).find((c) => c !== undefined);
      const guessed = knowledge.listedOnly ? undefined : guess(of, own, dependency, dependency.source === source);
      const word = tried.find((t) => t !== undefined);
      const line = word === undefined ? named(told, list, guessed) : known(word, guessed);
      const switches = word === undefined ? switchesFor(names) : (word.switches ?? []);
      if (line !== undefined) found.push({ ...line, source, group, text, binary, switches });
    }
  });
  return found;
}

/**
 * A trial counts before all that is said without one; what the source then does not yield is still what the guess says.
 */
const known = ({ verdict, file }: TrialWord, guessed: Guess | undefined): Guess => ({
  profile: undefined,
  loses: undefined,
  ...guessed,
  kind: verdict === 'unused' ? 'unused' : 'tried',
  because:
    verdict === 'unused'
      ? `its full build opened no file of it (${file})`
      : `a trial built the source without it (${file})`,
});

/** A guess counts before a list where both speak, since it knows which profile says it. */
function named(told: EditClass | undefined, list: string | undefined, guessed: Guess | undefined): Guess | undefined {
  if (told !== undefined)
    return { profile: undefined, loses: undefined, ...guessed, kind: told, because: 'the classes given' };
  if (guessed !== undefined && (list === undefined || guessed.kind !== 'features')) return guessed;
  return list === undefined ? undefined : { kind: 'listed', profile: undefined, because: list, loses: undefined };
}
