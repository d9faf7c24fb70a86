/**
 * `npm run bench [NAME...]`: runs every benchmark of this directory and prints one table each. Ends with exit code 1
 * when a promise is broken. `BOOTPLAN_DATA` names a directory with bookworm's indices (docs/bench.md).
 */
import { readdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Row } from './measure.ts';

interface Benchmark {
  readonly name: string;
  run(): Promise<readonly Row[]>;
}

const seconds = (n: number) => (Number.isNaN(n) ? '-' : n.toFixed(2));
const mebibytes = (n: number) => (Number.isNaN(n) ? '-' : n.toFixed(0));

function broken({ user, system, peak, wall, limit }: Row): boolean {
  if (!limit) return false;
  return (
    (limit.user !== undefined && user > limit.user) ||
    (limit.cpu !== undefined && user + system > limit.cpu) ||
    (limit.peak !== undefined && peak > limit.peak) ||
    (limit.wall !== undefined && (wall === undefined || wall > limit.wall))
  );
}

function promise({ limit }: Row): string {
  if (!limit) return '';
  const parts = [
    ...(limit.user === undefined ? [] : [`${seconds(limit.user)} s`]),
    ...(limit.cpu === undefined ? [] : [`${seconds(limit.cpu)} s with sys`]),
    ...(limit.peak === undefined ? [] : [`${limit.peak} MiB`]),
    ...(limit.wall === undefined ? [] : [`${seconds(limit.wall)} s by the clock`]),
  ];
  return parts.join(', ');
}

function ratio(row: Row, rows: readonly Row[]): string {
  const ours = rows.find((r) => r.what === row.peerOf);
  if (!ours || Number.isNaN(row.user)) return '';
  return `${(row.user / ours.user).toFixed(1)} x the time, ${(row.peak / ours.peak).toFixed(1)} x the memory`;
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((r) => [
    r.what,
    seconds(r.user),
    seconds(r.system),
    mebibytes(r.peak),
    promise(r),
    broken(r) ? 'NO' : r.limit && !Number.isNaN(r.user) ? 'yes' : '',
    [r.wall === undefined ? '' : `${r.wall.toFixed(1)} s by the clock`, ratio(r, rows), r.note ?? '']
      .filter((t) => t !== '')
      .join('; '),
  ]);
  const head = ['what', 'user s', 'sys s', 'peak MiB', 'promised', 'kept', ''];
  const width = head.map((h, i) => Math.max(h.length, ...cells.map((c) => c[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((c, i) => (i > 0 && i < 4 ? c.padStart(width[i]!) : c.padEnd(width[i]!)))
      .join('  ')
      .trimEnd();
  return [head, ...cells].map(line).join('\n');
}

// A question that somebody has asked before is none to measure; a benchmark of second ones has a cache of its own.
process.env.BOOTPLAN_ANSWERS = 'off';

const wanted = process.argv.slice(2);
const directory = new URL('.', import.meta.url);
const files = readdirSync(directory).filter((f) => f.endsWith('.ts') && f !== 'run.ts' && f !== 'measure.ts');
for (const file of files.sort()) {
  const { name, run }: Partial<Benchmark> = await import(new URL(file, directory).href);
  if (!name || !run || (wanted.length > 0 && !wanted.includes(name))) continue;
  const load = loadavg()[0]!.toFixed(1);
  const rows = await run();
  console.log(`${name} (load average before: ${load})\n${table(rows)}\n`);
  if (rows.some(broken)) process.exitCode = 1;
}
