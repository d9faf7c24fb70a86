import * as Args from '@oclif/core/args';
import { BaseCommand } from '../command-line/base-command.ts';
import { commandsOf } from '../command-line/command-list.ts';
import { completionFor, type Shell, shellNames } from '../reports/handbook/completion.ts';

/** `--json`: what the shell has to read. */
export interface CompletionResult {
  readonly shell: Shell;
  readonly script: string;
}

export default class Completion extends BaseCommand {
  static override summary = 'Completion of commands and options for bash, zsh or fish.';
  static override description =
    'Prints what the shell has to read, made from the commands themselves. Nothing is started while one types.';
  static override examples = [
    {
      description: 'For this bash',
      command: '<%= config.bin %> <%= command.id %> bash > bootplan.bash; . ./bootplan.bash',
    },
    {
      description: 'For every fish from now on',
      command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/bootplan.fish',
    },
  ];
  static override args = {
    shell: Args.string({
      required: true,
      ignoreStdin: true,
      options: [...shellNames],
      description: 'bash, zsh or fish',
    }),
  };

  async run(): Promise<CompletionResult> {
    const { args, flags } = await this.parse(Completion);
    this.begin(flags);
    const shell = args.shell as Shell;
    const script = completionFor(shell, commandsOf(this.config));
    this.data(script);
    return { shell, script };
  }
}
