/** The formats of `check`. */
import type { CheckResult } from '../../solver/install/check-result.ts';
import { checkDose } from '../archive/check-dose.ts';
import { checkMarkdown } from '../archive/check-markdown.ts';
import { type CheckTextOptions, checkText } from '../archive/check-text.ts';
import { ddList } from '../writing/dd-list.ts';
import type { Formats } from './format.ts';

/** What the formats are made of. */
export interface CheckReport {
  readonly result: CheckResult;
  readonly options: CheckTextOptions;
}

/** Name -> format. */
export const checkFormats = {
  text: { extension: 'txt', text: ({ result, options }) => checkText(result, options) },
  json: { extension: 'json', text: ({ result }) => JSON.stringify(result, null, 2) },
  dose: { extension: 'yaml', text: ({ result, options }) => checkDose(result, options.explain) },
  markdown: { extension: 'md', text: ({ result }) => checkMarkdown(result) },
  'dd-list': {
    extension: 'dd-list',
    text: ({ result }) =>
      ddList(
        result.builds.filter(({ installable }) => !installable),
        { uploaders: true },
      ),
  },
} as const satisfies Formats<CheckReport>;
