import { BaseCommand } from '../command-line/base-command.ts';
import { type Setting, setDefaults, settings } from '../command-line/defaults.ts';
import { visible } from '../diagnostics.ts';

/** `--json`: every setting with its value and its origin. */
export interface ConfigResult {
  readonly settings: readonly Setting[];
}

export default class ConfigCommand extends BaseCommand {
  static override summary = 'What options are when the command line does not give them, and who says so.';
  static override description =
    `Defaults of the analysing commands (check, cycles, explain, plan, progress, report, stuck, whatif): the command line
before the environment (BOOTPLAN_TARGETS), that before bootplan.yaml in the directory in which a command is started, that
before what is built in. Whoever names an input on the command line (--metadata, --packages, --from-apt, --graph) names all of
it: nothing about the input is taken from elsewhere then.`;
  static override examples = [
    { description: 'Here', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In another directory, for programs',
      command: '<%= config.bin %> <%= command.id %> -C archive --json',
    },
  ];

  async run(): Promise<ConfigResult> {
    const { flags } = await this.parse(ConfigCommand);
    this.begin(flags);
    const set = await setDefaults('.', process.env);
    const rows = settings.map(
      ({ name, builtIn }): Setting =>
        set.get(name) ?? { name, values: builtIn === '' ? [] : [builtIn], origin: 'built in' },
    );
    const shown = rows.map((r) => [r.name, visible(r.values.join(' ')) || '-', r.origin] as const);
    const [name, value] = [0, 1].map((i) => shown.reduce((widest, row) => Math.max(widest, row[i]!.length), 0));
    this.data(shown.map((row) => `${row[0].padEnd(name!)}  ${row[1].padEnd(value!)}  ${row[2]}`).join('\n'));
    return { settings: rows };
  }
}
