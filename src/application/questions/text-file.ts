/** A whole file that a user names, as text. */
import { exitCode, InputError } from '../../errors.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { checkReadable } from '../../metadata/control/readable.ts';

/** Unpacked where it is packed. @throws InputError (66) when it is not there or not readable */
export async function readFileText(file: string): Promise<string> {
  await checkReadable([file]);
  const text = await readText(file);
  if (!text.ok) throw new InputError(text.diagnostics, exitCode.badInput);
  return text.value.bytes.toString('utf8');
}
