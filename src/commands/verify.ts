import { exitCode } from '../errors.ts';
import type { Verification } from '../runner/archive/verification.ts';
import { stateFlag } from './base.state.ts';
import { BaseCommand } from './base.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Hold what a run left behind against its journal.';
  static override description =
    `Every package of every archive, the rule that keeps the final archive clean, the provenance of each build, the image and
its bill of materials.

Exit code: 0, or 1 when something does not agree.`;

  static override examples = [
    { description: 'is everything as it was built?', command: '<%= config.bin %> verify' },
    { description: 'what is wrong?', command: "<%= config.bin %> verify --json | jq '.problems[]'" },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<Verification> {
    const { flags } = await this.parse(Verify);
    this.begin(flags);
    const { lookAt } = await import('../runner/run/standstill.ts');
    const { stateDirectory } = await import('../runner/state-directory.ts');
    const { verifyRun } = await import('../runner/archive/verification.ts');
    const { formatVerification } = await import('../reports/verification.ts');
    const directory = stateDirectory(flags.state);
    const verification = await verifyRun(directory, lookAt(directory));
    this.data(formatVerification(verification));
    if (verification.problems.length > 0) this.exitWith(exitCode.bad);
    return verification;
  }
}
