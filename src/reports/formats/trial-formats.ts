/** The formats of `trial`. */
import type { TrialAnswer } from '../../runner/trial/trial.ts';
import { trialText } from '../proposals/trial-text.ts';
import type { Formats } from './format.ts';

/** Name -> format. */
export const trialFormats = {
  text: { extension: 'txt', text: trialText },
  json: { extension: 'json', text: (answer) => `${JSON.stringify(answer, null, 2)}\n` },
} satisfies Formats<TrialAnswer>;
