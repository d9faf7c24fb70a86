/** Build dependencies of sources as control data, one stanza per source. */
import { entriesOf } from '../../by-name.ts';
import { visible } from '../../diagnostics.ts';
import type { ByName } from '../../model.ts';

interface Shown {
  readonly source: string;
  readonly fields: ByName<string>;
}

/** deb822 text; '' for no source. */
export const annotatedText = (sources: readonly Shown[]): string =>
  sources
    .map(({ source, fields }) =>
      [['Source', source] as const, ...entriesOf(fields)]
        .map(([name, value]) => `${name}: ${visible(value)}`.trimEnd())
        .join('\n'),
    )
    .join('\n\n');
