/**
 * The formats of answers: one row each, from which the flags of the commands take their options, the files of --output
 * their extensions, and the answers their text.
 */
import { entriesOf } from '../by-name.ts';
import type { ByName, Plan } from '../model.ts';
import type { TrialAnswer } from '../runner/trial/trial.ts';
import type { BreakSet } from '../solver/break/break-set.ts';
import type { BaselineAnswer } from '../solver/cycles/baseline.ts';
import type { CycleView } from '../solver/cycles/cycle-view.ts';
import type { CyclesAnswer } from '../solver/cycles/cycles-answer.ts';
import type { Wish } from '../solver/explain/wishes.ts';
import type { GraphRecord } from '../solver/graph/record.ts';
import type { CheckResult } from '../solver/install/check-result.ts';
import type { Proposal } from '../solver/propose/proposal.ts';
import type { StuckGroup } from '../stages/stuck.ts';
import { checkDose } from './check-dose.ts';
import { checkMarkdown } from './check-markdown.ts';
import { type CheckTextOptions, checkText } from './check-text.ts';
import { cyclesDot, cyclesGraphml } from './cycles-graph.ts';
import { cyclesMarkdown } from './cycles-markdown.ts';
import { cyclesText } from './cycles-text.ts';
import { ddList, type Maintained } from './dd-list.ts';
import { type AllWishes, planAnnotations } from './plan-annotations.ts';
import { planText } from './plan-text.ts';
import { proposalAnnotations } from './proposal-annotations.ts';
import { proposalBug } from './proposal-bug.ts';
import { proposalMarkdown } from './proposal-markdown.ts';
import { sinceText } from './proposal-since.ts';
import { proposalText } from './proposal-text.ts';
import { stuckMarkdown, stuckText } from './stuck.ts';
import { trialText } from './trial-text.ts';

export interface Format<Answer> {
  /** Of its files, without the dot. */
  readonly extension: string;
  readonly text: (answer: Answer) => string;
}

export type Formats<Answer> = ByName<Format<Answer>>;

/** What is costly, and not needed by every format, comes as a function. */
export interface CyclesReport {
  readonly answer: CyclesAnswer & {
    readonly break?: BreakSet;
    readonly change?: BaselineAnswer;
    readonly record?: GraphRecord;
  };
  readonly view: () => CycleView;
  readonly maintained: () => readonly Maintained[];
}

/** Indented for people, apart from the record, which is for the next run: one line. */
export function cyclesJson({ record, ...answer }: CyclesReport['answer']): string {
  const text = JSON.stringify(answer, null, 2);
  return record === undefined ? `${text}\n` : `${text.slice(0, -2)},\n  "record": ${JSON.stringify(record)}\n}\n`;
}

export const cyclesFormats = {
  text: { extension: 'txt', text: ({ answer }) => cyclesText(answer, answer.change, answer.break) },
  json: { extension: 'json', text: ({ answer }) => cyclesJson(answer) },
  graphml: { extension: 'graphml', text: ({ view }) => cyclesGraphml(view()) },
  dot: { extension: 'dot', text: ({ answer, view }) => cyclesDot(answer, view()) },
  markdown: { extension: 'md', text: ({ answer }) => cyclesMarkdown(answer, answer.change, answer.break) },
  'dd-list': { extension: 'dd-list', text: ({ maintained }) => ddList(maintained(), { uploaders: true }) },
} as const satisfies Formats<CyclesReport>;

export interface CheckReport {
  readonly result: CheckResult;
  readonly options: CheckTextOptions;
}

export const checkFormats = {
  text: { extension: 'txt', text: ({ result, options }) => checkText(result, options) },
  json: { extension: 'json', text: ({ result }) => JSON.stringify(result, null, 2) },
  dose: { extension: 'yaml', text: ({ result, options }) => checkDose(result, options.explain) },
  markdown: { extension: 'md', text: ({ result }) => checkMarkdown(result) },
  'dd-list': {
    extension: 'dd-list',
    text: ({ result }) =>
      ddList(
        result.builds.filter(({ installable }) => !installable),
        { uploaders: true },
      ),
  },
} as const satisfies Formats<CheckReport>;

