/** The flag that every command of the runner has: where the run keeps its things. */
import * as Flags from '@oclif/core/flags';

export const stateFlag = {
  state: Flags.string({
    helpValue: 'DIR',
    default: '.bootplan',
    description: 'state directory: journal, archives, cache, logs, image',
  }),
};
