/** Stuck sources as plans are written with them, in files and in answers: what is not there is ''. */
import type { Stuck, StuckReason } from '../model.ts';
import { type Blanks, withBlanks } from '../text/blanks.ts';

type Missing = Extract<StuckReason, { readonly kind: 'missing' }>;

/** One as it is written. */
export interface FiledStuck extends Blanks<Omit<Stuck, 'reason'>> {
  readonly reason: Exclude<StuckReason, Missing> | Blanks<Missing>;
}

/** As it is written. */
export const filedStuck = ({ source, scc, reason }: Stuck): FiledStuck => ({
  ...withBlanks({ source, scc }),
  reason: reason.kind === 'missing' ? { ...reason, group: reason.group ?? '' } : reason,
});

/** As it was before it was written. */
export const stuckOf = ({ source, scc, reason }: FiledStuck): Stuck => ({
  source,
  scc: scc || undefined,
  reason: reason.kind === 'missing' ? { ...reason, group: reason.group || undefined } : reason,
});
