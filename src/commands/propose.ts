import { existsSync } from 'node:fs';
import * as Flags from '@oclif/core/flags';
import type { ProposeRequest } from '../application/proposals/propose.ts';
import { AnalysingCommand } from '../command-line/analysing-command.ts';
import { inputFlags, requestOf } from '../command-line/input-flags.ts';
import { solveFlags } from '../command-line/solve-flags.ts';
import { EnvironmentError, exitCode } from '../errors.ts';
import type { InputRequest } from '../metadata/universe/read.ts';
import type { Universe } from '../model.ts';
import { namesOf } from '../reports/formats/format.ts';
import { proposalFormats } from '../reports/formats/proposal-formats.ts';
import { type EditClass, editClasses, knownClasses } from '../solver/propose/edit-class.ts';
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
    trial: Flags.integer({
      min: 1,
      helpValue: 'N',
      description:
        'try the N most valuable sources, learn, solve again, until nothing is left to try; needs --evidence FILE',
    }),
    'trial-builds': Flags.integer({
      min: 1,
      default: 40,
      helpValue: 'N',
      description: 'with --trial: sources tried at most, over all rounds',
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
  };

  async run(): Promise<Proposal> {
    const { flags } = await this.parse(Propose);
    this.begin(flags);
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
    );
    const since = flags.since === undefined ? undefined : await earlierProposal(flags.since);
    const request = { ...requestOf(flags), declaredProfiles: true };
    const universe = await this.universe(request);
    const { classesUpTo, propose } = await import('../application/proposals/propose.ts');
    const asked = {
      classes: classesUpTo(flags['drop-classes'] as EditClass | 'none'),
      knowledge,
      frontier: flags.frontier,
      timeLimitSeconds: flags['time-limit'],
    };
    const proposal =
      flags.trial === undefined
        ? await propose(universe, asked)
        : await this.learn(universe, request, asked, flags.trial, flags['trial-builds'], flags.evidence);
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
  private async learn(
    universe: Universe,
    input: InputRequest,
    asked: ProposeRequest,
    each: number,
    most: number,
    evidence: readonly string[],
  ): Promise<Proposal> {
    const file = evidence.at(-1);
    if (file === undefined) {
      const help = '--evidence FILE: what is learned is appended there, and read by the next one';
      throw new EnvironmentError('--trial has nowhere to write what it learns', exitCode.usage, help);
    }
    const { proposeByTrial } = await import('../application/proposals/propose-trial.ts');
    const answer = await proposeByTrial(universe, asked, { input, each, most, file, files: evidence }, this);
    return answer;
  }
}
