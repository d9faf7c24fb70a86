/** Where a run stands, as text. */
import type { BuildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { Unsettled } from '../../events.ts';
import type { FailureResources } from '../../runner/run/inspect-state.ts';
import { counted } from '../writing/count.ts';
import { duration } from './live.ts';
import { differenceLine, type ShownDifference, unsettledText } from './unsettled.ts';

/** Where a run stands on all its architectures. */
export interface StatusReport extends ArchitectureStatus {
  /** The other architectures for which something was run there. */
  readonly crossed: readonly ArchitectureStatus[];
}

/** Where it stands on one of them. */
export interface ArchitectureStatus {
  readonly architecture: string;
  readonly state: string;
  readonly status: string;
  readonly total: number;
  readonly done: number;
  readonly failed: readonly BuildId[];
  readonly blocked: readonly BuildId[];
  /** Builds that other machines do; `node` is '' while they wait for one. */
  readonly elsewhere: readonly { readonly build: BuildId; readonly node: string; readonly step: string }[];
  /** The build that would start next; null when there is none. */
  readonly next: string | null;
  /** What is fetched or made now, before the next build can start; null when nothing is. */
  readonly preparing: 'sources' | 'base' | null;
  readonly lastFailure: {
    readonly build: BuildId;
    readonly step: string;
    readonly message: string;
    /** The last lines of its log, a few. */
    readonly said: readonly string[];
    readonly report: string | undefined;
    readonly resources: FailureResources | null;
  } | null;
  readonly archives: readonly { readonly name: string; readonly packages: number; readonly path: string }[];
  readonly differing: readonly ShownDifference[];
  /** What had not settled when no more rounds were left. */
  readonly unsettled: readonly Unsettled[];
  readonly image: { readonly path: string; readonly sha256: string; readonly bytes: number } | null;
  readonly boot: { readonly verdict: string; readonly cause: string; readonly seconds: number } | null;
}

const usedText = ({ seconds, cpuSeconds, maxRssKiB, overloaded }: FailureResources): string =>
  [
    `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU, largest process ${Math.ceil(maxRssKiB / 1024)} MiB`,
    overloaded ? 'the machine was overloaded' : 'no sign that the machine was overloaded',
  ].join('; ');

/** Lines of a failure's message besides the first. */
const shown = 8;

/**
 * One architecture after the other; the directory says which.
 * @param at what a command needs to find this state directory, as ` --state DIR`
 */
export const formatStatus = (s: StatusReport, at = ''): string =>
  [s, ...s.crossed].map((one) => statusText(one, at)).join('');

function statusText(s: ArchitectureStatus, at: string): string {
  const last = s.status === 'none' ? 'not begun' : `last run ${s.status}`;
  const lines = [`${s.state}: ${s.done} of ${s.total} builds done; ${last}`];
  for (const { name, packages, path } of s.archives)
    lines.push(`  ${name.padEnd(8)} ${counted(packages, 'package')}  ${path}`);
  if (s.preparing !== null)
    lines.push(s.preparing === 'base' ? 'making the base of the chroots' : 'fetching sources and packages');
  if (s.failed.length > 0) lines.push(`failed: ${s.failed.join(', ')}`);
  if (s.blocked.length > 0) lines.push(`blocked: ${s.blocked.join(', ')}`);
  for (const { build, node, step } of s.elsewhere)
    lines.push(
      node === '' ? `waits for a machine: ${build}` : `on ${node}: ${build}${step === '' ? '' : ` (${step})`}`,
    );
  for (const d of s.differing) lines.push(differenceLine(d));
  for (const u of s.unsettled) lines.push(`not settled: ${unsettledText(u)}`);
  if (s.lastFailure) {
    const [first, ...more] = s.lastFailure.message.split('\n');
    lines.push(`last failure: ${s.lastFailure.build} in ${s.lastFailure.step}: ${first}`);
    lines.push(...more.slice(0, shown).map((line) => `  ${line}`));
    if (more.length > shown) lines.push(`  and ${counted(more.length - shown, 'line')} more in the report`);
    lines.push(...s.lastFailure.said.map((line) => `  > ${line}`));
    if (s.lastFailure.report !== undefined) lines.push(`  report: ${s.lastFailure.report}`);
    if (s.lastFailure.resources) lines.push(`  used: ${usedText(s.lastFailure.resources)}`);
    lines.push(`  log: bootplan log '${s.lastFailure.build}'${at}`);
  }
  if (s.next !== null) lines.push(`next: ${s.next}`);
  if (s.image) lines.push(`image: ${s.image.path} (${s.image.bytes} bytes, sha256 ${s.image.sha256})`);
  if (s.boot) {
    const passed = `passed in ${duration(s.boot.seconds)}`;
    lines.push(`boot check: ${s.boot.verdict === 'pass' ? passed : `failed: ${s.boot.cause}`}`);
  }
  return `${lines.map(visible).join('\n')}\n`;
}
