/** The verdict on what a run left behind, as text. */
import { visible } from '../diagnostics.ts';
import type { Verification } from '../runner/archive/verification.ts';

export function formatVerification({ checked, problems, unsandboxed, differing }: Verification): string {
  const lines = problems.map((problem) => `WRONG: ${problem}`);
  if (unsandboxed.length > 0) lines.push(`built without a sandbox: ${unsandboxed.join(', ')}`);
  if (differing.length > 0) lines.push(`not reproducible: ${differing.join(', ')}`);
  const { archives, packages, statements, image, signatures } = checked;
  const parts = [`${packages} packages in ${archives} archives`, `${statements} statements of provenance`];
  if (signatures) parts.push('the signature of each archive');
  if (image) parts.push('the image and its bill of materials');
  lines.push(`${problems.length === 0 ? 'as built' : 'looked at'}: ${parts.join(', ')}`);
  return `${lines.map(visible).join('\n')}\n`;
}
