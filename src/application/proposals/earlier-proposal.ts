/** An earlier answer of `propose`, read back to tell what has been done since. */
import { EnvironmentError, exitCode, InputError } from '../../errors.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { checkReadable } from '../../metadata/control/readable.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';

/** @throws InputError when there is no such file; EnvironmentError (65) when it is no such answer */
export async function earlierProposal(file: string): Promise<Proposal> {
  await checkReadable([file]);
  const text = await readText(file);
  if (!text.ok) throw new InputError(text.diagnostics);
  let value: unknown;
  try {
    value = JSON.parse(text.value.bytes.toString('utf8'));
  } catch {
    value = undefined;
  }
  const [wrong] = misfits(value, 'propose');
  if (wrong !== undefined)
    throw new EnvironmentError(
      `${file} is no answer of bootplan propose`,
      exitCode.badInput,
      'give what --format json wrote',
    );
  return value as Proposal;
}
