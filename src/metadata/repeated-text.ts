/** Words that an index repeats a million times, each decoded once. */

const [newline, space, colon, del] = [10, 32, 58, 127];
const lower = (c: number): number => (c >= 65 && c <= 90 ? c + 32 : c);

/** One object per text, with a hash that the engine knows, so that `===` on two of them compares addresses. */
const internal = (text: string): string => Object.keys({ [text]: 0 })[0]!;

/** Strings by the bytes they come from. Texts of more than 100 bytes are decoded every time. */
class RepeatedText {
  protected readonly bytes: Buffer;
  private readonly known = new Map<number, string>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The ASCII text in [start, end), whose hash is `key`; in lower case when `fold`. */
  protected find(key: number, start: number, end: number, fold: boolean): string {
    const known = this.known.get(key);
    if (known !== undefined && this.isAt(known, start, end, fold)) return known;
    const text = this.bytes.toString('latin1', start, end);
    const made = fold ? text.toLowerCase() : text;
    if (known !== undefined || end - start > 100) return made;
    const kept = internal(made);
    this.known.set(key, kept);
    return kept;
  }

  private isAt(text: string, start: number, end: number, fold: boolean): boolean {
    if (text.length !== end - start) return false;
    for (let i = 0; i < text.length; i++) {
      const c = this.bytes[start + i]!;
      if ((fold ? lower(c) : c) !== text.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** Field names. `at` gives the lower-case name that starts there; `end` is then where it ends. */
export class FieldNames extends RepeatedText {
  end = 0;

  /**
   * The name up to, and without, the colon; shorter when a byte comes before that no name may have (deb822(5):
   * printable ASCII but space and colon).
   */
  at(start: number): string {
    const { bytes } = this;
    let key = 0;
    let i = start;
    for (; i < bytes.length; i++) {
      const c = bytes[i]!;
      if (c === colon || c === newline || c <= space || c >= del) break;
      key = (Math.imul(key, 31) + lower(c)) | 0;
    }
    this.end = i;
    return this.find(key, start, i, true);
  }
}

/** Values of fields that take few values: architectures, sections, priorities. */
export class FewValues extends RepeatedText {
  between(start: number, end: number): string {
    const { bytes } = this;
    let key = 0;
    for (let i = start; i < end; i++) {
      const c = bytes[i]!;
      if (c >= del) return bytes.toString('utf8', start, end);
      key = (Math.imul(key, 31) + c) | 0;
    }
    return this.find(key, start, end, false);
  }
}
