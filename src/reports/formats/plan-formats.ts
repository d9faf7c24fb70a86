/** The formats of `plan`. */
import type { Plan } from '../../model.ts';
import type { Wish } from '../../solver/explain/wishes.ts';
import type { StuckGroup } from '../../stages/stuck.ts';
import { type AllWishes, planAnnotations } from '../plan/plan-annotations.ts';
import { planText } from '../plan/plan-text.ts';
import type { Formats } from './format.ts';

/** What the formats are made of. */
export interface PlanReport {
  readonly plan: Plan;
  readonly stuck: readonly StuckGroup[];
  readonly suggestions: readonly Wish[];
  /** How many wishes free everything; more than are told when there are very many. */
  readonly wishesNeeded: number;
  /** Sources that no wish frees. */
  readonly stuckAnyway: number;
  readonly all: boolean;
  /** The bytes of plan.json. */
  readonly json: () => string;
  /** A line per build. */
  readonly order: () => string;
  /** All that the plan wishes for, or would have to; each as the stage that it stands for. */
  readonly wished: () => AllWishes;
}

/** Name -> format. */
export const planFormats = {
  text: {
    extension: 'txt',
    text: (r) => planText(r.plan, r.stuck, r.suggestions, r.wishesNeeded, r.all, r.stuckAnyway),
  },
  json: { extension: 'json', text: ({ json }) => json() },
  order: { extension: 'order', text: ({ order }) => order() },
  annotations: { extension: 'yaml', text: ({ wished }) => planAnnotations(wished()) },
} as const satisfies Formats<PlanReport>;
