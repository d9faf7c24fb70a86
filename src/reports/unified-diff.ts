/** Two texts as a unified diff, as patch(1) and git-apply(1) read it. */

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** A shortest edit script by longest common subsequence; common ends are cut off first. O(n m) in what differs. */
function script(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const width = y.length + 1;
  const longest = new Int32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] = x[i] === y[j] ? longest[at + width + 1]! + 1 : Math.max(longest[at + width]!, longest[at + 1]!);
    }
  }
  const lines: Line[] = a.slice(0, head).map((text) => ({ mark: ' ', text }));
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      lines.push({ mark: ' ', text: x[i]! });
      i++;
      j++;
    } else if (i < x.length && (j === y.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!))
      lines.push({ mark: '-', text: x[i++]! });
    else lines.push({ mark: '+', text: y[j++]! });
  }
  return [...lines, ...a.slice(a.length - tail).map((text): Line => ({ mark: ' ', text }))];
}

const context = 3;

/** '' when the texts are equal. `path` is written after a/ and b/. */
export function unifiedDiff(before: string, after: string, path: string): string {
  if (before === after) return '';
  const split = (text: string) => text.split(/(?<=\n)/);
  const lines = script(split(before), split(after));
  const changed = lines.flatMap((l, i) => (l.mark === ' ' ? [] : [i]));
  const name = path.replace(/^\/+/, '');
  let result = `--- a/${name}\n+++ b/${name}\n`;
  for (let k = 0; k < changed.length; ) {
    const from = Math.max(0, changed[k]! - context);
    let last = changed[k]!;
    while (k < changed.length && changed[k]! <= last + 2 * context) last = changed[k++]!;
    const hunk = lines.slice(from, last + context + 1);
    const earlier = (mark: '-' | '+') => lines.slice(0, from).filter((l) => l.mark === ' ' || l.mark === mark).length;
    const range = (mark: '-' | '+') => {
      const length = hunk.filter((l) => l.mark === ' ' || l.mark === mark).length;
      return `${earlier(mark) + (length > 0 ? 1 : 0)},${length}`;
    };
    result += `@@ -${range('-')} +${range('+')} @@\n`;
    for (const { mark, text } of hunk)
      result += text.endsWith('\n') ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`;
  }
  return result;
}
