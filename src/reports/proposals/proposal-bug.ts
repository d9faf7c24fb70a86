/** The bug report about a proposed edit. */
import { visible } from '../../diagnostics.ts';
import type { Proposal, ProposedEdit } from '../../solver/propose/proposal.ts';
import { counted, number } from '../writing/count.ts';
import { askedNames, bugLetter, judgedByName, type LetterChange } from './bug-letter.ts';
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

/** How many short cycles go through the lines, and one that does, short or not. */
function cyclesThrough({ cycles, lines, chain = [] }: ProposedEdit): readonly string[] {
  const these = lines.length === 1 ? 'this line' : 'these lines';
  const cycle = cycleWords(chain);
  const long = cycle === '' ? [] : [`the cycle ${cycle} goes through ${these}`];
  if (cycles === 0) return long;
  const short = `${counted(cycles, 'build dependency cycle')} of up to four sources ${cycles === 1 ? 'goes' : 'go'} through ${these}`;
  const isShort = chain.filter((step) => step.how === 'built-by').length <= 4;
  return isShort && cycle !== '' ? [`${short}, ${cycles === 1 ? '' : 'such as '}${cycle}`] : [short, ...long];
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
