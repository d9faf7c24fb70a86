import { existsSync } from 'node:fs';
import * as Flags from '@oclif/core/flags';
import type { ProposeRequest } from '../application/proposals/propose.ts';
import type { LearnRequest } from '../application/proposals/propose-trial.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { trialFlags } from '../command-line/trial-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { Universe } from '../model.ts';
import { namesOf } from '../reports/formats/format.ts';
import { proposalFormats } from '../reports/formats/proposal-formats.ts';
import { type EditClass, editClasses, knownClasses } from '../solver/explain/edit-class.ts';
import type { Proposal } from '../solver/propose/proposal.ts';

export default class Propose extends AnalysingCommand {
  static override summary =
    'Which lines of which packages to change, and what to cross-build, so that everything can be bootstrapped.';
  static override description =
    `Looks for the fewest sources that have to come from outside, then for the fewest sources that have to drop an optional
feature, bindings, documentation or tests, then for the fewest lines; each number is proved. Build profiles that are declared
already count as declared. A source's own language, debhelper and build systems are never dropped. A table tells what more or less
boldness would cost. With --output DIR everything is written: the annotations with which \`plan\` needs nothing else, a
patch and a bug report per source, Markdown, JSON and a dd-list.

With --trial sources are built without the lines that are proposed, as \`bootplan trial\` does it, and the answer has what that
showed. Stopped, it goes on where it was when it is started again with the same files.

Exit code: 0 when everything can be bootstrapped and the answer is proved; 1 when something stays stuck all the same; 2 when not all
is proved.`;
  static override examples = [
    {
      description: 'For the essential packages of an archive',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --targets essential --output proposal/',
    },
    {
      description: 'Only documentation and tests, and nothing of gettext',
      command:
        '<%= config.bin %> <%= command.id %> --packages Packages.xz --sources Sources.xz --drop-classes tests --keep gettext',
    },
    {
      description: 'Ten of the sources tried before the answer is given, within two hours',
      command:
        '<%= config.bin %> <%= command.id %> --from-apt --targets essential --profiles nocheck --trial 5 --trial-builds 10 --evidence evidence.ndjson --time-limit 7200',
    },
  ];
  static override flags = {
    ...inputFlags,
    ...solveFlags,
    'drop-classes': Flags.string({
      options: ['none', ...editClasses.filter((c) => !knownClasses.has(c))],
      default: 'biarch',
      description: 'the boldest kind of line that may be dropped; the more plausible kinds are included',
    }),
    keep: Flags.string({
      multiple: true,
      helpValue: 'SOURCE|SOURCE:DEPENDENCY|:DEPENDENCY',
      description: 'what is never dropped',
      default: [],
    }),
    droppable: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'lists of droppable dependencies, as botch has them, beside what is guessed',
      default: [],
    }),
    prefer: Flags.string({
      multiple: true,
      helpValue: 'DEPENDENCY=CLASS',
      description: 'the class of a dependency, instead of what its name says',
      default: [],
    }),
    'classes-file': Flags.string({
      helpValue: 'FILE',
      description: 'classes of dependencies, a YAML mapping of class to names',
    }),
    evidence: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      description: 'what `bootplan trial` found out',
      default: [],
    }),
    'listed-only': Flags.boolean({ description: 'drop only what a list says, guess nothing' }),
    frontier: Flags.boolean({ default: true, allowNo: true, description: 'also tell what less boldness would cost' }),
    since: Flags.string({
      helpValue: 'FILE',
      description: 'an earlier answer, as --format json wrote it: tell what is done',
    }),
    format: Flags.string({
      options: namesOf(proposalFormats),
      default: 'text',
      description: 'how to print the answer',
    }),
    output: Flags.string({ helpValue: 'DIR', description: 'write everything into this directory' }),
    all: Flags.boolean({ description: 'every source, not only ten' }),
    trial: Flags.integer({
      min: 1,
      helpValue: 'N',
      description:
        'try the N most valuable sources, learn, solve again, until nothing is left to try; needs --evidence FILE',
      helpGroup: 'TRIAL',
    }),
    'trial-builds': Flags.integer({
      min: 1,
      default: 40,
      helpValue: 'N',
      description: 'sources tried at most, over all rounds',
      helpGroup: 'TRIAL',
    }),
    ...trialFlags,
  };

  async run(): Promise<Proposal> {
    const { flags } = await this.parse(Propose);
    this.begin(flags);
    const learned = flags.evidence.at(-1);
    if (flags.trial !== undefined) requireTrials(learned, flags.metadata);
    const { requirePlace } = await import('../application/output/outputs.ts');
    if (flags.output !== undefined) requirePlace(flags.output.replace(/\/+$/, ''));
    const { readKnowledge } = await import('../application/proposals/propose-knowledge.ts');
    const { earlierProposal } = await import('../application/proposals/earlier-proposal.ts');
    const knowledge = await readKnowledge(
      {
        droppable: flags.droppable,
        keep: flags.keep,
        prefer: flags.prefer,
        classesFile: flags['classes-file'],
        // The file that a trial begins is not there yet.
        evidence: flags.trial === undefined ? flags.evidence : flags.evidence.filter((file) => existsSync(file)),
        listedOnly: flags['listed-only'],
      },
      this.talk,
      this.remarks,
    );
    const since = flags.since === undefined ? undefined : await earlierProposal(flags.since);
    const asking = { ...requestOf(flags), declaredProfiles: true };
    const { withIndices } = await import('../application/project/plan-archive.ts');
    // What is tried is fetched: its sources need not be in apt's own lists.
    const request = flags.trial === undefined ? asking : await withIndices(asking);
    const universe = await this.universe(request);
    const { unmetWords } = await import('../application/proposals/unmet-words.ts');
    const preferred = flags.prefer.map((pair) => pair.split('=')[0]!);
    for (const line of unmetWords(universe, knowledge.keep, preferred)) this.talk(line);
    const { classesUpTo, propose } = await import('../application/proposals/propose.ts');
    const asked = {
      classes: classesUpTo(flags['drop-classes'] as EditClass | 'none'),
      knowledge,
      frontier: flags.frontier,
      timeLimitSeconds: flags['time-limit'],
    };
    const proposal =
      flags.trial === undefined || learned === undefined
        ? await propose(universe, asked)
        : await this.learn(universe, asked, {
            input: request,
            each: flags.trial,
            most: flags['trial-builds'],
            file: learned,
            files: flags.evidence,
            how: {
              state: flags.state,
              budget: flags.budget,
              timeoutSeconds: flags.timeout,
              cores: flags.cores,
            },
          });
    if (flags.output !== undefined) {
      const { writeProposal } = await import('../application/proposals/proposal-files.ts');
      await writeProposal(flags.output, proposal, request);
    }
    const report = { proposal, all: flags.all, ...(since !== undefined && { since }) };
    this.data(proposalFormats[flags.format as keyof typeof proposalFormats].text(report));
    const isProved = proposal.status === 'optimal';
    this.exitWith(proposal.plan.stuck.length > 0 ? exitCode.bad : isProved ? exitCode.good : exitCode.unproved);
    return proposal;
  }

  private async learn(universe: Universe, asked: ProposeRequest, order: LearnRequest): Promise<Proposal> {
    const { proposeByTrial } = await import('../application/proposals/propose-trial.ts');
    return proposeByTrial(universe, asked, order, this);
  }
}

/** What can be said before anything is read. */
function requireTrials(evidence: string | undefined, metadata: string | undefined): void {
  if (evidence === undefined) {
    const help = '--evidence FILE: what is learned is appended there, and read by the next one';
    throw new EnvironmentError('--trial has nowhere to write what it learns', exitCode.usage, help);
  }
  if (metadata !== undefined) {
    const help = 'give an archive: --packages and --sources, or --from-apt';
    throw new EnvironmentError('--trial builds Debian sources, and --metadata has recipes', exitCode.usage, help);
  }
}
