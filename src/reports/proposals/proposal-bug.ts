/** The bug report about a proposed edit. */
import { visible } from '../../diagnostics.ts';
import type { Proposal, ProposedEdit } from '../../solver/propose/proposal.ts';
import { counted, number } from '../writing/count.ts';
import { askedNames, bugLetter, judgedByName, type LetterChange } from './bug-letter.ts';
import { classWords } from './proposal-text.ts';

const isTried = ({ kind }: ProposedEdit['lines'][number]): boolean => kind === 'tried';
const isUnused = ({ kind }: ProposedEdit['lines'][number]): boolean => kind === 'unused';

/** What the lines are for, or what a trial has shown of them. */
function purposes({ lines }: ProposedEdit): readonly string[] {
  const guessed = lines.filter((l) => !isTried(l) && !isUnused(l));
  const [tried, unused] = [lines.filter(isTried), lines.filter(isUnused)];
  const kinds = guessed.map((l) => classWords[l.kind]);
  return [
    ...(guessed.length > 0 ? [judgedByName(guessed, kinds)] : []),
    ...(tried.length > 0
      ? [`a trial has built it without ${askedNames(tried)}, and other packages miss nothing of what that built`]
      : []),
    ...(unused.length > 0 ? [`a full build opened no file of ${askedNames(unused)}`] : []),
  ];
}

/** @param change the same as a patch; without it the lines are told as builds ask for them */
export function proposalBug(p: Proposal, e: ProposedEdit, change?: LetterChange): string {
  const effects = [
    ...(e.cycles > 0
      ? [
          `${counted(e.cycles, 'build dependency cycle')} of up to four sources ${e.cycles === 1 ? 'goes' : 'go'} through ${e.lines.length === 1 ? 'this line' : 'these lines'}`,
        ]
      : []),
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
