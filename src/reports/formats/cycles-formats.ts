/** The formats of `cycles`. */
import type { BreakSet } from '../../solver/break/solution/break-set.ts';
import type { BaselineAnswer } from '../../solver/cycles/baseline.ts';
import type { CycleView } from '../../solver/cycles/cycle-view.ts';
import type { CyclesAnswer } from '../../solver/cycles/cycles-answer.ts';
import type { GraphRecord } from '../../solver/graph/record.ts';
import { cyclesDot, cyclesGraphml } from '../archive/cycles-graph.ts';
import { cyclesMarkdown } from '../archive/cycles-markdown.ts';
import { cyclesText } from '../archive/cycles-text.ts';
import { ddList, type Maintained } from '../writing/dd-list.ts';
import type { Formats } from './format.ts';

/** What is costly, and not needed by every format, comes as a function. */
export interface CyclesReport {
  readonly answer: CyclesAnswer & {
    readonly break?: BreakSet;
    readonly change?: BaselineAnswer;
    readonly record?: GraphRecord;
  };
  readonly view: () => CycleView;
  readonly maintained: () => readonly Maintained[];
}

/** Indented for people, apart from the record, which is for the next run: one line. */
export function cyclesJson({ record, ...answer }: CyclesReport['answer']): string {
  const text = JSON.stringify(answer, null, 2);
  return record === undefined ? `${text}\n` : `${text.slice(0, -2)},\n  "record": ${JSON.stringify(record)}\n}\n`;
}

/** Name -> format. */
export const cyclesFormats = {
  text: { extension: 'txt', text: ({ answer }) => cyclesText(answer, answer.change, answer.break) },
  json: { extension: 'json', text: ({ answer }) => cyclesJson(answer) },
  graphml: { extension: 'graphml', text: ({ view }) => cyclesGraphml(view()) },
  dot: { extension: 'dot', text: ({ answer, view }) => cyclesDot(answer, view()) },
  markdown: { extension: 'md', text: ({ answer }) => cyclesMarkdown(answer, answer.change, answer.break) },
  'dd-list': { extension: 'dd-list', text: ({ maintained }) => ddList(maintained(), { uploaders: true }) },
} as const satisfies Formats<CyclesReport>;
