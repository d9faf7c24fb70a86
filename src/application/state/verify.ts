/** `verify`: what a run left behind is held against its journal, for each architecture. */
import type { ArchitectureVerification, WholeVerification } from '../../reports/run/verification.ts';
import { ledgerOf } from '../../runner/archive/ledger.ts';
import { crossedArchitectures, crossedDirectory, type StateDirectory } from '../../runner/journal/state-directory.ts';
import { lookAt } from '../../runner/run/inspect-state.ts';
import { verifyRun } from '../../runner/verify/verification.ts';

/** @throws EnvironmentError (66) when nothing has been run there */
export async function verifyAll(directory: StateDirectory): Promise<WholeVerification> {
  const native = lookAt(directory);
  const ledger = ledgerOf(native.plan, native.state);
  const of = async (name: string): Promise<readonly ArchitectureVerification[]> => {
    const own = crossedDirectory(directory, name);
    const standstill = lookAt(own);
    // Nothing was begun for it, so there is nothing yet that could be wrong.
    if (standstill.state.status === 'none') return [];
    return [{ architecture: name, ...(await verifyRun(own, standstill, ledger)) }];
  };
  return {
    architecture: native.plan.architecture,
    ...(await verifyRun(directory, native)),
    crossed: (await Promise.all(crossedArchitectures(directory).map(of))).flat(),
  };
}
