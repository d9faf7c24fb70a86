/** The bug report about a proposed edit. */
import { visible } from '../../diagnostics.ts';
import type { ChainStep } from '../../model.ts';
import type { Proposal, ProposedEdit } from '../../solver/propose/proposal.ts';
import { counted, number } from '../writing/count.ts';
import { askedNames, judgedByName } from './asked-names.ts';
import { bugLetter, type LetterChange } from './bug-letter.ts';
import { cycleWords, purposeWords } from './proposal-text.ts';

const isTried = ({ kind }: ProposedEdit['lines'][number]): boolean => kind === 'tried';
const isUnused = ({ kind }: ProposedEdit['lines'][number]): boolean => kind === 'unused';

/** What the lines are for, or what a trial has shown of them. */
function purposes({ lines }: ProposedEdit): readonly string[] {
  const guessed = lines.filter((l) => !isTried(l) && !isUnused(l));
  const [tried, unused] = [lines.filter(isTried), lines.filter(isUnused)];
  const kinds = guessed.map(purposeWords);
  return [
    ...(guessed.length > 0 ? [judgedByName(guessed, kinds)] : []),
    ...(tried.length > 0
      ? [`a trial has built it without ${askedNames(tried)}, and other packages miss nothing of what that built`]
      : []),
    ...(unused.length > 0 ? [`a full build opened no file of ${askedNames(unused)}`] : []),
  ];
}

/**
 * A cycle of one source or two, step by step: it would look like `foo -> foo`, and only the binaries on it say why.
 * Longer ones tell that by their sources.
 */
function shortCycleWords(chain: readonly ChainStep[]): string {
  const told: string[] = [];
  let [source, asked] = ['', ''];
  for (const { from, to, how } of chain) {
    if (how === 'build-depends') [source, asked] = [from.slice(4), to];
    if (how !== 'built-by') continue;
    const needed = from === asked ? '' : `, which needs ${visible(from)}`;
    const built = from === to.slice(4) ? '' : ` of ${visible(to.slice(4))}`;
    told.push(`${visible(source)} needs ${visible(asked)}${needed}${built}`);
  }
  return told.length === 0 || told.length > 2 ? '' : told.join(', and ');
}

/** How many short cycles go through the lines, and one that does, short or not. */
function cyclesThrough({ cycles, lines, chain = [] }: ProposedEdit): readonly string[] {
  const these = lines.length === 1 ? 'this line' : 'these lines';
  const cycle = cycleWords(chain);
  const long = cycle === '' ? [] : [`the cycle ${cycle} goes through ${these}`];
  if (cycles === 0) return long;
  const short = `${counted(cycles, 'build dependency cycle')} of up to four sources ${cycles === 1 ? 'goes' : 'go'} through ${these}`;
  const isShort = chain.filter((step) => step.how === 'built-by').length <= 4;
  if (!isShort || cycle === '') return [short, ...long];
  const steps = shortCycleWords(chain);
  if (steps === '') return [`${short}, ${cycles === 1 ? '' : 'such as '}${cycle}`];
  return [`${short}${cycles === 1 ? '' : ', such as this one'}: ${steps}`];
}

/** @param change the same as a patch; without it the lines are told as builds ask for them */
export function proposalBug(p: Proposal, e: ProposedEdit, change?: LetterChange): string {
  const effects = [
    ...cyclesThrough(e),
    ...(e.together > 0
      ? [
          `with all other proposed changes made and this one not, ${number(e.together)} of ${counted(p.sources)} cannot be bootstrapped`,
        ]
      : []),
  ];
  const matters = effects.length === 0 ? '' : ` It matters: on ${visible(p.architecture)}, ${effects.join('; ')}.`;
  return bugLetter({
    source: e.source,
    version: e.version,
    lines: e.lines,
    why: `${purposes(e).join('; ')}.${matters}`,
    isGuess: e.lines.some((l) => !isTried(l) && !isUnused(l)),
    works: e.lines.filter(isTried),
    change,
  });
}
