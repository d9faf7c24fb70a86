/** Progress as a picture: one SVG file without scripts, readable in black and white, every name in it escaped. */
import { valueAt } from '../../by-name.ts';
import type { ByName } from '../../model.ts';
import { eventLines } from '../writing/change.ts';
import { counted } from '../writing/count.ts';
import { type Markup, xml } from '../writing/xml.ts';
import { type ProgressDay, seriesNames } from './progress.ts';

const width = 1000;
const plot = { left: 56, right: 740, top: 104, bottom: 384 };
/** Events listed below the graph; older ones are counted. */
const listed = 12;
const lineHeight = 18;

/** Colours that the colour-blind can tell apart (M. Okabe and K. Ito, 2008), each with a dash pattern of its own. */
const styles: ByName<{ readonly colour: string; readonly dash: string }> = {
  plannable: { colour: '#0072b2', dash: 'none' },
  built: { colour: '#b87800', dash: '7 3' },
  full: { colour: '#009e73', dash: '2 3' },
  clean: { colour: '#d55e00', dash: '9 3 2 3' },
};

const y = (percent: number): number => plot.bottom - ((plot.bottom - plot.top) * percent) / 100;
const round = (n: number): number => Math.round(n * 10) / 10;

/** Where a day stands, from the left to the right end of the plot. */
function scale(days: readonly ProgressDay[]): (day: ProgressDay) => number {
  const [first, last] = [days[0]!.number, days.at(-1)!.number];
  const span = Math.max(1, last - first);
  return (day) => round(plot.left + ((plot.right - plot.left) * (first === last ? 1 : day.number - first)) / span);
}

/** Horizontal lines each 20 %, and about six dates. */
function grid(days: readonly ProgressDay[], x: (day: ProgressDay) => number): readonly Markup[] {
  const rows = [0, 20, 40, 60, 80, 100].map(
    (p) =>
      xml`<line x1="${plot.left}" y1="${round(y(p))}" x2="${plot.right}" y2="${round(y(p))}" stroke="#ddd"/><text x="${plot.left - 8}" y="${round(y(p)) + 4}" text-anchor="end">${p} %</text>\n`,
  );
  const step = Math.max(1, Math.ceil(days.length / 6));
  const dates = days
    .filter((_, i) => (days.length - 1 - i) % step === 0)
    .map((d) => xml`<text x="${x(d)}" y="${plot.bottom + 20}" text-anchor="middle">${d.date}</text>\n`);
  return [...rows, ...dates];
}

/** A line per series, broken where days are missing; a day without neighbours is a dot. */
function lines(days: readonly ProgressDay[], x: (day: ProgressDay) => number): readonly Markup[] {
  return seriesNames.map(([key, name]) => {
    const { colour, dash } = valueAt(styles, key)!;
    const points = days.map((d) => `${x(d)},${round(y(d.shares[key]))}`);
    const path = points.map((p, i) => (i === 0 || days[i]!.number - days[i - 1]!.number > 1 ? `M${p}` : `L${p}`));
    const dots = days
      .filter((d, i) => {
        const near = (other: ProgressDay | undefined) => other !== undefined && Math.abs(other.number - d.number) === 1;
        return i === days.length - 1 || !(near(days[i - 1]) || near(days[i + 1]));
      })
      .map((d) => xml`<circle cx="${x(d)}" cy="${round(y(d.shares[key]))}" r="3" fill="${colour}"/>`);
    return xml`<g><title>${name}</title><path d="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>${dots}</g>\n`;
  });
}

/** The name and today's value beside the end of each line, pushed apart so that no two touch. */
function labels(today: ProgressDay): readonly Markup[] {
  const ends = seriesNames
    .map(([key, name]) => ({ key, text: `${today.shares[key].toFixed(1)} % ${name}`, at: y(today.shares[key]) }))
    .sort((a, b) => a.at - b.at);
  let free = plot.top - lineHeight;
  const placed = ends.map((e) => {
    free = Math.max(e.at, free + lineHeight);
    return { ...e, at: free };
  });
  // What was pushed below the axis goes up again, the lowest first.
  for (let i = placed.length - 1, limit = plot.bottom; i >= 0; i--, limit = placed[i + 1]!.at - lineHeight) {
    placed[i] = { ...placed[i]!, at: Math.min(placed[i]!.at, limit) };
  }
  return placed.map(({ key, text, at }) => {
    const { colour, dash } = valueAt(styles, key)!;
    const from = plot.right + 12;
    return xml`<line x1="${from}" y1="${round(at)}" x2="${from + 24}" y2="${round(at)}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${from + 30}" y="${round(at) + 4}">${text}</text>\n`;
  });
}

