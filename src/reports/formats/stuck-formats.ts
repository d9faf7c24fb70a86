/** The formats of `stuck`. */
import type { StuckGroup } from '../../stages/stuck.ts';
import { stuckMarkdown, stuckText } from '../plan/stuck.ts';
import { ddList, type Maintained } from '../writing/dd-list.ts';
import type { Formats } from './format.ts';

/** What the formats are made of. */
export interface StuckReport {
  readonly groups: readonly StuckGroup[];
  /** The answer for programs. */
  readonly result: { readonly sources: number };
  readonly maintained: () => readonly Maintained[];
  /** List sources under their uploaders too. */
  readonly uploaders: boolean;
  /** Every source of a group. */
  readonly all: boolean;
  /** What names the state directory in a command. */
  readonly stateFlag: string;
}

/** Name -> format. */
export const stuckFormats = {
  text: {
    extension: 'txt',
    text: ({ groups, result, all, stateFlag }) => stuckText(groups, result.sources, all, stateFlag),
  },
  json: { extension: 'json', text: ({ result }) => JSON.stringify(result, null, 2) },
  'dd-list': { extension: 'dd-list', text: ({ maintained, uploaders }) => ddList(maintained(), { uploaders }) },
  markdown: {
    extension: 'md',
    text: ({ groups, result, all, stateFlag }) => stuckMarkdown(groups, result.sources, all, stateFlag),
  },
} as const satisfies Formats<StuckReport>;
