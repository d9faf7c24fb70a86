/** The live view of a run: a few lines at the bottom of a terminal, drawn from numbers and nothing else. */
import { visible } from '../../diagnostics.ts';
import type { Progress } from '../../runner/scheduling/progress.ts';

/** What is drawn on. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

type Paint = 'red' | 'green' | 'yellow' | 'dim' | 'bold';
const codes: Readonly<Record<Paint, number>> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };

/** A line in pieces, so that it can be cut to the width of the screen before it is coloured. */
type Line = readonly (readonly [text: string, paint?: Paint])[];

/** `0:07`, `12:03`, `1:02:03`. */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function paint(line: Line, screen: Screen): string {
  let room = screen.columns - 1;
  let out = '';
  for (const [raw, colour] of line) {
    const text = [...visible(raw)];
    const shown = text.length > room ? [...text.slice(0, Math.max(0, room - 1)), '…'].slice(0, room) : text;
    room -= shown.length;
    const piece = shown.join('');
    out += colour && screen.colour && piece !== '' ? `\x1b[${codes[colour]}m${piece}\x1b[0m` : piece;
    if (room <= 0) break;
  }
  return out;
}

function bar(percent: number, width: number): Line {
  const filled = Math.round((percent / 100) * width);
  return [
    ['━'.repeat(filled), 'green'],
    ['━'.repeat(width - filled), 'dim'],
  ];
}

const failureLine = ({ build, step, message, report }: Progress['failed'][number]): Line => [
  ['✗ ', 'red'],
  [build, 'bold'],
  [` failed in ${step}: ${message.split('\n')[0]}`],
  [report === '' ? '' : `  ${report}`, 'dim'],
];

const runningLine = ({ build, step, seconds, expectedSeconds }: Progress['running'][number]): Line => [
  ['▸ ', 'yellow'],
  [build, 'bold'],
  [`  ${step}  ${duration(seconds)}`],
  [expectedSeconds > 0 ? ` of about ${duration(expectedSeconds)}` : '', 'dim'],
];

function summaryLine(p: Progress, screen: Screen): Line {
  const parts = [`${p.done}/${p.total}`, `${p.percent}%`, duration(p.elapsedSeconds)];
  if (p.remainingSeconds !== undefined && p.done < p.total) parts.push(`about ${duration(p.remainingSeconds)} left`);
  if (p.failed.length > 0) parts.push(`${p.failed.length} failed`);
  if (p.blocked > 0) parts.push(`${p.blocked} blocked`);
  const text = ` ${parts.join(' · ')}`;
  const width = Math.min(30, screen.columns - 2 - text.length);
  return [...(width >= 8 ? bar(p.percent, width) : []), [text]];
}

/**
 * At most a third of the screen: failures first, then what runs, then what holds everything up, then what frees most;
 * the summary always. What does not fit is counted. No line is wider than the screen.
 */
export function liveLines(p: Progress, screen: Screen): readonly string[] {
  const room = Math.max(1, Math.floor(screen.rows / 3)) - 1;
  const tail: Line[] = [];
  if (p.critical.length > 1) tail.push([['critical path: ', 'dim'], [p.critical.join(' → ')]]);
  const freeing = p.frees[0];
  if (freeing) tail.push([['frees most: ', 'dim'], [`${freeing.build} (${freeing.waiting} wait for it)`]]);
  const head = [...p.failed.map(failureLine), ...p.running.map(runningLine)];
  const lines = [...head, ...tail];
  const shown = lines.length > room ? [...lines.slice(0, Math.max(0, room - 1))] : lines;
  if (shown.length < lines.length && room > 0) shown.push([[`… and ${lines.length - shown.length} more`, 'dim']]);
  return [...shown, summaryLine(p, screen)].map((line) => paint(line, screen));
}
