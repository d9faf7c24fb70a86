/** What a run is told besides its plan. */

import type { ArchitectureLabel } from '../../build-id.ts';
import type { PlannedBuild } from '../../model.ts';
import type { Materials } from '../archive/publication.ts';
import type { Natives } from '../build/native-tools.ts';
import type { Dispatcher } from '../scheduling/dispatcher.ts';
import type { Expectation } from '../scheduling/resource-budget.ts';
import type { GoOn } from './prepare-builds.ts';

/** Which builds are asked for. */
interface Asked {
  /** Plan indices to build; everything when left out. What they need besides must be done already. */
  readonly wanted?: readonly number[];
  /** With them: ids of builds in rounds that earlier runs have added, for when this one comes to them. */
  readonly wantedRounds?: ReadonlySet<string>;
}

/** How builds are scheduled and stopped. */
interface Control {
  /** For a plan of cross builds: what the native plan has made. */
  readonly natives?: Natives;
  /** Decides when a build may start; runs side by side share it. */
  readonly dispatcher: Dispatcher;
  /** What a build is expected to use of the dispatcher's budget. */
  readonly expected: (build: PlannedBuild) => Expectation;
  readonly timeoutSeconds: number;
  readonly goOnUnfetched?: GoOn;
  /** How long a build is expected to take by the clock, for the critical path. */
  readonly clockSecondsExpected: (build: PlannedBuild) => number;
  /** Aborted: what runs is ended. */
  readonly kill: AbortSignal;
  /** Aborted: what has not been tidied up is left for the next bootplan. */
  readonly leave: AbortSignal;
}

/** How the plan takes its place in the state directory, and grows. */
export interface PlanTaking {
  /** The directory that the plan was made from, absolute; left out where it is none. */
  readonly metadata?: string | undefined;
  /** sha256 of the overrides in force, if there are any. */
  readonly overrides: string | undefined;
  /** Sources whose finished builds changed overrides may displace; all of them when left out. */
  readonly overridesAsked?: ReadonlySet<string> | undefined;
  /** The state directory may hold another plan: drop its state, not its cache. */
  readonly replan: boolean;
  /** sha256 of a plan that this one is known only to extend: it may replace that plan. */
  readonly grewFrom?: string | undefined;
  /** How many rounds may be added to the plan for what has not settled. */
  readonly rounds: number;
}

/** What is published, and how. */
interface Publishing {
  /** What the provenance of a build names besides its installation set. */
  readonly materials: Materials;
  /** The key of gpg that signs the archives; none does without it. */
  readonly signKey?: string | undefined;
}

/** How builds and the project are named to people, and where failures are told. */
interface Telling {
  /** What names this project in a command besides the state directory, for reports: ` --metadata DIR`, or nothing. */
  readonly projectFlagsText?: string;
  readonly label?: ArchitectureLabel;
  /** Where failure reports go; none are written without it. */
  readonly reports: string | undefined;
}

/** All of it; each part is told to who needs it. */
export interface RunOptions extends Asked, Control, PlanTaking, Publishing, Telling {}
