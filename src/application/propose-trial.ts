/** `propose --trial`: solve, try what is worth most, learn, and solve again, until all that is proposed has been tried. */
import { existsSync } from 'node:fs';
import { exitCode, InputError } from '../errors.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Universe } from '../model.ts';
import type { Proposal, ProposedEdit } from '../solver/propose/proposal.ts';
import { type ProposeRequest, propose } from './propose.ts';
import { readEvidence } from './propose-knowledge.ts';
import type { Talk } from './talk.ts';
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
 * Ends: a source is tried once, whatever comes of it.
 *
 * @returns the last proposal; it tells what was learned
 */
export async function proposeByTrial(
  universe: Universe,
  request: ProposeRequest,
  { input, each, most, file, files }: LearnRequest,
  talk: Talk,
): Promise<Proposal> {
  const tried = new Set<string>();
  for (let knowledge = request.knowledge; ; ) {
    const proposal = await propose(universe, { ...request, knowledge });
    const open = proposal.edits
      .filter((e) => isGuess(e) && !tried.has(e.source))
      .sort((a, b) => b.together - a.together);
    const next = open.slice(0, Math.min(each, most - tried.size)).map((e) => e.source);
    if (next.length === 0) {
      const left = open.length === 0 ? 'nothing is left to try' : `${open.length} sources are left to try`;
      talk.talk(`${tried.size} sources tried, of at most ${most}; ${left}`);
      return proposal;
    }
    for (const name of next) tried.add(name);
    talk.talk(`to be tried: ${next.join(', ')}`);
    const order = { drop: [], classes: request.classes, knowledge, proposal, state: '.bootplan', cores: undefined };
    const limits = { budget, timeoutSeconds: longest, evidenceFile: file };
    for (const name of next) {
      try {
        await trial({ ...order, ...limits, request: input, names: [name] }, talk);
      } catch (error) {
        // What the mirrors no longer have cannot be tried, and the others can.
        if (!(error instanceof InputError) || error.exit !== exitCode.missingInput) throw error;
        talk.talk(`${name} is not tried: ${error.diagnostics[0]?.message ?? error.message}`);
      }
    }
    const known = files.filter((name) => existsSync(name));
    knowledge = { ...knowledge, evidence: await readEvidence(known, talk.talk) };
  }
}
