/** The flag that every command of the runner has: where the run keeps its things. */
import * as Flags from '@oclif/core/flags';
import { EnvironmentError, exitCode } from '../errors.ts';

/** The flag of commands that look at a run. */
export const stateFlag = {
  state: Flags.string({
    helpValue: 'DIR',
    default: '.bootplan',
    description: 'state directory: journal, archives, cache, logs, image',
    parse: async (path) => {
      // Node has put this in the place of what is no text: another directory would be used.
      if (!path.includes('\ufffd')) return path;
      const help = 'choose a directory whose name is UTF-8';
      throw new EnvironmentError('the name of the state directory is not UTF-8', exitCode.usage, help);
    },
  }),
};
