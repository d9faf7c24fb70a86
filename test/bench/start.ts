/** How much CPU a command costs before it does anything. */
import { bootplanMeasured, type Row } from './measure.ts';

export const name = 'start';

export async function run(): Promise<readonly Row[]> {
  bootplanMeasured(['--help']); // the first start of a clone writes what later ones read
  return [['--help'], ['cycles', '--help'], ['--version']].map((args) => {
    // The best of five: the least disturbed by what else the machine does.
    const all = Array.from({ length: 5 }, () => bootplanMeasured(args));
    const best = all.sort((a, b) => a.user + a.system - b.user - b.system)[0]!;
    const { user, system, peak } = best;
    return { what: `bootplan ${args.join(' ')}`, user, system, peak, limit: { cpu: 0.15 }, note: 'best of 5' };
  });
}
