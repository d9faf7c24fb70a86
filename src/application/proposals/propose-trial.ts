/**
 * `propose --trial`: solve, try what is worth most, learn, and solve again, until all that is proposed has been tried.
 */
import { existsSync } from 'node:fs';
import { exitCode, InputError } from '../../errors.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Universe } from '../../model.ts';
import { trialLines } from '../../reports/proposals/trial-text.ts';
import { counted } from '../../reports/writing/count.ts';
import { EndedByMachine } from '../../runner/trial/trial-site.ts';
import type { Proposal, ProposedEdit } from '../../solver/propose/proposal.ts';
import { secondsToLimit } from '../output/phase.ts';
import type { Talk } from '../output/talk.ts';
import { type ProposeRequest, propose } from './propose.ts';
import { readEvidence } from './propose-knowledge.ts';
import { type TrialCommand, trial } from './trial.ts';

/** How much is tried, and where it is written down. */
export interface LearnRequest {
  readonly input: InputRequest;
  /** Sources that are tried between two proposals. */
  readonly each: number;
  /** Sources that are tried in all. */
  readonly most: number;
  /** What is learned is appended to it. */
  readonly file: string;
  /** All that is read as evidence. */
  readonly files: readonly string[];
  /** How each source is tried. */
  readonly how: Pick<TrialCommand, 'state' | 'budget' | 'timeoutSeconds' | 'cores'>;
}

/** A line that nobody has tried is a guess. */
const isGuess = (e: ProposedEdit): boolean => e.lines.some((l) => l.kind !== 'tried' && l.kind !== 'unused');

/**
 * What keeps one source from being tried, and says nothing of the others: it cannot be had, or this machine was too
 * small for it.
 */
const isOfOneSource = (error: unknown): error is InputError | EndedByMachine =>
  (error instanceof InputError && error.exit === exitCode.missingInput) || error instanceof EndedByMachine;

const firstWords = (error: InputError | EndedByMachine): string =>
  (error instanceof InputError ? error.diagnostics[0]?.message : undefined) ?? error.message;

/**
 * Ends: a source is tried once, whatever comes of it. What cannot be tried is none of those that are, and makes place
 * for the next one. The time limit ends trials too: a build that it cuts off says nothing, and the answer has all that
 * was learned before.
 *
 * @param attempt tries one source, and appends to the file what is learned
 * @returns the last proposal; it tells what was learned
 */
export async function proposeByTrial(
  universe: Universe,
  request: ProposeRequest,
  { input, each, most, file, files, how }: LearnRequest,
  talk: Talk,
  attempt: typeof trial = trial,
): Promise<Proposal> {
  const [tried, absent] = [new Set<string>(), new Set<string>()];
  const isOpen = (e: ProposedEdit): boolean => isGuess(e) && !tried.has(e.source) && !absent.has(e.source);
  const secondsLeft = (): number => secondsToLimit(request.timeLimitSeconds);
  for (let knowledge = request.knowledge; ; ) {
    // What less boldness would cost is worked out at the end alone.
    const proposal = await propose(universe, { ...request, frontier: false, knowledge });
    const open = proposal.edits.filter(isOpen).sort((a, b) => b.together - a.together);
    talk.talk(standing(proposal, open.length));
    const before = tried.size;
    let left = Math.min(each, most - before);
    for (const { source } of open) {
      if (left === 0 || secondsLeft() < 1) break;
      talk.talk(`to be tried, ${tried.size + 1} of at most ${most}: ${source}`);
      try {
        const order = { ...how, drop: [], classes: request.classes, knowledge, proposal, secondsLeft };
        const { trials } = await attempt({ ...order, evidenceFile: file, request: input, names: [source] }, talk);
        for (const words of trials.flatMap(trialLines)) talk.talk(words);
        tried.add(source);
        left--;
      } catch (error) {
        if (!isOfOneSource(error)) throw error;
        absent.add(source);
        talk.talk(`${source} is not tried: ${firstWords(error)}`);
      }
    }
    if (tried.size === before) {
      talk.talk(ending(tried.size, most, proposal.edits.filter(isOpen).length, secondsLeft() < 1));
      return request.frontier ? propose(universe, { ...request, knowledge }) : proposal;
    }
    const known = files.filter((name) => existsSync(name));
    knowledge = { ...knowledge, evidence: await readEvidence(known, talk.talk) };
  }
}

/** Where the proposal stands, for whoever waits. */
function standing({ supplies, edits }: Proposal, open: number): string {
  const lines = edits.reduce((sum, e) => sum + e.lines.length, 0);
  const guesses = open === 0 ? 'nothing of it is left to try' : `${counted(open, 'source')} of these left to try`;
  return `${counted(supplies.length, 'source')} from outside, ${counted(lines, 'line')} in ${counted(edits.length, 'source')}; ${guesses}`;
}

function ending(tried: number, most: number, open: number, isLate: boolean): string {
  const rest = open === 0 ? 'nothing is left to try' : `${counted(open, 'source is', 'sources are')} left to try`;
  return `${isLate ? 'the time is over: ' : ''}${counted(tried, 'source')} tried, of at most ${most}; ${rest}`;
}
