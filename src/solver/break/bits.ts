/** A set of small whole numbers, one bit each. */
export class Bits {
  private readonly words: Uint32Array;

  /** @param size one more than the highest number it can hold; or the words of another one */
  constructor(size: number | Uint32Array) {
    this.words = typeof size === 'number' ? new Uint32Array((size + 31) >> 5) : size;
  }

  has(i: number): boolean {
    return ((this.words[i >> 5]! >>> (i & 31)) & 1) === 1;
  }

  add(i: number): void {
    this.words[i >> 5]! |= 1 << (i & 31);
  }

  delete(i: number): void {
    this.words[i >> 5]! &= ~(1 << (i & 31));
  }

  copy(): Bits {
    return new Bits(this.words.slice());
  }

  /** Adds all members of another set of the same size. */
  join(other: Bits): void {
    for (let w = 0; w < this.words.length; w++) this.words[w]! |= other.words[w]!;
  }

  /** Its lowest member that another set lacks, or -1. */
  firstOutside(other: Bits): number {
    for (let w = 0; w < this.words.length; w++) {
      const rest = this.words[w]! & ~other.words[w]!;
      if (rest !== 0) return w * 32 + 31 - Math.clz32(rest & -rest);
    }
    return -1;
  }

  isIn(other: Bits): boolean {
    return this.firstOutside(other) < 0;
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let w = 0; w < this.words.length; w++) {
      for (let rest = this.words[w]!; rest !== 0; rest &= rest - 1) yield w * 32 + 31 - Math.clz32(rest & -rest);
    }
  }
}
