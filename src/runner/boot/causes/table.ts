/**
 * All rows of the table of boot failures. Their order here says nothing: `rank.ts` tells which of two explains the
 * other.
 */

import { accessCauses } from './access.ts';
import type { Cause } from './cause.ts';
import { earlyCauses } from './early.ts';
import { fileSystemCauses } from './file-systems.ts';
import { initramfsCauses } from './initramfs.ts';
import { initCauses } from './inits.ts';
import { kernelCauses } from './kernel.ts';
import { endCauses, lastCauses } from './last.ts';
import { lateCauses } from './late.ts';
import { loaderCauses } from './loader.ts';
import { moduleCauses } from './modules.ts';
import { mountingCauses } from './mounting.ts';
import { rootCauses } from './root.ts';
import { serviceCauses } from './services.ts';
import { userlandCauses } from './userland.ts';
import { volumeCauses } from './volumes.ts';

/** The rows, by when they are asked. */
export interface CauseTable {
  /** What went wrong. */
  readonly causes: readonly Cause[];
  /** How far the guest came, when no line says what went wrong. */
  readonly last: readonly Cause[];
  /** How the machine ended, when nothing else is known of it. */
  readonly end: readonly Cause[];
}

/** The table as a whole. */
export const causeTable: CauseTable = {
  causes: [
    ...earlyCauses,
    ...loaderCauses,
    ...initramfsCauses,
    ...kernelCauses,
    ...volumeCauses,
    ...fileSystemCauses,
    ...mountingCauses,
    ...initCauses,
    ...accessCauses,
    ...moduleCauses,
    ...rootCauses,
    ...lateCauses,
    ...userlandCauses,
    ...serviceCauses,
  ],
  last: lastCauses,
  end: endCauses,
};
