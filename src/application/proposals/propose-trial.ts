/** `propose --trial`: solve, try what is worth most, learn, and solve again, until all that is proposed has been tried. */
import { existsSync } from 'node:fs';
import { exitCode, InputError } from '../../errors.ts';
import type { InputRequest } from '../../metadata/universe/read.ts';
import type { Universe } from '../../model.ts';
import type { Proposal, ProposedEdit } from '../../solver/propose/proposal.ts';
import type { Talk } from '../output/talk.ts';
import { type ProposeRequest, propose } from './propose.ts';
import { readEvidence } from './propose-knowledge.ts';
import { trial } from './trial.ts';

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
}

/** Reduced builds of one source. */
const budget = 12;
const longest = 7200;

/** A line that nobody has tried is a guess. */
const isGuess = (e: ProposedEdit): boolean => e.lines.some((l) => l.kind !== 'tried' && l.kind !== 'unused');

/**
 * Ends: a source is tried once, whatever comes of it. What cannot be had is none of those that are tried, and makes place for
 * the next one.
 *
 * @param attempt tries one source, and appends to the file what is learned
 * @returns the last proposal; it tells what was learned
 */
export async function proposeByTrial(
  universe: Universe,
  request: ProposeRequest,
  { input, each, most, file, files }: LearnRequest,
  talk: Talk,
  attempt: typeof trial = trial,
): Promise<Proposal> {
  const [tried, absent] = [new Set<string>(), new Set<string>()];
  const isOpen = (e: ProposedEdit): boolean => isGuess(e) && !tried.has(e.source) && !absent.has(e.source);
  for (let knowledge = request.knowledge; ; ) {
    // What less boldness would cost is worked out at the end alone.
    const proposal = await propose(universe, { ...request, frontier: false, knowledge });
    const open = proposal.edits.filter(isOpen).sort((a, b) => b.together - a.together);
    const order = { drop: [], classes: request.classes, knowledge, proposal, state: '.bootplan', cores: undefined };
    const limits = { budget, timeoutSeconds: longest, evidenceFile: file };
    const before = tried.size;
    let left = Math.min(each, most - before);
    for (const { source } of open) {
      if (left === 0) break;
      talk.talk(`to be tried: ${source}`);
      try {
        await attempt({ ...order, ...limits, request: input, names: [source] }, talk);
        tried.add(source);
        left--;
      } catch (error) {
        // What the mirrors no longer have cannot be tried, and the others can.
        if (!(error instanceof InputError) || error.exit !== exitCode.missingInput) throw error;
        absent.add(source);
        talk.talk(`${source} is not tried: ${error.diagnostics[0]?.message ?? error.message}`);
      }
    }
    if (tried.size === before) {
      const rest = proposal.edits.filter(isOpen).length;
      const words =
        rest === 0 ? 'nothing is left to try' : `${rest === 1 ? '1 source is' : `${rest} sources are`} left to try`;
      talk.talk(`${tried.size === 1 ? '1 source' : `${tried.size} sources`} tried, of at most ${most}; ${words}`);
      return request.frontier ? propose(universe, { ...request, knowledge }) : proposal;
    }
    const known = files.filter((name) => existsSync(name));
    knowledge = { ...knowledge, evidence: await readEvidence(known, talk.talk) };
  }
}