interface Mark {
  readonly day: ProgressDay;
  /** The number of the first and of the last event of the day. */
  readonly first: number;
  readonly last: number;
}

/** A thin line on each day that something happened, with the numbers of its events on top. */
function marks(days: readonly ProgressDay[], x: (day: ProgressDay) => number): readonly Markup[] {
  let events = 0;
  const found: Mark[] = [];
  for (const day of days) {
    if (day.events.length === 0) continue;
    found.push({ day, first: events + 1, last: events + day.events.length });
    events += day.events.length;
  }
  let [free, row] = [0, 0];
  return found.map(({ day, first, last }) => {
    const text = first === last ? String(first) : `${first}-${last}`;
    const half = 8 + 4 * text.length;
    const at = x(day);
    // Three rows of flags, taken in turn where they would touch.
    row = at - half < free ? (row + 1) % 3 : 0;
    free = at + half;
    const top = plot.top - 8 - 15 * row;
    return xml`<line x1="${at}" y1="${top}" x2="${at}" y2="${plot.bottom}" stroke="#999" stroke-dasharray="1 3"/><text x="${at}" y="${top - 2}" text-anchor="middle" font-size="11">${text}</text>\n`;
  });
}

const shortened = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 3)}...`;

/** The events in words, numbered as in the graph; the newest if there are many. The whole text shows on hovering. */
function legend(days: readonly ProgressDay[]): { readonly markup: readonly Markup[]; readonly height: number } {
  const all = days.flatMap((d) => d.events.map((event) => ({ date: d.date, event })));
  const shown = all.map((e, i) => ({ ...e, number: i + 1 })).slice(-listed);
  const top = plot.bottom + 56;
  const earlier = all.length - shown.length;
  const head = earlier > 0 ? `What moved it (${earlier} earlier ones are in the history file)` : 'What moved it';
  let at = top;
  const line = (indent: number, text: string, colour: string) => {
    at += lineHeight;
    return xml`<text x="${plot.left + indent}" y="${at}" fill="${colour}">${shortened(text, 140)}<title>${text}</title></text>\n`;
  };
  const rows = shown.flatMap(({ number, date, event }) => {
    const [what, ...why] = eventLines(event);
    return [
      line(0, `${number}  ${date}  ${event.kind === 'lost' ? '▼' : '▲'} ${what}`, '#222'),
      ...why.map((cause) => line(24, cause, '#555')),
    ];
  });
  if (shown.length === 0) return { markup: [], height: plot.bottom + 40 };
  const title = xml`<text x="${plot.left}" y="${top}" font-weight="bold">${head}</text>\n`;
  return { markup: [title, ...rows], height: at + lineHeight };
}

/** @param days ascending; at least one */
export function progressSvg(days: readonly ProgressDay[]): string {
  const today = days.at(-1)!;
  const x = scale(days);
  const { markup, height } = legend(days);
  const title = `Bootstrap progress, ${today.entry.architecture}`;
  const state = seriesNames.map(([key, name]) => `${name} ${today.shares[key].toFixed(1)} %`).join(', ');
  const description = `${days[0]!.date} to ${today.date}, of ${counted(today.entry.sources)}: ${state}`;
  return xml`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="sans-serif" font-size="12" fill="#222">
<title id="title">${title}</title>
<desc id="description">${description}</desc>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${plot.left}" y="22" font-size="16" font-weight="bold">${title}</text>
<text x="${plot.left}" y="40">${`${days[0]!.date} to ${today.date}, ${counted(today.entry.sources)}`}</text>
${grid(days, x)}${marks(days, x)}${lines(days, x)}${labels(today)}${markup}</svg>
`.text;
}
