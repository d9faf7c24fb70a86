/** `trial`: sources built with all they ask for, then with less, and what each dropped line cost. */
import { availableParallelism } from 'node:os';
import { EnvironmentError, Interrupted } from '../../errors.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import { heeding } from '../../runner/heeding.ts';
import { createStateDirectory, stateDirectory } from '../../runner/journal/state-directory.ts';
import { requireSandbox } from '../../runner/sandbox/sandbox-check.ts';
import { stoppedBy, watchForInterruption } from '../../runner/scheduling/interruption.ts';
import { appendEvidence, evidenceOf } from '../../runner/trial/evidence.ts';
import { type SourceTrial, type TrialAnswer, trySource } from '../../runner/trial/trial.ts';
import { TrialSite } from '../../runner/trial/trial-site.ts';
import { switchesFor } from '../../solver/explain/tool-switches.ts';
import type { Talk } from '../output/talk.ts';
import { withIndices } from '../project/plan-archive.ts';
import { loadUniverse } from '../universe/load-universe.ts';
import { sourcesNamed } from '../universe/named-sources.ts';
import { type LinesRequest, linesToTry } from './trial-lines.ts';

/** Which sources are tried, and how long that may take. */
export interface TrialCommand extends LinesRequest {
  readonly request: InputRequest;
  readonly names: readonly string[];
  /** State directory: logs and work. */
  readonly state: string;
  /** Reduced builds of one source at most. */
  readonly budget: number;
  readonly timeoutSeconds: number;
  /** Until all of it has to be done; by default there is no end. */
  readonly secondsLeft?: () => number;
  readonly cores: number | undefined;
  /** What is learned is appended to it. */
  readonly evidenceFile: string | undefined;
}

/** Does a trial say that something does not hold: a full build that fails, a line that has to stay? */
export const isBad = ({ trials }: TrialAnswer): boolean =>
  trials.some((t) => t.full.verdict !== 'works' || t.lines.some((l) => l.verdict !== 'works'));

/**
 * Evidence is written after each source, so that what was learned stays when a later one is interrupted.
 *
 * @throws InputError for sources that are not there, lines that they have not, files that cannot be had
 */
export async function trial(order: TrialCommand, talk: Talk): Promise<TrialAnswer> {
  await requireSandbox();
  const { names, state, budget, timeoutSeconds } = order;
  const request = await withIndices({
    ...order.request,
    targets: [...names],
    others: 'available',
    declaredProfiles: true,
  });
  const { universe, diagnostics } = await loadUniverse(request);
  talk.remarks(diagnostics);
  const numbers = sourcesNamed(universe, names);
  const wanted = numbers.map((index) => ({ index, ...linesToTry(universe, index, order) }));
  createStateDirectory(stateDirectory(state));
  const { packages, sources, profiles } = request;
  const cores = order.cores ?? availableParallelism();
  const indep = request.indep === true;
  const stop = watchForInterruption((name) => talk.talk(`${name}: the build that runs is ended`));
  const { secondsLeft = () => Number.POSITIVE_INFINITY } = order;
  const options = { state, packages, sources, indep, cores, timeoutSeconds, secondsLeft, signal: stop.drain };
  const site = new TrialSite(universe, options);
  const trials: SourceTrial[] = [];
  const work = async (): Promise<void> => {
    for (const { index, ...reduced } of wanted) {
      const source = universe.sources[index]!;
      const made = await trySource(site, { source, profiles, budget, switchesFor, ...reduced }, talk.talk);
      trials.push(made);
      if (order.evidenceFile === undefined) continue;
      if (appendEvidence(order.evidenceFile, evidenceOf(made, universe.architecture)))
        talk.talk(`${order.evidenceFile}: its last line was torn, and is removed`);
    }
  };
  try {
    // Also what goes before a build: fetching, and waiting for a base that another bootplan makes.
    await heeding({ kill: stop.drain, leave: stop.leave }, work);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const help = 'the same command goes on from here: what was built is kept';
    throw new EnvironmentError('stopped', stoppedBy[stop.signal() ?? 'SIGINT'], help);
  } finally {
    site.close();
    stop.dispose();
  }
  return { format: 1, architecture: universe.architecture, trials };
}
