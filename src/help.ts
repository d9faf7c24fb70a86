/** Help as it reads best: paragraphs filled to the width of the terminal, the summary said once, no empty defaults. */
import { CommandHelp, Help } from '@oclif/core/help';

class CommandText extends CommandHelp {
  /** The summary stands above the usage already. A line break in a description is one of its source text. */
  protected override description(): string | undefined {
    const paragraphs = this.command.description?.split(/\n{2,}/).map((p) => p.replaceAll('\n', ' '));
    return paragraphs && this.wrap(paragraphs.join('\n\n'));
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

export class BootplanHelp extends Help {
  protected override CommandHelpClass = CommandText;
}
