/** `progress`: which part of the sources can be bootstrapped and has been, written down day by day. */
import type { Universe } from '../../model.ts';
import type { ProgressDay } from '../../reports/archive/progress.ts';
import { recordOf } from '../../solver/graph/record.ts';
import { appendHistory, readHistory } from '../../stages/history.ts';
import { daysOf, type ProgressEntry, progressEntry, type Shares, sharesOf } from '../../stages/progress.ts';
import { answersFor } from '../analyse.ts';
import { builtHere, runIn } from '../state/standing-run.ts';

/** `--json`: today's entry, and the percentages of every day known. */
export interface ProgressResult {
  readonly today: ProgressEntry;
  readonly history: string;
  /** Sources that the state directory has built, in another version or for another distribution. Byte order. */
  readonly uncounted: readonly string[];
  readonly days: readonly ({ readonly date: string } & Shares)[];
}

/** Which day is written down, and where. */
export interface ProgressRequest {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** File of the history. */
  readonly history: string;
  /** State directory; a run in it counts. */
  readonly state: string;
  readonly universe: () => Promise<Universe>;
  readonly timeLimitSeconds: number | undefined;
  /** Whether the day is written to the history. */
  readonly isRemembered: boolean;
}

/** Measures the day and tells it beside those before; it is added to the history where `isRemembered` says so. */
export async function measureProgress(
  request: ProgressRequest,
): Promise<Omit<ProgressResult, 'days'> & { readonly days: readonly ProgressDay[] }> {
  const { date, history: file } = request;
  const history = readHistory(file);
  const universe = await request.universe();
  const { plan, resolved } = await answersFor(universe, { timeLimitSeconds: request.timeLimitSeconds });
  const { standing, others } = builtHere(runIn(request.state), universe);
  const record = recordOf(
    resolved.graph,
    universe.sources.map((s) => s.version),
  );
  const today = progressEntry({ date, plan, standing, record, previous: history.record });
  if (request.isRemembered) appendHistory(file, today, record);
  const days = daysOf([...history.entries, today]).map((d) => ({ ...d, shares: sharesOf(d.entry) }));
  return { today, history: file, uncounted: others, days };
}
