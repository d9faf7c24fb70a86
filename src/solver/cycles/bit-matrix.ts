/**
 * Adds up columns of bits: how many of the rows put in have each bit set. Rows are added in pairs like the digits of
 * binary numbers, all bits of a word side by side (carry-save adders), so a row costs five operations per word,
 * however many bits are set in it.
 */
export class BitColumns {
  private readonly words: number;
  /** Level k -> the bits that stand for 2^k, and a row of that level that waits for a second one. */
  private readonly sums: Int32Array[] = [];
  private readonly waiting: Int32Array[] = [];
  private readonly isWaiting: boolean[] = [];
  private readonly carry: Int32Array;

  constructor(words: number) {
    this.words = words;
    this.carry = new Int32Array(words);
  }

  /** Counts the row of bits at `rows[from ...]` as often as `weight` says. */
  add(rows: Int32Array, from: number, weight: number): void {
    for (let level = 0, left = weight; left > 0; level++, left = Math.floor(left / 2)) {
      if (left % 2 === 1) this.addAt(level, rows, from);
    }
  }

  private addAt(first: number, rows: Int32Array, from: number): void {
    const { words, carry } = this;
    let [row, at] = [rows, from];
    for (let level = first; ; level++) {
      while (this.sums.length <= level) {
        this.sums.push(new Int32Array(words));
        this.waiting.push(new Int32Array(words));
        this.isWaiting.push(false);
      }
      const [sum, waiting] = [this.sums[level]!, this.waiting[level]!];
      if (!this.isWaiting[level]) {
        for (let w = 0; w < words; w++) waiting[w] = row[at + w]!;
        this.isWaiting[level] = true;
        return;
      }
      this.isWaiting[level] = false;
      for (let w = 0; w < words; w++) {
        const [a, b, c] = [sum[w]!, waiting[w]!, row[at + w]!];
        const half = a ^ b;
        sum[w] = half ^ c;
        carry[w] = (a & b) | (half & c);
      }
      [row, at] = [carry, 0];
    }
  }

  /** How often a bit was set. */
  total(bit: number): number {
    const [word, place] = [bit >> 5, bit & 31];
    let total = 0;
    for (let level = 0; level < this.sums.length; level++) {
      const waiting = this.isWaiting[level] ? (this.waiting[level]![word]! >>> place) & 1 : 0;
      total += (((this.sums[level]![word]! >>> place) & 1) + waiting) * 2 ** level;
    }
    return total;
  }
}
