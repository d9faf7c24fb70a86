/** Which sources are stuck in bootstrap mode, and why: by the plan, and by what a run has done so far. */

import { isStageArchive } from '../archives.ts';
import type { ChainStep, Plan, Stuck } from '../model.ts';
import type { SourceName } from '../names.ts';
import { byteOrder } from '../order.ts';
import { type Blanks, withBlanks } from '../text/blanks.ts';
import type { Standing } from './standing.ts';

/** Why a source is stuck. The order is the order of the report: what a human must change comes first. */
const stuckKinds = [
  /** A cycle that nothing declared breaks. */
  'no-declared-break',
  /**
   * Something that no other build ends: mostly nothing provides a build dependency; `text/shortage.ts` has the others.
   */
  'missing',
  /** Its stage build, or the full build after it, failed. */
  'build-failed',
  /** It waits for a source that is stuck itself. */
  'behind',
  /** Built in full, but while a stage package was installed, which therefore is still in use. */
  'stage-in-use',
  /** A stage or a tainted build exists; the build that replaces it does not. */
  'rebuild-owed',
] as const;

/** The reasons that are told apart. */
export type StuckKind = (typeof stuckKinds)[number];

/** One source that is stuck, and why. */
export interface StuckSource {
  readonly source: SourceName;
  readonly kind: StuckKind;
  /**
   * What it has in common with others: an SCC, a missing group, a failed build, a stage build; undefined for the build
   * as a whole.
   */
  readonly because: string | undefined;
  /** For a cycle or a wait, and for a cycle beside what is missing: every step, in order. */
  readonly chain: readonly ChainStep[];
  /** The failed step and its message, or why something is missing; undefined otherwise. */
  readonly detail: string | undefined;
}

/** Sources that are stuck for the same reason. */
export interface StuckGroup {
  readonly kind: StuckKind;
  readonly because: string | undefined;
  /** Byte order of name. */
  readonly sources: readonly StuckSource[];
}

/**
 * What the plan itself cannot reach. The shared reason of a wait is where it ends; where that is in the same SCC, the
 * SCC.
 *
 * @param sccOf of the other stuck sources, by `src:` and name
 */
function byPlan({ source, scc, reason }: Stuck, sccOf: ReadonlyMap<string, string | undefined>): StuckSource {
  if (reason.kind === 'missing') {
    return { source, kind: 'missing', because: reason.group, chain: reason.cycle ?? [], detail: reason.why };
  }
  const end = reason.chain.at(-1)?.to;
  const because = scc !== undefined && end !== undefined && sccOf.get(end) === scc ? scc : end;
  return {
    source,
    kind: reason.kind === 'cycle' ? 'no-declared-break' : 'behind',
    because,
    chain: reason.chain,
    detail: undefined,
  };
}

/** What the run left behind for one source; undefined when it is clean, or when nothing of it has been built yet. */
function byRun(source: SourceName, standing: Standing): StuckSource | undefined {
  const stuck = (kind: StuckKind, because: string, detail?: string): StuckSource => ({
    source,
    kind,
    because,
    chain: [],
    detail,
  });
  const failed = standing.failed[0];
  if (failed !== undefined) {
    const { build } = failed;
    const { step, message } = failed.failure;
    return stuck('build-failed', build.id, message.includes(`step ${step}`) ? message : `step ${step}: ${message}`);
  }
  if (standing.reached === 'final') return undefined;
  if (standing.blockedBy.length > 0) return stuck('behind', standing.blockedBy[0]!);
  if (standing.reached === 'nothing') return undefined;
  const reduced = standing.installed.filter((b) => isStageArchive(b.archive)).map((b) => b.build);
  if (standing.reached === 'interim' && reduced.length > 0) {
    return stuck('stage-in-use', reduced.sort(byteOrder)[0]!);
  }
  return stuck('rebuild-owed', standing.reached);
}

/**
 * @param standing of a run, when there is one; without it the answer is the plan's alone
 * @returns each source at most once, in byte order
 */
export function stuckSources(
  plan: Plan,
  standing: ReadonlyMap<SourceName, Standing> = new Map(),
): readonly StuckSource[] {
  const sccOf = new Map(plan.stuck.map((s) => [`src:${s.source}`, s.scc]));
  const stuck = new Map(plan.stuck.map((s) => [s.source, byPlan(s, sccOf)]));
  for (const [source, where] of standing) {
    const found = stuck.has(source) ? undefined : byRun(source, where);
    if (found !== undefined) stuck.set(source, found);
  }
  return [...stuck.values()].sort((a, b) => byteOrder(a.source, b.source));
}

/** By kind, then the largest group first, then byte order of the reason. */
export function groupStuck(stuck: readonly StuckSource[]): readonly StuckGroup[] {
  const groups = Map.groupBy(stuck, (s) => `${s.kind}\n${s.because}`);
  return [...groups.values()]
    .map((sources) => ({ kind: sources[0]!.kind, because: sources[0]!.because, sources }))
    .sort(
      (a, b) =>
        stuckKinds.indexOf(a.kind) - stuckKinds.indexOf(b.kind) ||
        b.sources.length - a.sources.length ||
        byteOrder(a.because ?? '', b.because ?? ''),
    );
}

/** A group as answers have it: what is not there is ''. */
export interface FiledGroup extends Blanks<Omit<StuckGroup, 'sources'>> {
  readonly sources: readonly Blanks<StuckSource>[];
}

/** The group as answers have it. */
export const filedGroup = ({ kind, because, sources }: StuckGroup): FiledGroup => ({
  ...withBlanks({ kind, because }),
  sources: sources.map(withBlanks),
});
