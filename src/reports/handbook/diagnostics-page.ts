/** docs/diagnostics.md: every code with its meaning, cause and remedy. */
import { entriesOf } from '../../by-name.ts';
import type { CodeEntry } from '../../diagnostic-codes/code-entry.ts';
import type { ByName } from '../../model.ts';
import { byteOrder } from '../../order.ts';

const section = ([code, { severity, title, cause, remedy }]: readonly [string, CodeEntry]): string =>
  `### ${code}: ${title}\n\n${severity}. ${cause}\n\n*Remedy:* ${remedy}\n`;

/** @param codes code -> what is known of it */
export function diagnosticsPage(codes: ByName<CodeEntry>): string {
  const sections = entriesOf(codes)
    .sort(([a], [b]) => byteOrder(a, b))
    .map(section);
  return `# Diagnostics

Each problem that bootplan finds in what it reads has a code: in the text \`error[BP110]\`, in \`--json\` the member \`code\`. The message says what is wrong
at which place; this page says what the code means in general. Errors stop a command with exit code 65, missing files with 66; warnings and notes
do not. The page is made from \`src/diagnostic-codes\`.

${sections.join('\n')}`;
}
