/**
 * How `bootplan cycles` grows with the archive: generated archives of 1,000 to 200,000 sources. With
 * `BOOTPLAN_PLOT=docs/growth.svg` the figures are drawn as well.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from '../rig/generate/archive.ts';
import { bootplanMeasured, type Row } from './measure.ts';

export const name = 'growth';

const sizes = [1_000, 5_000, 20_000, 40_000, 200_000];

interface Point {
  readonly sources: number;
  readonly user: number;
  readonly peak: number;
}

function measure(sources: number): Point & Pick<Row, 'system' | 'note'> {
  const scratch = mkdtempSync(join(tmpdir(), 'bootplan-bench-'));
  try {
    const { packages, sources: list } = archive(sources);
    const files = [join(scratch, 'Packages'), join(scratch, 'Sources')] as const;
    writeFileSync(files[0], packages);
    writeFileSync(files[1], list);
    const ran = bootplanMeasured([
      'cycles',
      '-q',
      '--packages',
      files[0],
      '--sources',
      files[1],
      '--format',
      'markdown',
    ]);
    if (ran.code !== 1) throw new Error(`cycles ended with ${ran.code}: ${ran.stderr}`);
    const verdict = ran.stdout.split('\n')[2]!;
    return { sources, user: ran.user, system: ran.system, peak: ran.peak, note: verdict };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Two curves on logarithmic axes, with the line that proportional growth would take from the first point on. */
export function plot(points: readonly Point[]): string {
  const [width, height, left, bottom, top, right] = [640, 400, 64, 48, 32, 64];
  const log = Math.log10;
  const x = (n: number) => left + ((log(n) - 3) / (log(300_000) - 3)) * (width - left - right);
  const y = (v: number, low: number, high: number) =>
    height - bottom - ((log(v) - log(low)) / (log(high) - log(low))) * (height - bottom - top);
  const seconds = (v: number) => y(v, 0.1, 100);
  const mebibytes = (v: number) => y(v, 10, 10_000);
  const path = (list: readonly (readonly [number, number])[]) =>
    list.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${a.toFixed(1)} ${b.toFixed(1)}`).join(' ');
  const dots = (list: readonly (readonly [number, number])[], colour: string) =>
    list.map(([a, b]) => `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="3.5" fill="${colour}"/>`).join('');
  const time = points.map((p) => [x(p.sources), seconds(p.user)] as const);
  const memory = points.map((p) => [x(p.sources), mebibytes(p.peak)] as const);
  // Proportional growth through the middle point, where what starting costs no longer counts.
  const anchor = points[Math.floor(points.length / 2)]!;
  const linear = [1_000, 300_000].map(
    (n) => [x(n), seconds(Math.max(0.1, (anchor.user / anchor.sources) * n))] as const,
  );
  const text = (a: number, b: number, content: string, more = '') =>
    `<text x="${a.toFixed(1)}" y="${b.toFixed(1)}" ${more}>${content}</text>`;
  const grid = [0.1, 1, 10, 100].map(
    (v) =>
      `<path d="M${left} ${seconds(v).toFixed(1)}H${width - right}" stroke="#ddd"/>` +
      text(left - 8, seconds(v) + 4, `${v} s`, 'text-anchor="end"') +
      text(width - right + 8, seconds(v) + 4, `${v * 100} MiB`, 'fill="#a04000"'),
  );
  const ticks = points.map((p) =>
    text(x(p.sources), height - bottom + 18, `${p.sources / 1000}k`, 'text-anchor="middle"'),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="User CPU and peak memory of bootplan cycles by number of sources">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, ...ticks].join('\n')}
<path d="${path(linear)}" stroke="#888" stroke-dasharray="4 4" fill="none"/>
<path d="${path(memory)}" stroke="#a04000" stroke-dasharray="8 3" fill="none" stroke-width="1.5"/>${dots(memory, '#a04000')}
<path d="${path(time)}" stroke="#004080" fill="none" stroke-width="2"/>${dots(time, '#004080')}
${text(left, 18, 'bootplan cycles: user CPU (solid), peak memory (dashed), proportional growth (dotted grey)')}
${text((left + width - right) / 2, height - 10, 'sources of the generated archive', 'text-anchor="middle"')}
</svg>
`;
}

export async function run(): Promise<readonly Row[]> {
  const points = sizes.map(measure);
  if (process.env.BOOTPLAN_PLOT) writeFileSync(process.env.BOOTPLAN_PLOT, plot(points));
  return points.map(({ sources, ...row }) => {
    const each = ((row.user / sources) * 1e6).toFixed(0);
    return { ...row, what: `${sources} sources`, note: `${each} µs each; ${row.note}` };
  });
}
