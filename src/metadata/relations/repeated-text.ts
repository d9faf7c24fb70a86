/** Texts that an index repeats a million times: found by their bytes, so that each is decoded and parsed once. */

const [space, colon, del] = [32, 58, 127];

/** A string that the engine holds once, so that `===` on two of them compares addresses. */
const internal = (text: string): string => Object.keys({ [text]: 0 })[0]!;

/** Values by the bytes of a text: a hash table with open addressing that keeps a copy of every text. */
export class ByBytes<T> {
  private texts = Buffer.allocUnsafeSlow(1 << 12);
  /** Entry -> where its text starts; the next one's start is its end. */
  private starts = new Int32Array(1 << 8);
  private hashes = new Int32Array(1 << 8);
  /** Entry + 1, at the first free place from its hash on; 0 is free. Never more than half full. */
  private slots = new Int32Array(1 << 9);
  private readonly values: T[] = [];

  private hash(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    return hash;
  }

  private first(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }

  /** The value for the text in [start, end), if there is one. */
  get(bytes: Uint8Array, start: number, end: number): T | undefined {
    const { slots } = this;
    const hash = this.hash(bytes, start, end);
    for (let slot = this.first(hash); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const entry = slots[slot]! - 1;
      if (this.hashes[entry] === hash && this.isText(entry, bytes, start, end)) return this.values[entry];
    }
    return undefined;
  }

  private isText(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { texts } = this;
    const from = this.starts[entry]!;
    if (this.starts[entry + 1]! - from !== end - start) return false;
    for (let i = start; i < end; i++) if (texts[from + i - start] !== bytes[i]) return false;
    return true;
  }

  /** Adds a text that is not there yet. */
  add(bytes: Uint8Array, start: number, end: number, value: T): T {
    const entry = this.values.push(value) - 1;
    if (entry + 2 > this.starts.length) this.growEntries();
    const from = this.starts[entry]!;
    const used = from + end - start;
    if (used > this.texts.length) {
      const larger = Buffer.allocUnsafeSlow(2 * used);
      this.texts.copy(larger, 0, 0, from);
      this.texts = larger;
    }
    for (let i = start; i < end; i++) this.texts[from + i - start] = bytes[i]!;
    this.starts[entry + 1] = used;
    this.hashes[entry] = this.hash(bytes, start, end);
    this.place(entry);
    return value;
  }

  private place(entry: number): void {
    const { slots } = this;
    let slot = this.first(this.hashes[entry]!);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry + 1;
  }

  private growEntries(): void {
    const { starts, hashes } = this;
    this.starts = new Int32Array(2 * starts.length);
    this.starts.set(starts);
    this.hashes = new Int32Array(2 * hashes.length);
    this.hashes.set(hashes);
    this.slots = new Int32Array(4 * hashes.length);
    for (let entry = 0; entry < starts.length - 1; entry++) this.place(entry);
  }
}

/** Longer ones are names of nothing, and not worth keeping. */
const longest = 100;

const kept = new ByBytes<string>();

/** The text in [start, end); equal texts are one string, unless they are long or not ASCII. */
export function sharedText(bytes: Buffer, start: number, end: number): string {
  const known = kept.get(bytes, start, end);
  if (known !== undefined) return known;
  if (end - start > longest) return bytes.toString('utf8', start, end);
  for (let i = start; i < end; i++) if (bytes[i]! >= del) return bytes.toString('utf8', start, end);
  return kept.add(bytes, start, end, bytes.toString('latin1', start, end));
}

/**
 * Field names. `at` gives the lower-case name that starts there; `end` is then where it ends. An index writes its
 * fields in one order, so the name that came after the last one before is tried first, at the cost of one comparison.
 */
export class FieldNames {
  end = 0;
  private bytes: Buffer = Buffer.alloc(0);
  /** As written -> its entry. */
  private readonly known = new ByBytes<number>();
  private readonly written: Buffer[] = [];
  /** In lower case. */
  private readonly names: string[] = [];
  /** Name in lower case -> its number; entry -> the number of its name. */
  private readonly numberOf = new Map<string, number>();
  private readonly numbers: number[] = [];
  /** Entry -> the one that stood behind it last. */
  private readonly next: number[] = [];
  private last = 0;
  /** The number of the name, however it is written; -1 for one that is too long to be kept. */
  number = -1;

  /** What follows is in these bytes. */
  within(bytes: Buffer): void {
    this.bytes = bytes;
  }

  /**
   * The name up to, and without, the colon; shorter when a byte comes before that no name may have (deb822(5):
   * printable ASCII but space and colon).
   */
  at(start: number): string {
    const guess = this.next[this.last];
    if (guess === undefined || !this.isAt(guess, start)) return this.lookUp(start);
    return this.take(guess);
  }

  /** Whether just this name stands there, with a colon behind it. */
  private isAt(entry: number, start: number): boolean {
    const { bytes } = this;
    const written = this.written[entry]!;
    const end = start + written.length;
    if (bytes[end] !== colon) return false;
    for (let i = 0; i < written.length; i++) if (bytes[start + i] !== written[i]) return false;
    this.end = end;
    return true;
  }

  private lookUp(start: number): string {
    const { bytes, known } = this;
    let end = start;
    for (; end < bytes.length; end++) {
      const c = bytes[end]!;
      if (c === colon || c <= space || c >= del) break;
    }
    this.end = end;
    let entry = known.get(bytes, start, end);
    if (entry === undefined) {
      const made = internal(bytes.toString('latin1', start, end).toLowerCase());
      this.number = -1;
      if (end - start > longest) return made;
      entry = known.add(bytes, start, end, this.names.push(made) - 1);
      const number = this.numberOf.get(made) ?? entry;
      this.numberOf.set(made, number);
      this.numbers.push(number);
      this.written.push(Buffer.from(bytes.subarray(start, end)));
    }
    this.next[this.last] = entry;
    return this.take(entry);
  }

  private take(entry: number): string {
    this.last = entry;
    this.number = this.numbers[entry]!;
    return this.names[entry]!;
  }
}
