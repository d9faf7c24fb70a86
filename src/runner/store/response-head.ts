/**
 * The head of an answer by HTTP, as far as one is looked for that needs no library: a whole content of a known length.
 */

/** What the bytes received so far say. */
export type ResponseHead =
  /** Its body begins `at` so many bytes, and is `length` long. */
  | { readonly at: number; readonly length: number }
  /** It does not end yet. */
  | 'more'
  /** Another status, another coding, or a head that can be read in two ways. */
  | 'other';

/** A head that is longer is none. */
const longest = 32 << 10;

const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\u0080-\u00ff]*?)[ \t]*$/;

/** Strict where readers disagree (RFC 9112): one Content-Length of digits alone, no other coding, no folded lines. */
export function readHead(bytes: Buffer): ResponseHead {
  const end = bytes.subarray(0, longest).indexOf('\r\n\r\n');
  if (end < 0) return bytes.length < longest ? 'more' : 'other';
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  if (!/^HTTP\/1\.1 200( |$)/.test(first)) return 'other';
  const lengths: string[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = field.exec(line) ?? [];
    if (name === '' || /^(transfer-encoding|content-encoding|content-range)$/i.test(name)) return 'other';
    if (/^content-length$/i.test(name)) lengths.push(value);
  }
  const [length] = lengths;
  if (length === undefined || lengths.length > 1 || !/^\d{1,15}$/.test(length)) return 'other';
  return { at: end + 4, length: Number(length) };
}
