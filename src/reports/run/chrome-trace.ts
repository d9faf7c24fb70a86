/**
 * A run in the Trace Event Format, which Perfetto and chrome://tracing open: builds side by side in as few rows as
 * there were.
 */
import { visible } from '../../diagnostics.ts';
import type { Timeline } from './run-timeline.ts';

/** The file. */
export function chromeTrace({ bars }: Timeline): string {
  /** When each row is free again. */
  const free: number[] = [];
  const events = bars.map((b) => {
    const found = free.findIndex((at) => at <= b.from);
    const row = found < 0 ? free.length : found;
    free[row] = b.to;
    return {
      name: visible(b.build),
      cat: b.how,
      ph: 'X',
      ts: Math.round(b.from * 1e6),
      dur: Math.round((b.to - b.from) * 1e6),
      pid: 1,
      tid: row + 1,
      args: { archive: b.archive, unlocked: b.unlocked.map(visible), cpuSeconds: b.cpuSeconds },
    };
  });
  return `${JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms' })}\n`;
}
