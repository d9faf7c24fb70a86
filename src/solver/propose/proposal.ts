/**
 * What `propose` answers, as one immutable value: the cheapest edits and supplies, and what more or less boldness would
 * change. Types only.
 */

import type { ChainStep, Cost } from '../../model.ts';
import type { BinaryName, SourceName } from '../../names.ts';
import type { EditClass } from '../explain/edit-class.ts';
import type { TrialWord } from './edit-lines.ts';
import type { EditCriterion } from './edit-search.ts';

/** A number of the objective, with what is proved about it. */
export interface EditCost {
  readonly criterion: EditCriterion;
  readonly value: number;
  readonly lowerBound: number;
}

/** One line of debian/control that gets a condition. */
export interface ProposedLine {
  /** The group as it stands, and with the condition on every alternative. */
  readonly group: string;
  readonly conditional: string;
  readonly binary: BinaryName;
  readonly kind: EditClass;
  /** The profile of the condition, and whether Debian has registered it. */
  readonly profile: string;
  readonly registered: boolean;
  /** Where the guess comes from. */
  readonly because: string;
  /** Short cycles that go through it. */
  readonly cycles: number;
  /** `NAME=VALUE`: what debian/rules may have to set then, or, where a trial has shown it, has to. */
  readonly switches?: readonly string[];
}

/** A stage as an annotation file declares it. */
export interface ProposedStage {
  readonly stage: number;
  readonly profiles: readonly string[];
  /** Names, or whole groups where a name would drop too much. */
  readonly drops: readonly string[];
  readonly omits: readonly string[];
}

/** All that is to be changed in one source, as its maintainer has to know it. */
export interface ProposedEdit {
  readonly source: SourceName;
  readonly version: string;
  readonly maintainer: string;
  readonly uploaders: readonly string[];
  readonly lines: readonly ProposedLine[];
  readonly stages: readonly ProposedStage[];
  /** Short cycles through any of its lines, and sources that leave the largest component with these lines alone. */
  readonly cycles: number;
  readonly leaving: number;
  /** Sources that cannot be built any more when all is done but this. */
  readonly together: number;
  /**
   * The shortest cycle through one of its lines among the sources that nothing else of the proposal frees; empty where
   * there is none.
   */
  readonly chain?: readonly ChainStep[];
}

/** A stage that build profiles declare already, under whatever name. */
export interface FreeStage {
  readonly source: SourceName;
  readonly stages: readonly ProposedStage[];
}

/** What a trial has shown of a dependency of a source that is looked at. */
export interface TriedLine extends TrialWord {
  readonly source: SourceName;
  readonly version: string;
  readonly dependency: string;
}

/** A source that has to come from outside, and why. */
export interface ProposedSupply {
  readonly source: SourceName;
  readonly version: string;
  readonly maintainer: string;
  /** A cycle that none of the edits breaks, and no other supply: why it has to come from outside. */
  readonly chain: readonly ChainStep[];
  /** It needs itself, with nothing in between that could be built first. */
  readonly itself: boolean;
  readonly together: number;
}

/** A source that nothing lets be built, and of which what is there is taken, for good. */
export interface ProposedGift {
  readonly source: SourceName;
  readonly version: string;
  readonly maintainer: string;
  /** What it asks for and cannot have, and why. */
  readonly group: string;
  readonly why: string;
}

/** One row of the frontier: how much it costs to be so bold. */
export interface FrontierRow {
  readonly classes: readonly EditClass[];
  readonly status: 'optimal' | 'bounded';
  readonly costs: readonly EditCost[];
  /** Sources edited. */
  readonly edits: number;
}

/** The answer as a whole. */
export interface Proposal {
  readonly format: 1;
  readonly architecture: string;
  readonly status: 'optimal' | 'bounded';
  readonly classes: readonly EditClass[];
  readonly costs: readonly EditCost[];
  readonly supplies: readonly ProposedSupply[];
  /** By name; left out when there is nothing of the kind. */
  readonly given?: readonly ProposedGift[];
  readonly edits: readonly ProposedEdit[];
  readonly declared: readonly FreeStage[];
  readonly frontier: readonly FrontierRow[];
  /** By source, version, dependency, byte order; left out when no evidence was given. */
  readonly tried?: readonly TriedLine[];
  /** With all of this: what the plan costs, and which sources are still stuck. */
  readonly plan: {
    readonly status: string;
    readonly costs: readonly Cost[];
    readonly stuck: readonly string[];
    readonly full: number;
  };
  /** Sources required, and how many of them can be built with what is declared alone. */
  readonly sources: number;
  readonly without: number;
}
