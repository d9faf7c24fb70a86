/** The signatures of all sources that are to be built, each looked at once. */
import { basename } from 'node:path';
import { InputError } from '../../../../errors.ts';
import type { SignedSource, SourcesChecked } from '../../../../events/before-builds.ts';
import type { Diagnostic, FetchItem } from '../../../../model.ts';
import { byteOrder } from '../../../../order.ts';
import { signatureOf, sourceKeyrings } from '../../../fetch/source-signature.ts';

/**
 * @param items what the sources consist of, all of it there
 * @throws InputError (65) with every source whose signature is not of its content
 */
export async function signedSources(
  items: readonly FetchItem[],
  pathOf: (item: FetchItem) => string,
  keyrings: readonly string[] = sourceKeyrings(),
): Promise<SourcesChecked> {
  const sources = new Map<string, SignedSource>();
  const problems: Diagnostic[] = [];
  for (const item of items) {
    if (item.kind !== 'debian' || !item.name.endsWith('.dsc')) continue;
    const { source = '', version = '' } = item;
    const { signature, key } = await signatureOf(pathOf(item), keyrings);
    if (signature !== 'bad') {
      sources.set(`${source} ${version}`, { source, version, signature, key });
      continue;
    }
    const message = `${item.name} is not what key ${key} has signed`;
    const help =
      'fetch the source and its index again; when it stays so, somebody has changed it: ask who keeps the archive';
    problems.push({ code: 'BP527', severity: 'error', message, help });
  }
  if (problems.length > 0) throw new InputError(problems);
  const inOrder = [...sources].sort(([a], [b]) => byteOrder(a, b)).map(([, signed]) => signed);
  return { type: 'sources-checked', keyrings: keyrings.map((path) => basename(path)), sources: inOrder };
}
