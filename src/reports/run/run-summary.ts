/** The last words of a run: what came of it, and how to look at it oneself. */
import type { BuildId } from '../../build-id.ts';
import { visible } from '../../diagnostics.ts';
import type { Unsettled } from '../../events.ts';
import type { GuestBuild } from '../../runner/image/guest-build.ts';
import { counted } from '../writing/count.ts';
import { guestBuildText } from './boot.ts';
import { differenceLine, type ShownDifference, unsettledText } from './unsettled.ts';

/** What came of a run on all its architectures. */
export interface RunSummary extends ArchitectureSummary {
  /** The other architectures of the run. */
  readonly crossed: readonly ArchitectureSummary[];
}

/** What came of one architecture. */
export interface ArchitectureSummary {
  readonly architecture: string;
  readonly status: string;
  /** How many of each are done. */
  readonly stageBuilds: number;
  readonly fullBuilds: number;
  readonly rebuilds: number;
  readonly comparisons: number;
  /** Rounds added to the plan. */
  readonly rounds: number;
  readonly failed: readonly string[];
  readonly blocked: readonly string[];
  /** Sources whose last comparison was not bit-identical. */
  readonly differing: readonly ShownDifference[];
  /** What had not settled when no more rounds were left. */
  readonly unsettled: readonly Unsettled[];
  /** What in the ledger breaks the rule of the final archive; nothing when it is clean. */
  readonly violations: readonly string[];
  /** Builds that a compiler of the seed made for another architecture. */
  readonly crossCompiled: readonly { readonly build: BuildId; readonly by: string }[];
  readonly archives: readonly { readonly name: string; readonly packages: number; readonly path: string }[];
  readonly seed: readonly { readonly name: string; readonly packages: number; readonly sha256: string }[];
  readonly image: {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly kernel: string;
    readonly start: string;
  } | null;
  readonly boot: {
    readonly verdict: string;
    readonly cause: string;
    readonly fix: string;
    /** What the guest built, proved to be the bytes of the final archive. */
    readonly guestBuild: GuestBuild | null;
    readonly seconds: number;
  } | null;
}

function summaryLines(s: ArchitectureSummary): readonly string[] {
  const lines: string[] = [];
  if (s.failed.length > 0) lines.push(`failed: ${s.failed.join(', ')}`);
  if (s.blocked.length > 0) lines.push(`blocked: ${s.blocked.join(', ')}`);
  for (const violation of s.violations) lines.push(`NOT CLEAN: ${violation}`);
  for (const d of s.differing) lines.push(differenceLine(d));
  for (const u of s.unsettled) lines.push(`not settled: ${unsettledText(u)}`);
  const rounds = [
    counted(s.stageBuilds, 'stage build'),
    counted(s.fullBuilds, 'full build'),
    counted(s.rebuilds, 'rebuild'),
    counted(s.comparisons, 'comparison build'),
  ];
  const identical = s.rounds === 0 ? ', all bit-identical' : `, bit-identical after ${counted(s.rounds, 'more round')}`;
  const compared = s.comparisons > 0 && s.differing.length === 0 ? identical : '';
  lines.push(`builds   ${rounds.join(', ')}${compared}`);
  for (const { name, packages, sha256 } of s.seed)
    lines.push(`seed     ${name}: ${counted(packages, 'Debian package')}, sha256 ${sha256}`);
  const compilers = [...new Set(s.crossCompiled.map(({ by }) => by))];
  for (const by of compilers) {
    const made = s.crossCompiled.filter((c) => c.by === by).map(({ build }) => build);
    lines.push(`cross-compiled by ${by}: ${made.join(', ')}`);
  }
  if (s.image) {
    lines.push(`kernel   ${s.image.kernel}`, `image    ${s.image.path}`, `size     ${s.image.bytes} bytes`);
    lines.push(`sha256   ${s.image.sha256}`, `start    ${s.image.start}`);
  }
  if (s.boot)
    lines.push(
      ...(s.boot.verdict === 'pass'
        ? ['booted, self-test passed', ...(s.boot.guestBuild === null ? [] : [guestBuildText(s.boot.guestBuild)])]
        : [`boot check FAILED: ${s.boot.cause}`, `help: ${s.boot.fix}`]),
    );
  return lines;
}

/** Several architectures follow one another, each under its name; this machine's own needs none when it is alone. */
export function formatRunSummary(s: RunSummary): string {
  const lines =
    s.crossed.length === 0
      ? summaryLines(s)
      : [s, ...s.crossed].flatMap((one) => [`${one.architecture}:`, ...summaryLines(one).map((line) => `  ${line}`)]);
  return `${lines.map(visible).join('\n')}\n`;
}
