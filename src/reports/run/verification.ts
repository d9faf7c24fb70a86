/** The verdict on what a run left behind, as text. */
import { visible } from '../../diagnostics.ts';
import type { Verification } from '../../runner/verify/verification.ts';
import { counted } from '../writing/count.ts';

/** The verdict on one architecture. */
export interface ArchitectureVerification extends Verification {
  readonly architecture: string;
}

/** The verification of a whole state directory. */
export interface WholeVerification extends ArchitectureVerification {
  /** The other architectures for which something was run there. */
  readonly crossed: readonly ArchitectureVerification[];
}

/** @param where said before every line; '' where there is one architecture */
function verificationLines(verification: Verification, where: string): readonly string[] {
  const { checked, problems, unsandboxed, adopted, differing, crossCompiled } = verification;
  const lines = problems.map((problem) => `WRONG: ${problem}`);
  if (unsandboxed.length > 0) lines.push(`built without a sandbox: ${unsandboxed.join(', ')}`);
  if (adopted.length > 0) lines.push(`built elsewhere, and adopted: ${adopted.join(', ')}`);
  if (differing.length > 0) lines.push(`not reproducible: ${differing.join(', ')}`);
  for (const by of new Set(crossCompiled.map((c) => c.by))) {
    const builds = crossCompiled.filter((c) => c.by === by).map(({ build }) => build);
    lines.push(`cross-compiled by ${by}: ${builds.join(', ')}`);
  }
  if (problems.length > 0)
    lines.push(
      'what to do: `bootplan run` rewrites archives, ledger, provenance and image; what is still named after that was made by no run: move it away',
    );
  const { archives, packages, statements, image, signatures } = checked;
  const parts = [
    `${counted(packages, 'package')} in ${counted(archives, 'archive')}`,
    `${counted(statements, 'statement')} of provenance`,
  ];
  if (signatures) parts.push('the signature of each archive');
  if (image) parts.push('the image and its bill of materials');
  lines.push(`${problems.length === 0 ? 'as built' : 'looked at'}: ${parts.join(', ')}`);
  return lines.map((line) => `${where}${line}`);
}

/** The verdict as text. */
export function formatVerification(verification: WholeVerification): string {
  const { crossed } = verification;
  const lines =
    crossed.length === 0
      ? verificationLines(verification, '')
      : [verification, ...crossed].flatMap((one) => verificationLines(one, `${one.architecture}: `));
  return `${lines.map(visible).join('\n')}\n`;
}
