/**
 * `run`: from metadata to images that boot. Prepare every architecture, select what is wanted, build it (first what this
 * machine needs to build anything, then what is for others, side by side), deliver, tell.
 */
import type { ArchitectureSummary, RunSummary } from '../reports/run-summary.ts';
import type { RunState } from '../run-state.ts';
import { nativesOf } from '../runner/build/native-tools.ts';
import { readPlan } from '../stages/plan-file.ts';
import { type BuildRequest, build } from './build.ts';
import { deliveryUse } from './deliver.ts';
import { deliverShown } from './deliver-shown.ts';
import type { Shared, Working } from './sessions.ts';
import { summariseRun } from './summarise-run.ts';
import type { Talk } from './talk.ts';

export interface DeliveryRequest {
  /** Whether an image is made when everything is built. */
  readonly image: boolean;
  /** Whether it is started and judged. */
  readonly boot: boolean;
  /** '' for the image itself. */
  readonly variant: string;
}

export interface RunOutcome {
  readonly summary: RunSummary;
  /** Whether everything that was asked for is built, clean, and boots. */
  readonly isGood: boolean;
}

/** An image is made and started while the rest is built. */
export async function runAndDeliver(
  [first, ...crossed]: readonly Working[],
  request: BuildRequest & DeliveryRequest,
  shared: Shared,
  talk: Talk,
): Promise<RunOutcome> {
  const native = first!.session;
  const own = await build(first!, request, shared, talk);
  const natives = await nativesOf(readPlan(first!.prepared.directory.plan), native.state, native.cache);
  let isGood = own.isGood;
  const all = [
    deliver(first!, own.state, native.state, request, shared),
    ...crossed.map(async (one) => {
      const built = shared.dispatcher.stopped ? undefined : await build(one, request, shared, talk, natives);
      isGood &&= built?.isGood ?? true;
      return deliver(one, built?.state, native.state, request, shared);
    }),
  ];
  await Promise.allSettled(all);
  const [ours, ...others] = await Promise.all(all);
  const isBad = ({ violations, boot }: ArchitectureSummary): boolean =>
    violations.length > 0 || boot?.verdict === 'fail';
  return { summary: { ...ours!, crossed: others }, isGood: isGood && ![ours!, ...others].some(isBad) };
}

/** @param state undefined when nothing was built in this run */
async function deliver(
  working: Working,
  state: RunState | undefined,
  native: RunState,
  request: DeliveryRequest,
  { dispatcher, stop: { kill }, view }: Shared,
): Promise<ArchitectureSummary> {
  const { prepared, session, wanted } = working;
  const summary = summariseRun(prepared, session.state, native);
  const isWhole = state?.status === 'complete' && wanted === undefined && prepared.asked;
  if (!isWhole || !request.image || prepared.project.image === undefined) return summary;
  const delivered = await dispatcher.doOne(deliveryUse, () => deliverShown(working, request, kill, view));
  return { ...summary, ...delivered };
}
