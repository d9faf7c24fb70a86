/** Mail as text: a digest for a list, and one for each maintainer with only what is new for them. Nothing is sent. */
import { visible } from '../../diagnostics.ts';
import { byteOrder } from '../../order.ts';
import { fileName } from '../site/links.ts';
import type { ReportDay, SourceDay } from '../site/report-day.ts';
import { differences, differenceWords, judgementOf, movedWords, percent, standing } from '../site/words.ts';
import { counted, namesAndMore, number } from '../writing/count.ts';
import { paragraph } from '../writing/paragraph.ts';
import { judgementWords, movedLines } from './report-text.ts';

const width = 72;

/** A header's value: what is no printable ASCII is encoded (RFC 2047), and no line break gets in. */
const header = (name: string, value: string): string => {
  const plain = visible(value).slice(0, 200);
  return `${name}: ${/^[\x20-\x7e]*$/.test(plain) ? plain : `=?UTF-8?B?${btoa(String.fromCharCode(...new TextEncoder().encode(plain)))}?=`}`;
};

const where = ({ suite, architecture }: ReportDay): string => [suite, architecture].filter((w) => w !== '').join('/');

const mailOf = (to: string, subject: string, body: readonly (readonly string[])[]): string =>
  `${[...(to === '' ? [] : [header('To', to)]), header('Subject', subject), 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit', 'Auto-Submitted: auto-generated'].join('\n')}\n\n${body
    .filter((s) => s.length > 0)
    .map((s) => s.join('\n'))
    .join('\n\n')}\n`;

/** For a list: every day, with a subject that says whether it has to be read. */
export function listMail(day: ReportDay): string {
  const judgement = judgementOf(day);
  const { bootstrappable, sources } = day.numbers;
  const bad = day.change === null ? 0 : movedWords(day.change).filter((m) => m.bad).length;
  const short = {
    first: 'first report',
    worse: `${counted(bad, 'thing is', 'things are')} worse`,
    better: 'better',
    mixed: 'better and worse',
    unchanged: 'nothing moved',
  }[judgement];
  const moved = day.change === null ? [] : differences(day.change.numbers, day.numbers);
  return mailOf(
    '',
    `[bootstrap ${where(day)}] ${day.date}: ${short}, ${percent(bootstrappable, sources)} can be bootstrapped`,
    [
      [judgementWords[judgement](day.change?.date ?? ''), ...paragraph(standing(day), { width })],
      movedLines(day, 25),
      moved.map((d) => `  ${d.better ? 'better' : 'worse '}  ${differenceWords(d)}`),
      [
        ...paragraph(
          `${number(day.needed.length)} supplies and edits are still needed; needed.html ranks them by what they free.`,
          { width },
        ),
      ],
    ],
  );
}

interface Concern {
  readonly source: SourceDay;
  readonly lines: readonly string[];
}

/** What is new and bad for each source since the day before, in words. */
function concerns(day: ReportDay): readonly Concern[] {
  const { change } = day;
  if (change === null) return [];
  const lines = new Map<string, string[]>();
  const say = (source: string, text: string) => lines.set(source, [...(lines.get(source) ?? []), text]);
  for (const m of movedWords(change)) if (m.bad) say(m.source, m.text);
  for (const name of change.cycles.newMembers) say(name, 'it is new in a cycle');
  for (const name of change.cycles.newSelfCycles) say(name, 'it needs a binary of its own now');
  for (const e of change.events)
    if (e.kind === 'lost')
      for (const name of e.members) say(name, 'it can no longer be bootstrapped with what is declared');
  return day.sources.flatMap((source) => {
    const own = lines.get(source.name);
    return own === undefined ? [] : [{ source, lines: [...new Set(own)] }];
  });
}

function concernLines({ source, lines }: Concern): readonly string[] {
  const line = [...source.newLines, ...source.ownLines].find((l) => l.conditional !== '' && l.stages.length === 0);
  return [
    `src:${visible(source.name)} ${visible(source.version)}`,
    ...lines.flatMap((l) => paragraph(visible(l), { first: '  - ', rest: '    ', width })),
    ...(line === undefined
      ? []
      : [
          '  A line that might help, where the package builds without:',
          `    -  ${visible(line.group)},`,
          `    +  ${visible(line.conditional)},`,
        ]),
    `  Why, and what else would help: source/${fileName(source.name)}.html`,
  ];
}

/** File name -> mail, for each person or team for whose sources something is new and bad. */
export function maintainerMails(day: ReportDay): ReadonlyMap<string, string> {
  const byPerson = Map.groupBy(
    concerns(day).filter((c) => c.source.maintainer !== ''),
    (c) => c.source.maintainer,
  );
  return new Map(
    [...byPerson]
      .sort(([a], [b]) => byteOrder(a, b))
      .map(([person, own]) => [
        `${fileName((/<([^<>]*)>\s*$/.exec(person)?.[1] ?? person).replace('@', '-at-'))}.txt`,
        mailOf(person, `[bootstrap ${where(day)}] ${namesAndMore(own.map((c) => c.source.name))}: something is new`, [
          [
            ...paragraph(
              `Since ${day.change!.date} something is new for ${own.length === 1 ? 'a package' : `${own.length} packages`} that you maintain: it makes building the archive from nothing harder. Only what is new is here.`,
              { width },
            ),
          ],
          ...own.slice(0, 20).map(concernLines),
          own.length > 20 ? [`... and ${own.length - 20} more sources, on the page of your name.`] : [],
          [
            ...paragraph(
              'It may well be that nothing of it is for you to change: each page says who else could break the cycle. Thank you for maintaining them.',
              { width },
            ),
          ],
        ]),
      ]),
  );
}
