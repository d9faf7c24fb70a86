/** The flag of every command that solves. */
import * as Flags from '@oclif/core/flags';

export const solveFlags = {
  'time-limit': Flags.integer({
    min: 1,
    helpValue: 'SECONDS',
    description: 'take the best answer found after so long; it says what is not proved',
  }),
};
