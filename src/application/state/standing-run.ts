/** Where the run in a state directory stands, for commands that answer about metadata and about it. */

import { existsSync, statSync } from 'node:fs';
import type { Plan, Universe } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import { replay } from '../../run-state.ts';
import { readJournal } from '../../runner/journal/journal.ts';
import { directoryFor, type StateDirectory, stateDirectory } from '../../runner/journal/state-directory.ts';
import { readPlan } from '../../stages/plan-file.ts';
import { type Standing, standings } from '../../stages/standing.ts';

interface StandingRun {
  readonly plan: Plan;
  readonly standing: ReadonlyMap<SourceName, Standing>;
}

/** The part of what a run has built that a universe has. */
export interface BuiltHere {
  /** By source; those alone that the universe has in the version, and for the architecture, that was built. */
  readonly standing: ReadonlyMap<SourceName, Standing>;
  /** Sources that are built there and are not of this universe, byte order. */
  readonly others: readonly string[];
}

/** A state directory may be of another distribution, or of other versions, in which sources have the same names. */
export function builtHere(run: StandingRun | undefined, { sources, architecture }: Universe): BuiltHere {
  const wanted = new Map(architecture === run?.plan.architecture ? sources.map((s) => [s.name, s.version]) : []);
  const versions = new Map(run?.plan.builds.map((b) => [b.source, b.version]));
  const isHere = (source: SourceName) => wanted.has(source) && wanted.get(source) === versions.get(source);
  const all = [...(run?.standing ?? [])];
  return {
    standing: new Map(all.filter(([source]) => isHere(source))),
    others: all.flatMap(([source, { reached }]) => (reached !== 'nothing' && !isHere(source) ? [source] : [])),
  };
}

/** The metadata directory of the last run in a state directory; undefined when it is not known, or not there. */
export function metadataOfRun(state: string): string | undefined {
  const { journal } = stateDirectory(state);
  const metadata = existsSync(journal) ? replay(readJournal(journal)).metadata : undefined;
  if (metadata === undefined) return undefined;
  return statSync(metadata, { throwIfNoEntry: false })?.isDirectory() ? metadata : undefined;
}

/** Was what a state directory holds for another architecture built by machines of that architecture? */
export function hadMachines(parent: StateDirectory, architecture: string): boolean {
  const { plan } = directoryFor(parent, architecture);
  return existsSync(plan) && readPlan(plan).native === undefined;
}

/** What a run left behind; undefined when there is none. */
export function runIn(state: string): StandingRun | undefined {
  const directory = stateDirectory(state);
  if (!existsSync(directory.plan) || !existsSync(directory.journal)) return undefined;
  const plan = readPlan(directory.plan);
  return { plan, standing: standings(plan, replay(readJournal(directory.journal))) };
}
