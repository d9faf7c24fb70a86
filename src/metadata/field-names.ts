/** Field names in control data, each decoded once: indices repeat some twenty names a million times. */

const colon = 58;
const newline = 10;

/** Reads names from one text. `at` gives the lower-case name that starts there; `end` is then where it ends. */
export class FieldNames {
  private readonly bytes: Buffer;
  private readonly known = new Map<number, string>();
  end = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /**
   * The name up to, and without, the colon. `end` stops before that at the first byte that no name may have
   * (deb822(5): printable ASCII but space and colon).
   */
  at(start: number): string {
    const { bytes } = this;
    let key = 0;
    let i = start;
    for (; i < bytes.length; i++) {
      const c = bytes[i]!;
      if (c === colon || c === newline || c <= 32 || c >= 127) break;
      key = (Math.imul(key, 31) + (c >= 65 && c <= 90 ? c + 32 : c)) | 0;
    }
    this.end = i;
    const known = this.known.get(key);
    if (known !== undefined && this.isAt(known, start)) return known;
    const name = bytes.toString('latin1', start, i).toLowerCase();
    if (known === undefined && name.length < 100) this.known.set(key, name);
    return name;
  }

  private isAt(name: string, start: number): boolean {
    if (name.length !== this.end - start) return false;
    for (let i = 0; i < name.length; i++) {
      const c = this.bytes[start + i]!;
      if ((c >= 65 && c <= 90 ? c + 32 : c) !== name.charCodeAt(i)) return false;
    }
    return true;
  }
}
