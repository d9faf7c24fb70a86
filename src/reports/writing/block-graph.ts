/** A graph of numbers in the terminal: block characters, or plain ASCII where those cannot be shown. */

const blocks = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ascii = [' ', '.', '.', ':', ':', '+', '+', '#', '#'];

/** As many values as columns: of several days in one column the last counts. */
function fitted<T>(values: readonly T[], width: number): readonly T[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, i) => values[Math.floor(((i + 1) * values.length) / width) - 1]!);
}

/**
 * One column per value, lowest row last. An `undefined` value leaves its column empty: a day without a measurement.
 *
 * @param range what the bottom and the top of the graph stand for
 */
export function blockGraph(
  values: readonly (number | undefined)[],
  options: {
    readonly width: number;
    readonly height: number;
    readonly range: readonly [number, number];
    readonly ascii: boolean;
  },
): readonly string[] {
  const { width, height, range, ascii: plain } = options;
  const [low, high] = range;
  const signs = plain ? ascii : blocks;
  const columns = fitted(values, width).map((v) => {
    if (v === undefined) return 0;
    const share = high === low ? 1 : (Math.min(high, Math.max(low, v)) - low) / (high - low);
    // The lowest value still shows: an empty column means that nothing was measured.
    return Math.max(1, Math.round(share * height * 8));
  });
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8;
    return columns.map((eighths) => signs[Math.min(8, Math.max(0, eighths - below))]).join('');
  });
}
