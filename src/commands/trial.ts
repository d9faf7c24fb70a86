import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { trialFlags } from '../command-line/trial-flags.ts';
import { exitCode } from '../errors.ts';
import { namesOf } from '../reports/formats/format.ts';
import { trialFormats } from '../reports/formats/trial-formats.ts';
import type { TrialAnswer } from '../runner/trial/trial.ts';
import { type EditClass, editClasses, knownClasses } from '../solver/explain/edit-class.ts';

const { metadata: _, targets: __, others: ___, ...archiveInput } = inputFlags;

export default class Trial extends AnalysingCommand {
  static override summary = 'Build sources without some of their build dependencies, and tell what that changes.';
  static override description =
    `Builds each source with the Debian builder with everything that it asks for, then without the lines that are proposed to
go, with the profile of the proposal active. Where that fails, or yields less of what others need, bisection finds which lines
have to stay. While the full build runs, the files that it opens are watched: a dependency of which nothing is opened is unused.

The lines are those of --drop, or those of a proposal (--proposal, as \`propose --format json\` wrote it), or all that \`propose\`
could propose. What came of a build is kept by content: a second trial builds nothing.

Exit code: 0 when every line that was tried is harmless; 1 when a line has to stay, is not known, or the full build fails.`;
  static override examples = [
    {
      description: 'What a proposal says of two sources, and what it says then',
      command:
        '<%= config.bin %> <%= command.id %> gettext groff --from-apt --proposal proposal/proposal.json --evidence evidence.ndjson',
    },
    {
      description: 'One line',
      command: '<%= config.bin %> <%= command.id %> libxcb --from-apt --drop xsltproc',
    },
  ];
  static override strict = false;
  static override args = { source: Args.string({ required: true, description: 'source packages' }) };
  static override flags = {
    ...archiveInput,
    ...trialFlags,
    drop: Flags.string({
      multiple: true,
      helpValue: 'DEPENDENCY|SOURCE:DEPENDENCY',
      description: 'build dependencies to do without',
      default: [],
    }),
    proposal: Flags.string({ helpValue: 'FILE', description: 'the lines that this answer of `propose` has' }),
    'drop-classes': Flags.string({
      options: editClasses.filter((c) => !knownClasses.has(c)),
      default: 'biarch',
      description: 'without --drop and --proposal: the boldest kind of line that is tried',
    }),
    evidence: Flags.string({ helpValue: 'FILE', description: 'append what is learned to this file, for `propose`' }),
    format: Flags.string({ options: namesOf(trialFormats), default: 'text', description: 'how to print the answer' }),
  };

  async run(): Promise<TrialAnswer> {
    const { flags, argv } = await this.parse(Trial);
    this.begin(flags);
    const { earlierProposal } = await import('../application/proposals/earlier-proposal.ts');
    const { noKnowledge } = await import('../solver/propose/edit-lines.ts');
    const { classesUpTo } = await import('../application/proposals/propose.ts');
    const { isBad, trial } = await import('../application/proposals/trial.ts');
    const request = requestOf({ ...flags, targets: undefined, others: undefined, metadata: undefined });
    const answer = await trial(
      {
        request,
        names: argv as string[],
        state: flags.state,
        drop: flags.drop,
        proposal: flags.proposal === undefined ? undefined : await earlierProposal(flags.proposal),
        classes: classesUpTo(flags['drop-classes'] as EditClass),
        knowledge: noKnowledge,
        budget: flags.budget,
        timeoutSeconds: flags.timeout,
        cores: flags.cores,
        evidenceFile: flags.evidence,
      },
      { talk: this.talk, remarks: this.remarks },
    );
    this.data(trialFormats[flags.format as keyof typeof trialFormats].text(answer));
    this.exitWith(isBad(answer) ? exitCode.bad : exitCode.good);
    return answer;
  }
}
