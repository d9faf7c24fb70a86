/**
 * Everything that one day's report tells, as one immutable value: made in one process from one reading of the archive
 * and one solving, and rendered by pure functions. Types only.
 */
import type { BuildId } from '../../build-id.ts';
import type { RunEvent } from '../../events.ts';
import type { ChainStep, Cost, Plan } from '../../model.ts';
import type { SourceName } from '../../names.ts';
import type { BaselineAnswer } from '../../solver/cycles/baseline.ts';
import type { CycleView } from '../../solver/cycles/cycle-view.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import type { Purpose } from '../../solver/explain/plausibility.ts';
import type { CheckResult } from '../../solver/install/check-result.ts';
import type { Proposal, ProposedEdit, ProposedSupply } from '../../solver/propose/proposal.ts';
import type { ProgressEvent } from '../../stages/progress.ts';
import type { StuckGroup } from '../../stages/stuck.ts';

/** The numbers of one day, of which the history is made. All are counts. */
export interface DayNumbers {
  /** Sources that the targets need: 100 %. */
  readonly sources: number;
  /** Of them, those that a plan reaches with what is declared. */
  readonly bootstrappable: number;
  readonly inCycles: number;
  readonly components: number;
  readonly largest: number;
  /** Elementary cycles of at most `shortUpTo` sources; the two are compared only where `shortUpTo` is the same. */
  readonly shortCycles: number;
  readonly shortUpTo: number;
  /** Sources that have to be supplied, and to be edited, before all can be bootstrapped. */
  readonly supplies: number;
  readonly edits: number;
  /** Sources that can be bootstrapped once all of these are granted. */
  readonly withProposal: number;
  /** Sources by the best archive of a run that holds each. */
  readonly staged: number;
  readonly interim: number;
  readonly final: number;
  /** Of the whole archive, whatever the targets are; 0 when it was not looked at. */
  readonly archiveSources: number;
  readonly archiveInCycles: number;
}

/** A dependency inside a component that one day has and the other has not. */
export interface MovedDependency {
  readonly from: string;
  readonly to: string;
  readonly scc: string;
  /** The source whose upload did it, with its versions; '' where it was not there. */
  readonly source: SourceName;
  readonly before: string;
  readonly after: string;
}

/** One line of the history, as long as it is not on disk. */
export interface HistoryEntry {
  readonly format: 1;
  /** UTC, YYYY-MM-DD. */
  readonly date: string;
  /** What the archive is called; '' when nobody said it. */
  readonly suite: string;
  readonly architecture: string;
  readonly numbers: DayNumbers;
  /** What was lost and freed since the day before, with its causes. */
  readonly events: readonly ProgressEvent[];
  /** What else moved cycles since the day before; at most fifty of each. */
  readonly added: readonly MovedDependency[];
  readonly removed: readonly MovedDependency[];
}

/** What changed since the day before. */
export interface DayChange {
  readonly date: string;
  readonly numbers: DayNumbers;
  readonly cycles: BaselineAnswer;
  readonly events: readonly ProgressEvent[];
  readonly added: readonly MovedDependency[];
  readonly removed: readonly MovedDependency[];
  /** Sources new in the archive, gone from it, and of another version. */
  readonly uploads: readonly { readonly source: SourceName; readonly before: string; readonly after: string }[];
  /** Whether anything of it is new and bad: the alarm. */
  readonly worse: boolean;
}

/** A line of a source that could be changed. */
export interface Line {
  readonly source: SourceName;
  readonly binary: string;
  /** The group of Build-Depends, and the same with the condition; '' where no line says it. */
  readonly group: string;
  readonly conditional: string;
  readonly purpose: Purpose;
  /** Short cycles that go through it: without it they are gone. */
  readonly cycles: number;
  /** Declared stages that do without it. */
  readonly stages: readonly number[];
}

/** What is still needed: binaries from outside, or a change by a maintainer. */
export type Needed = ({ readonly kind: 'supply' } & ProposedSupply) | ({ readonly kind: 'edit' } & ProposedEdit);

/** One source with everything that is known of it. */
export interface SourceDay {
  readonly name: SourceName;
  readonly version: string;
  readonly maintainer: string;
  readonly uploaders: readonly string[];
  readonly place: 'cycle' | 'missing' | 'behind' | 'free';
  readonly stuck: boolean;
  /** '' when it is in none. */
  readonly scc: string;
  readonly target: boolean;
  readonly stages: readonly number[];
  /** The shortest cycle through it, or the shortest way to what it waits for. */
  readonly chain: readonly ChainStep[];
  /** The lines of that cycle, in its order, and the lines of this source with most short cycles through them. */
  readonly cycleLines: readonly Line[];
  readonly ownLines: readonly Line[];
  /** Lines by which it needs something that closes a cycle since the day before. */
  readonly newLines: readonly Line[];
  readonly missing: readonly { readonly group: string; readonly why: string }[];
  /** How many wait for it, as an interval; null where that is not known. */
  readonly blocks: { readonly min: number; readonly max: number } | null;
  /** Sources that it needs, and those that need it, one step away; byte order. */
  readonly needs: readonly string[];
  readonly neededBy: readonly string[];
  readonly selfCycle: number | null;
  /** Builds in the plan: position from 1, wave, archive. */
  readonly places: readonly {
    readonly build: BuildId;
    readonly at: number;
    readonly wave: number;
    readonly archive: string;
  }[];
}

/** A run as its journal tells it. */
export interface RunDay {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  /** Sources stuck by the run, besides those by the metadata. */
  readonly stuck: readonly StuckGroup[];
}

/** The value; pages, feeds and mails are made of it alone. */
export interface ReportDay {
  readonly format: 1;
  readonly date: string;
  readonly suite: string;
  readonly architecture: string;
  /** What was asked, to ask it again. */
  readonly command: string;
  readonly version: string;
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly targets: string;
  readonly numbers: DayNumbers;
  readonly cycles: CyclesAnswer;
  /** Components of the whole archive; null when the targets are the whole archive. */
  readonly archive: Pick<CyclesAnswer, 'counts' | 'sccs'> | null;
  /** Build dependencies that cannot be installed, with reasons. */
  readonly check: CheckResult;
  readonly view: CycleView;
  /** Source -> sources it needs one step away, by index into `sources`. */
  readonly graph: readonly (readonly number[])[];
  /** x and y of each source, by index. */
  readonly positions: readonly (readonly [number, number])[];
  /** The plan with everything in `needed` granted. */
  readonly plan: Plan;
  readonly costs: readonly Cost[];
  readonly stuck: readonly StuckGroup[];
  /** Edits, then supplies, each ranked by what it is worth. */
  readonly needed: readonly Needed[];
  /** Where they come from; null when nothing is stuck. */
  readonly proposal: Proposal | null;
  /** Byte order of name. */
  readonly sources: readonly SourceDay[];
  readonly change: DayChange | null;
  /** All days known, ascending, this one last unless the clock went back. */
  readonly history: readonly HistoryEntry[];
  readonly run: RunDay | null;
}
