/** An earlier answer of `propose`, read back to tell what has been done since. */
import { InputError } from '../../errors.ts';
import { readText } from '../../metadata/control/compressed.ts';
import { checkReadable } from '../../metadata/control/readable.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import { checkShape, parseYaml } from '../../metadata/yaml/yaml.ts';
import type { Diagnostic } from '../../model.ts';
import type { Proposal } from '../../solver/propose/proposal.ts';

const help = 'give what bootplan propose --format json wrote';

/** @throws InputError when there is no such file, and with everything that is wrong in one that is no such answer */
export async function earlierProposal(file: string): Promise<Proposal> {
  await checkReadable([file]);
  const text = await readText(file);
  if (!text.ok) throw new InputError(text.diagnostics);
  const content = text.value.bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new InputError([noAnswer(file)]);
  }
  if (misfits(value, 'propose').length === 0) return value as Proposal;
  // JSON is YAML, and the reader of YAML knows where things stand; it is slow, and needed only for what is wrong.
  const { yaml, problems } = parseYaml(file, content);
  const wrong = problems.length > 0 ? problems : checkShape(yaml, 'propose');
  throw new InputError([noAnswer(file), ...wrong.map((d) => ({ ...d, help }))]);
}

const noAnswer = (file: string): Diagnostic => ({
  code: 'BP450',
  severity: 'error',
  message: 'this is no answer of bootplan propose',
  origin: { file, line: 1 },
  help,
});
