/** Text of any length kept within a limit: its beginning and its end, with a line between them that says what is left out. */

/** Collects pieces; never holds more than about one and a half times the limit. */
export class BoundedText {
  private readonly half: number;
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private tail: Buffer[] = [];
  private tailBytes = 0;
  private omitted = 0;

  /** @param limit bytes that are kept */
  constructor(limit: number) {
    this.half = Math.floor(limit / 2);
  }

  /** The piece must not be changed afterwards. */
  add(piece: Buffer): void {
    const taken = Math.min(piece.length, this.half - this.headBytes);
    if (taken > 0) this.head.push(piece.subarray(0, taken));
    this.headBytes += taken;
    if (taken === piece.length) return;
    this.tail.push(piece.subarray(taken));
    this.tailBytes += piece.length - taken;
    if (this.tailBytes >= 2 * this.half) this.shorten();
  }

  private shorten(): void {
    const all = Buffer.concat(this.tail);
    const over = Math.max(0, all.length - this.half);
    this.omitted += over;
    // A copy: the rest of a large piece must not stay in memory for its end.
    this.tail = [Buffer.from(all.subarray(over))];
    this.tailBytes = all.length - over;
  }

  /** Whether anything is left out. */
  get isCut(): boolean {
    return this.omitted > 0 || this.tailBytes > this.half;
  }

  /** As UTF-8; bytes that are none are replaced. */
  text(): string {
    if (this.isCut) this.shorten();
    const [head, tail] = [Buffer.concat(this.head), Buffer.concat(this.tail)];
    if (this.omitted === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n${leftOut(this.omitted)}\n${tail.toString('utf8')}`;
  }
}

/** The line in the place of what is left out. */
export const leftOut = (bytes: number): string => `... ${bytes} bytes are left out here ...`;
