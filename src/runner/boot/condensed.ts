/**
 * A console as the table is compared with it: as many lines, but no line that is junk and none for the hundredth time.
 */

/** What is longer than any message is looked at by its two ends: patterns may take the square of a line's length. */
const head = 160;
const tail = 240;
const shortened = (line: string): string =>
  line.length <= head + tail ? line : `${line.slice(0, head)} ... ${line.slice(-tail)}`;

/** So often a line may be said, whatever numbers are in it; the end of a console is kept as it is. */
const often = 64;
const end = 64;
/** Different lines that are counted. */
const most = 100_000;

/**
 * Line n stays line n: what is left out becomes an empty line. What a line says the first times is what counts, so
 * nothing that explains the console is lost. Linear in the length of the text.
 */
export function condensed(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= often + end) return lines.map(shortened).join('\n');
  const said = new Map<string, number>();
  return lines
    .map((line, i) => {
      const key = shortened(line).replace(/\d+/g, '0');
      const times = (said.get(key) ?? 0) + 1;
      if (said.has(key) || said.size < most) said.set(key, times);
      return times > often && i < lines.length - end ? '' : shortened(line);
    })
    .join('\n');
}
