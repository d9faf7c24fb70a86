/** All rows of the table of boot failures. Their order here says nothing: `rank.ts` tells which of two explains the other. */
import type { Cause } from './cause.ts';
import { earlyCauses } from './early.ts';
import { endCauses, lastCauses } from './last.ts';
import { lateCauses } from './late.ts';
import { moduleCauses } from './modules.ts';
import { rootCauses } from './root.ts';
import { serviceCauses } from './services.ts';
import { userlandCauses } from './userland.ts';

export interface CauseTable {
  /** What went wrong. */
  readonly causes: readonly Cause[];
  /** How far the guest came, when no line says what went wrong. */
  readonly last: readonly Cause[];
  /** How the machine ended, when nothing else is known of it. */
  readonly end: readonly Cause[];
}

export const causeTable: CauseTable = {
  causes: [...earlyCauses, ...moduleCauses, ...rootCauses, ...lateCauses, ...userlandCauses, ...serviceCauses],
  last: lastCauses,
  end: endCauses,
};
