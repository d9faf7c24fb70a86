/** Build dependencies of sources as control data, one stanza per source. */
import { visible } from '../diagnostics.ts';

interface Shown {
  readonly source: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** deb822 text; '' for no source. */
export const annotatedText = (sources: readonly Shown[]): string =>
  sources
    .map(({ source, fields }) =>
      [['Source', source] as const, ...Object.entries(fields)]
        .map(([name, value]) => `${name}: ${visible(value)}`.trimEnd())
        .join('\n'),
    )
    .join('\n\n');
