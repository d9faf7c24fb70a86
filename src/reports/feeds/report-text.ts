/** The day in words, 80 columns, no colour: what the command prints, and the beginning of the mail to a list. */
import { visible } from '../../diagnostics.ts';
import type { ReportDay } from '../site/report-day.ts';
import { differences, differenceWords, type Judgement, judgementOf, movedWords, standing } from '../site/words.ts';
import { counted, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';

const most = 10;

/** How the day compares, given the date of the one before. */
export const judgementWords: Readonly<Record<Judgement, (before: string) => string>> = {
  first: () => 'The first report.',
  worse: (before) => `Worse than on ${before}.`,
  better: (before) => `Better than on ${before}.`,
  mixed: (before) => `Better and worse than on ${before}.`,
  unchanged: (before) => `As on ${before}.`,
};

/** What moved, one paragraph each, what is bad first. */
export function movedLines(day: ReportDay, limit = most): readonly string[] {
  if (day.change === null) return [];
  const moved = movedWords(day.change);
  const left = moved.length - limit;
  return [
    ...moved
      .slice(0, limit)
      .flatMap(({ bad, text }) =>
        paragraph(visible(text), { first: bad ? '- worse: ' : '- better: ', rest: '    ', width: 78 }),
      ),
    ...(left > 0 ? [`  ... and ${number(left)} more`] : []),
  ];
}

/** @param page where to read on */
export function reportText(day: ReportDay, page: string): string {
  const { change } = day;
  const moved = change === null ? [] : differences(change.numbers, day.numbers);
  const sections = [
    [judgementWords[judgementOf(day)](change?.date ?? ''), ...paragraph(standing(day), { width: 80 })],
    movedLines(day),
    moved.map((d) => `  ${d.better ? 'better' : 'worse '}  ${differenceWords(d)}`),
    change !== null && movedWords(change).length === 0 && change.uploads.length > 0
      ? [`${counted(change.uploads.length, 'source')} changed, and none of them moved a cycle.`]
      : [],
    [`page    ${visible(page)}`],
  ];
  return `${sections
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;
}
