/** A stage that a proposal makes of a source: types only. */
import type { Variant } from '../../model.ts';
import type { EditLine } from './edit-lines.ts';

/** A stage made for a proposal: what it was made from, and which lines it drops. */
export interface MadeStage {
  readonly base: Variant;
  readonly dropped: readonly EditLine[];
  readonly omits: readonly number[];
}
