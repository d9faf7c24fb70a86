/**
 * Text of any length kept within a limit: its beginning and its end, with a line between them that says what is left
 * out.
 */

/** Collects pieces; holds the limit, and one piece more. */
export class BoundedText {
  private readonly half: number;
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  /** The last ones; those before `first` are gone already. */
  private tail: Buffer[] = [];
  private first = 0;
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
    while (this.tailBytes - this.tail[this.first]!.length >= this.half) this.forget();
  }

  /** The oldest piece: what comes after it is enough. */
  private forget(): void {
    const { length } = this.tail[this.first]!;
    this.tail[this.first++] = nothing;
    this.tailBytes -= length;
    this.omitted += length;
    // Not at every piece, or there would be much to move.
    if (this.first * 2 < this.tail.length) return;
    this.tail = this.tail.slice(this.first);
    this.first = 0;
  }

  /** Whether anything is left out. */
  get isCut(): boolean {
    return this.omitted > 0 || this.tailBytes > this.half;
  }

  /** As UTF-8; bytes that are none are replaced. */
  text(): string {
    const whole = Buffer.concat(this.tail.slice(this.first));
    const tail = whole.subarray(Math.max(0, whole.length - this.half));
    const omitted = this.omitted + whole.length - tail.length;
    const head = Buffer.concat(this.head);
    if (omitted === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n${leftOut(omitted)}\n${tail.toString('utf8')}`;
  }
}

const nothing = Buffer.alloc(0);

/** The line in the place of what is left out. */
export const leftOut = (bytes: number): string => `... ${bytes} bytes are left out here ...`;
