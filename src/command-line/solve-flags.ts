/** The time limit of a command that solves, and of one that answers whole or not at all. */
import * as Flags from '@oclif/core/flags';

/** The flags of commands that solve: what may be wished, and how long it may take. */
export const solveFlags = {
  'time-limit': Flags.integer({
    min: 1,
    helpValue: 'SECONDS',
    description: 'end the search after so long, and take the best it has found; it says what is not proved',
  }),
};

/** The flag of commands whose search can be ended early. */
export const timeFlags = {
  'time-limit': Flags.integer({ min: 1, helpValue: 'SECONDS', description: 'give up after so long, and say at what' }),
};
