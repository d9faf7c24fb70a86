import { BaseCommand } from '../../command-line/base-command.ts';
import { stateFlag } from '../../command-line/state-flag.ts';
import type { CacheInfo } from '../../runner/cache/cache-care.ts';

export default class CacheInfoCommand extends BaseCommand {
  static override description = 'Say how much the cache holds.';

  static override examples = [
    { description: 'The cache of the run in this directory', command: '<%= config.bin %> cache info' },
    { description: 'Of another run, for a program', command: '<%= config.bin %> cache info --state /srv/run --json' },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<CacheInfo> {
    const { flags } = await this.parse(CacheInfoCommand);
    this.begin(flags);
    const { contentsOfCache } = await import('../../application/state/cache.ts');
    const info = contentsOfCache(flags.state);
    this.data(`${info.actions} results, ${info.contents} contents, ${info.bytes} bytes`);
    return info;
  }
}
