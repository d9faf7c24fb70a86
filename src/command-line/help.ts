/**
 * Help as it reads best: paragraphs filled to the width of the terminal, the summary said once, no empty defaults, what
 * is common last.
 */
import { CommandHelp, Help } from '@oclif/core/help';

/** Most texts hold no template: to compile each as one took a tenth of `--help`. */
const sparing =
  (render: (text: string) => string) =>
  (text: string): string =>
    text.includes('<%') ? render(text) : text;

class CommandText extends CommandHelp {
  constructor(...from: ConstructorParameters<typeof CommandHelp>) {
    super(...from);
    this.render = sparing(this.render);
  }

  /**
   * The summary, or the first line in its place, stands above the usage already. Other line breaks are of the source
   * text.
   */
  protected override description(): string | undefined {
    const { summary, description = '' } = this.command;
    const text = summary ? description : description.split('\n').slice(1).join('\n');
    if (text.trim() === '') return undefined;
    const paragraphs = text.split(/\n{2,}/).map((p) => p.replaceAll('\n', ' '));
    return this.wrap(paragraphs.join('\n\n'));
  }

  /** What a command has of its own comes first; what all have comes last, and together. */
  protected override groupFlags(
    ...[flags]: Parameters<CommandHelp['groupFlags']>
  ): ReturnType<CommandHelp['groupFlags']> {
    const { flagGroups, mainFlags } = super.groupFlags(flags);
    const { COMMON = [], GLOBAL = [], ...own } = flagGroups;
    const json = GLOBAL.map((flag) => ({ ...flag, description: 'print the result as JSON, an error too' }));
    return { mainFlags, flagGroups: { ...own, COMMON: [...COMMON, ...json] } };
  }

  /** A list without members is no default worth telling. */
  protected override flags(...[flags]: Parameters<CommandHelp['flags']>): ReturnType<CommandHelp['flags']> {
    return super.flags(
      flags.map((flag) =>
        flag.type === 'option' && Array.isArray(flag.default) && flag.default.length === 0
          ? { ...flag, default: undefined }
          : flag,
      ),
    );
  }
}

/** The framework's help, with these habits. */
export class BootplanHelp extends Help {
  protected override CommandHelpClass = CommandText;

  constructor(...from: ConstructorParameters<typeof Help>) {
    super(...from);
    this.render = sparing(this.render);
  }
}
