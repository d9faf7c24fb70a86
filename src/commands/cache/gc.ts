import * as Flags from '@oclif/core/flags';
import { sizeOf } from '../../application/run/resource-limits.ts';
import { BaseCommand } from '../../command-line/base-command.ts';
import { stateFlag } from '../../command-line/state-flag.ts';
import type { Collected } from '../../runner/cache/cache-care.ts';

export default class CacheGc extends BaseCommand {
  static override summary = 'Remove what has not been used for longest until the rest fits.';
  static override description = 'What the run of this state directory has built stays in any case.';

  static override examples = [
    { description: 'Keep at most two gigabytes', command: '<%= config.bin %> cache gc --keep 2G' },
    { description: 'Keep only what this run needs', command: '<%= config.bin %> cache gc --keep 0' },
  ];

  static override flags = {
    ...stateFlag,
    keep: Flags.string({ required: true, helpValue: 'SIZE', description: 'bytes, or with K, M, G, T' }),
  };

  async run(): Promise<Collected> {
    const { flags } = await this.parse(CacheGc);
    this.begin(flags);
    const keep = sizeOf('--keep', flags.keep);
    const { shrinkCache } = await import('../../application/state/cache.ts');
    const collected = await shrinkCache(flags.state, keep);
    const { before, after, removedActions } = collected;
    this.data(`${removedActions} results removed; ${before.bytes} bytes before, ${after.bytes} now`);
    return collected;
  }
}
