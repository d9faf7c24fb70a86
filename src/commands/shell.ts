import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { ProjectCommand, projectFlags } from '../command-line/project-command.ts';
import { exitCode } from '../errors.ts';
import type { ShellEnded } from '../runner/builders/recipe-shell.ts';

export default class Shell extends ProjectCommand {
  static override summary = 'Open a shell in the sandbox of a build, at the step that failed.';
  static override description =
    'The same root, variables and directories, with the steps before it done. What is done there leaves no trace.';

  static override examples = [
    { description: 'Look around where dash failed', command: '<%= config.bin %> shell dash' },
    {
      description: 'What does the compiler of that build say?',
      command: "<%= config.bin %> shell 'dash<stage1>' --step build --command 'gcc --version'",
    },
  ];

  static override args = {
    build: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'a build of the plan, or a source: its first build not done',
    }),
  };

  static override flags = {
    ...BaseCommand.baseFlags,
    ...projectFlags,
    step: Flags.string({ helpValue: 'NAME', description: 'the step to stop before; by default the one that failed' }),
    command: Flags.string({ char: 'c', helpValue: 'COMMAND', description: 'run this there instead of a shell' }),
  };

  async run(): Promise<ShellEnded> {
    const { args, flags } = await this.parse(Shell);
    this.begin(flags);
    const { architectureOfShell, shellIn } = await import('../application/run/shell.ts');
    const asked = architectureOfShell(flags.state, args.build);
    const all = await this.prepareAll(await this.asLastRun(flags), asked.architectures, asked.withMachines);
    const { step, command } = flags;
    const ended = await shellIn(all, args.build, { step, command, say: (line) => this.talk(line) });
    this.data(ended.log);
    this.exitWith(ended.exitCode === 0 ? exitCode.good : exitCode.bad);
    return ended;
  }
}