export interface StuckReport {
  readonly result: { readonly groups: readonly StuckGroup[]; readonly sources: number };
  readonly maintained: () => readonly Maintained[];
  /** List sources under their uploaders too. */
  readonly uploaders: boolean;
  /** Every source of a group. */
  readonly all: boolean;
  /** What names the state directory in a command. */
  readonly stateFlag: string;
}

export const stuckFormats = {
  text: { extension: 'txt', text: ({ result: r, all, stateFlag }) => stuckText(r.groups, r.sources, all, stateFlag) },
  json: { extension: 'json', text: ({ result }) => JSON.stringify(result, null, 2) },
  'dd-list': { extension: 'dd-list', text: ({ maintained, uploaders }) => ddList(maintained(), { uploaders }) },
  markdown: {
    extension: 'md',
    text: ({ result: r, all, stateFlag }) => stuckMarkdown(r.groups, r.sources, all, stateFlag),
  },
} as const satisfies Formats<StuckReport>;

export interface PlanReport {
  readonly plan: Plan;
  readonly stuck: readonly StuckGroup[];
  readonly suggestions: readonly Wish[];
  /** How many wishes free everything; more than are told when there are very many. */
  readonly wishesNeeded: number;
  readonly all: boolean;
  /** The bytes of plan.json. */
  readonly json: () => string;
  /** A line per build. */
  readonly order: () => string;
  /** All that the plan wishes for, or would have to; each as the stage that it stands for. */
  readonly wished: () => AllWishes;
}

export const planFormats = {
  text: {
    extension: 'txt',
    text: (r) => planText(r.plan, r.stuck, r.suggestions, r.wishesNeeded, r.all),
  },
  json: { extension: 'json', text: ({ json }) => json() },
  order: { extension: 'order', text: ({ order }) => order() },
  annotations: { extension: 'yaml', text: ({ wished }) => planAnnotations(wished()) },
} as const satisfies Formats<PlanReport>;

export interface ProposalReport {
  readonly proposal: Proposal;
  readonly all: boolean;
  /** An earlier answer to compare with. */
  readonly since?: Proposal;
}

export const proposalFormats = {
  text: {
    extension: 'txt',
    text: ({ proposal, all, since }) =>
      (since === undefined ? '' : `${sinceText(since, proposal)}\n`) + proposalText(proposal, all),
  },
  json: { extension: 'json', text: ({ proposal }) => `${JSON.stringify(proposal, null, 2)}\n` },
  markdown: { extension: 'md', text: ({ proposal }) => proposalMarkdown(proposal) },
  annotations: { extension: 'yaml', text: ({ proposal }) => proposalAnnotations(proposal) },
  'dd-list': { extension: 'dd-list', text: ({ proposal }) => ddList(proposal.edits, { uploaders: true }) },
  bugs: { extension: 'bugs', text: ({ proposal }) => proposal.edits.map((e) => proposalBug(proposal, e)).join('\n') },
} as const satisfies Formats<ProposalReport>;

/** The names of the formats, as a flag offers them. */
export const namesOf = <F extends object>(formats: F): (keyof F & string)[] =>
  Object.keys(formats) as (keyof F & string)[];

/** Format -> extension of its files. */
export const extensionsOf = (formats: ByName<{ readonly extension: string }>): ByName<string> =>
  Object.fromEntries(entriesOf(formats).map(([name, { extension }]) => [name, extension]));

export const trialFormats = {
  text: { extension: 'txt', text: trialText },
  json: { extension: 'json', text: (answer) => `${JSON.stringify(answer, null, 2)}\n` },
} satisfies Formats<TrialAnswer>;
