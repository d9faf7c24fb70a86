/** Lines over days as SVG, drawn by vega without a browser: attributes only, no style and no script in it. */

import type { Spec } from 'vega';
import * as vega from 'vega';

/** A day and its value. */
export interface Point {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly value: number;
}

/** One line. */
export interface Series {
  readonly name: string;
  /** Ascending. A day without a point is a gap. */
  readonly points: readonly Point[];
}

/** What the axes say. */
export interface ChartOptions {
  readonly unit: string;
  /** Days on which something moved it. */
  readonly marked?: readonly string[];
  readonly fromZero?: boolean;
}

/** Custom properties of the style sheet: colours that the colour-blind can tell apart, in the light and in the dark. */
const colours = ['var(--blue)', 'var(--orange)', 'var(--green)', 'var(--red)', 'var(--violet)', 'var(--grey)'];
const dashes = [[], [6, 3], [2, 3], [9, 3, 2, 3], [1, 2], [12, 4]];

const size = { width: 640, height: 180 };
const day = 86_400_000;

/** Points between which days are missing are not joined: each run of days is a line of its own. */
function runs({ name, points }: Series): readonly { readonly t: number; readonly v: number; readonly run: string }[] {
  let run = 0;
  return points.map(({ date, value }, i) => {
    const t = Date.parse(`${date}T00:00:00Z`);
    const gap = i > 0 && t - Date.parse(`${points[i - 1]!.date}T00:00:00Z`) > 1.5 * day;
    if (gap) run += 1;
    return { t, v: value, run: `${name}\n${run}` };
  });
}

function specOf(series: readonly Series[], { unit, marked = [], fromZero = false }: ChartOptions): Spec {
  const data = series.map((one, i) => ({ name: `s${i}`, values: [...runs(one)] }));
  // Of a few days each has its tick; time axes would name one day several times.
  const few = [...new Set(data.flatMap((d) => d.values.map((v) => v.t)))].sort((a, b) => a - b);
  const all = data.map((d) => ({ data: d.name, field: 't' }));
  const text = {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    domainColor: 'currentColor',
    tickColor: 'currentColor',
    labelFontSize: 12,
    titleFontSize: 12,
  };
  return {
    ...size,
    padding: 6,
    // Words and margins within the size: of several charts every one has the same scale.
    autosize: { type: 'fit', contains: 'padding' },
    data: [...data, { name: 'marked', values: marked.map((date) => ({ t: Date.parse(`${date}T00:00:00Z`) })) }],
    scales: [
      { name: 'x', type: 'utc', range: 'width', domain: { fields: all } },
      {
        name: 'y',
        type: 'linear',
        range: 'height',
        nice: true,
        zero: fromZero,
        domain: { fields: data.map((d) => ({ data: d.name, field: 'v' })) },
      },
    ],
    axes: [
      {
        orient: 'bottom',
        scale: 'x',
        format: '%Y-%m-%d',
        labelOverlap: true,
        ...(few.length <= 6 ? { values: few } : { tickCount: 6 }),
        labelFlush: true,
        ...text,
      },
      {
        orient: 'left',
        scale: 'y',
        grid: true,
        gridColor: 'currentColor',
        gridOpacity: 0.18,
        tickCount: 5,
        tickMinStep: unit === '' ? 1 : 0,
        format: unit === '' ? ',d' : ',.3~f',
        title: unit,
        ...text,
      },
    ],
    marks: [
      {
        type: 'rule',
        from: { data: 'marked' },
        encode: {
          enter: {
            x: { scale: 'x', field: 't' },
            y: { value: 0 },
            y2: { signal: 'height' },
            stroke: { value: 'currentColor' },
            strokeOpacity: { value: 0.4 },
            strokeDash: { value: [1, 3] },
          },
        },
      },
      ...data.flatMap(
        (d, i): NonNullable<Spec['marks']> => [
          {
            type: 'group',
            from: { facet: { name: `f${i}`, data: d.name, groupby: 'run' } },
            marks: [
              {
                type: 'line',
                from: { data: `f${i}` },
                encode: {
                  enter: {
                    x: { scale: 'x', field: 't' },
                    y: { scale: 'y', field: 'v' },
                    stroke: { value: colours[i % colours.length]! },
                    strokeWidth: { value: 2 },
                    strokeDash: { value: dashes[i % dashes.length]! },
                  },
                },
              },
            ],
          },
          {
            type: 'symbol',
            from: { data: d.name },
            encode: {
              enter: {
                x: { scale: 'x', field: 't' },
                y: { scale: 'y', field: 'v' },
                size: { value: d.values.length > 60 ? 4 : 18 },
                fill: { value: colours[i % colours.length]! },
              },
            },
          },
        ],
      ),
    ],
  };
}

/** Any of vega's pictures as an SVG element without a word of its own: the page says the values as text. */
export async function draw(spec: Spec): Promise<string> {
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  // Its words for screen readers name pixels.
  return svg.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '').replace('<svg', '<svg aria-hidden="true"');
}

/** The picture. The same values give the same bytes. */
export const chart = (series: readonly Series[], options: ChartOptions): Promise<string> =>
  draw(specOf(series, options));
