/**
 * `run`: from metadata to images that boot. Prepare every architecture, select what is wanted, build it (first what
 * this machine needs to build anything, then what is for others, side by side; those that have machines of their own
 * need nothing of it, and begin at once), deliver, tell.
 */
import type { ArchitectureSummary, RunSummary } from '../reports/run/run-summary.ts';
import type { RunState } from '../run-state.ts';
import { nativesOf } from '../runner/build/native-tools.ts';
import type { Session } from '../runner/journal/session.ts';
import { readPlan } from '../stages/plan-file.ts';
import type { Talk } from './output/talk.ts';
import { type BuildRequest, build } from './run/build.ts';
import { deliveryUse } from './run/deliver.ts';
import { deliverShown } from './run/deliver-shown.ts';
import type { Shared, Working } from './run/sessions.ts';
import { summariseRun } from './run/summarise-run.ts';

/** What is made of the final archive. */
export interface DeliveryRequest {
  /** Whether an image is made when everything is built. */
  readonly image: boolean;
  /** Whether it is started and judged. */
  readonly boot: boolean;
  /** '' for the image itself. */
  readonly variant: string | undefined;
}

/** What a run came to. */
export interface RunOutcome {
  readonly summary: RunSummary;
  /** Whether everything that was asked for is built, clean, and boots. */
  readonly isGood: boolean;
}

/** An image is made and started while the rest is built. */
export async function runAndDeliver(
  [first, ...others]: readonly Working[],
  request: BuildRequest & DeliveryRequest,
  shared: Shared,
  talk: Talk,
): Promise<RunOutcome> {
  const native = first!.session;
  // One where nothing is left that could be built does not end the others.
  const alone = others.length === 0 || !request.goOnUnfetched;
  const asked: typeof request = alone ? request : { ...request, goOnUnfetched: 'always' };
  const own = build(first!, asked, shared, talk);
  let isGood = true;
  const ofOwn = async () => {
    const { state, isGood: good } = await own;
    isGood &&= good;
    return deliver(first!, state, native.state, request, shared);
  };
  const all = [
    ofOwn(),
    ...others.map(async (one) => {
      const natives = one.prepared.plan.native && (await own.then(() => nativesIn(native)));
      const built = shared.dispatcher.stopped ? undefined : await build(one, asked, shared, talk, natives);
      isGood &&= built?.isGood ?? true;
      return deliver(one, built?.state, native.state, request, shared);
    }),
  ];
  await Promise.allSettled(all);
  const [ours, ...theirs] = await Promise.all(all);
  const isBad = ({ violations, boot }: ArchitectureSummary): boolean =>
    violations.length > 0 || boot?.verdict === 'fail';
  return { summary: { ...ours!, crossed: theirs }, isGood: isGood && ![ours!, ...theirs].some(isBad) };
}

const nativesIn = ({ directory, state, cache }: Session) => nativesOf(readPlan(directory.plan), state, cache);

/** @param state undefined when nothing was built in this run */
async function deliver(
  working: Working,
  state: RunState | undefined,
  native: RunState,
  request: DeliveryRequest,
  { dispatcher, stop, view }: Shared,
): Promise<ArchitectureSummary> {
  const { prepared, session, wanted } = working;
  const summary = summariseRun(prepared, session.state, native);
  const isWhole = state?.status === 'complete' && wanted === undefined && prepared.asked;
  if (!isWhole || !request.image || prepared.project.image === undefined) return summary;
  const delivered = await dispatcher.doOne(deliveryUse, () => deliverShown(working, request, stop, view));
  return { ...summary, ...delivered };
}
