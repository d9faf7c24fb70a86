/** What a machine has and lacks, as text. */
export interface CheckRow {
  readonly name: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly found: string;
  readonly fix: string | undefined;
}

const verdict = (row: CheckRow): string => (row.ok ? 'ok' : row.required ? 'LACKS' : 'note');

/** One line for each thing looked at, and below it what mends it. */
export function doctorText(rows: readonly CheckRow[]): string {
  const width = Math.max(...rows.map((row) => row.name.length));
  const lines = rows.flatMap((row) => {
    const head = `${verdict(row).padEnd(5)}  ${row.name.padEnd(width)}  ${row.found}`;
    return row.ok || row.fix === undefined ? [head] : [head, `${' '.repeat(width + 9)}fix: ${row.fix}`];
  });
  const lacking = rows.filter((row) => !row.ok && row.required).length;
  const last = lacking === 0 ? 'This machine can build.' : `This machine cannot build yet: ${lacking} to fix.`;
  return [...lines, '', last].join('\n');
}
