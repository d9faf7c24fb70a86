/** How sources are tried: of `trial`, and of `propose --trial`. */
import * as Flags from '@oclif/core/flags';
import { stateFlag } from './state-flag.ts';

const helpGroup = 'TRIAL';

/** The flags of commands that try what they propose. */
export const trialFlags = {
  ...stateFlag,
  budget: Flags.integer({
    helpGroup,
    min: 1,
    default: 12,
    helpValue: 'N',
    description: 'reduced builds of one source at most',
  }),
  cores: Flags.integer({ helpGroup, min: 1, helpValue: 'N', description: 'cores of a build; by default all' }),
  timeout: Flags.integer({
    helpGroup,
    default: 7200,
    min: 1,
    helpValue: 'SECONDS',
    description: 'longest time for one build',
  }),
};
