import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { exitCode } from '../errors.ts';
import type { ArchitectureVerification, WholeVerification } from '../reports/verification.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Hold what a run left behind against its journal.';
  static override description =
    `Every package of every archive, the rule that keeps the final archive clean, the provenance of each build, the image and
its bill of materials.

Exit code: 0, or 1 when something does not agree.`;

  static override examples = [
    { description: 'Is everything as it was built?', command: '<%= config.bin %> verify' },
    { description: 'What is wrong?', command: "<%= config.bin %> verify --json | jq '.problems[]'" },
  ];

  static override flags = { ...stateFlag };

  async run(): Promise<WholeVerification> {
    const { flags } = await this.parse(Verify);
    this.begin(flags);
    const { lookAt } = await import('../runner/run/inspect-state.ts');
    const { crossedArchitectures, crossedDirectory, stateDirectory } = await import(
      '../runner/journal/state-directory.ts'
    );
    const { verifyRun } = await import('../runner/verify/verification.ts');
    const { ledgerOf } = await import('../runner/archive/ledger.ts');
    const { formatVerification } = await import('../reports/verification.ts');
    const directory = stateDirectory(flags.state);
    const native = lookAt(directory);
    const ledger = ledgerOf(native.plan, native.state);
    const of = async (name: string): Promise<readonly ArchitectureVerification[]> => {
      const own = crossedDirectory(directory, name);
      const standstill = lookAt(own);
      // Nothing was begun for it, so there is nothing yet that could be wrong.
      if (standstill.state.status === 'none') return [];
      return [{ architecture: name, ...(await verifyRun(own, standstill, ledger)) }];
    };
    const verification = {
      architecture: native.plan.architecture,
      ...(await verifyRun(directory, native)),
      crossed: (await Promise.all(crossedArchitectures(directory).map(of))).flat(),
    };
    this.data(formatVerification(verification));
    if ([verification, ...verification.crossed].some(({ problems }) => problems.length > 0))
      this.exitWith(exitCode.bad);
    return verification;
  }
}
