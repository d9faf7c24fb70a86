/** Builds in time, drawn by vega: one bar a build, in the order in which they began. */
import { draw } from './chart.ts';

/** One bar, in seconds from the first. */
export interface GanttBar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** A custom property of the style sheet. */
  readonly colour: string;
}

const row = 20;

/** What the axis counts: a run of a second or of days has numbers that can be read. */
function unitOf(seconds: number): { readonly name: string; readonly seconds: number } {
  const units = [
    { name: 'hours', seconds: 3600 },
    { name: 'minutes', seconds: 60 },
  ];
  return units.find((u) => seconds >= 3 * u.seconds) ?? { name: 'seconds', seconds: 1 };
}

/** An SVG element; times are seconds. */
export const gantt = (bars: readonly GanttBar[]): Promise<string> => {
  const unit = unitOf(Math.max(0, ...bars.map((b) => b.to)));
  const rows = bars.map((b, i) => ({ ...b, from: b.from / unit.seconds, to: b.to / unit.seconds, row: i }));
  return draw({
    width: 620,
    height: Math.max(row, bars.length * row),
    padding: 6,
    autosize: 'pad',
    data: [{ name: 'bars', values: rows }],
    scales: [
      { name: 'x', type: 'linear', range: 'width', domain: { data: 'bars', field: 'to' }, zero: true, nice: true },
      { name: 'y', type: 'band', range: 'height', domain: { data: 'bars', field: 'row' }, padding: 0.25 },
      { name: 'name', type: 'ordinal', domain: bars.map((_, i) => i), range: bars.map((b) => b.name) },
    ],
    axes: [
      {
        orient: 'top',
        scale: 'x',
        grid: true,
        gridColor: 'currentColor',
        gridOpacity: 0.18,
        title: `${unit.name} since the start`,
        tickCount: 8,
        labelColor: 'currentColor',
        titleColor: 'currentColor',
        domainColor: 'currentColor',
        tickColor: 'currentColor',
        labelFontSize: 12,
        titleFontSize: 12,
        format: ',~f',
      },
      {
        orient: 'left',
        scale: 'y',
        labelColor: 'currentColor',
        domainColor: 'currentColor',
        tickColor: 'currentColor',
        labelFontSize: 12,
        labelLimit: 220,
        encode: { labels: { update: { text: { scale: 'name', field: 'value' } } } },
      },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'bars' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from' },
            x2: { scale: 'x', field: 'to', offset: 1 },
            y: { scale: 'y', field: 'row' },
            height: { scale: 'y', band: 1 },
            fill: { field: 'colour' },
          },
        },
      },
    ],
  });
};
