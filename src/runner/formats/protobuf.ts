/** The part of the protocol buffer wire format that action results need: varints, byte strings, nested messages. */

/** Field number -> its values in order: numbers for varints, bytes for everything with a length. */
export type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}

/** A number; left out when 0, as proto3 does. Non-negative integers only. */
export const numberField = (field: number, value: number): Buffer =>
  value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(field * 8), varint(value)]);

export function bytesField(field: number, content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** @throws RangeError when the bytes are not a message. */
export function readFields(message: Uint8Array): Fields {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const number = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined || scale > 2 ** 49) throw new RangeError('a number is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = number();
    const value = number();
    const values = fields.get(Math.floor(key / 8)) ?? [];
    fields.set(Math.floor(key / 8), values);
    if (key % 8 === 0) values.push(value);
    else if (key % 8 === 2 && at + value <= message.length) {
      values.push(message.subarray(at, at + value));
      at += value;
    } else throw new RangeError('a field is cut off or of a kind not used here');
  }
  return fields;
}

export const texts = (fields: Fields, field: number): string[] =>
  (fields.get(field) ?? []).map((value) => (typeof value === 'number' ? '' : Buffer.from(value).toString()));

export const messages = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((value) => (typeof value === 'number' ? new Map() : readFields(value)));

export const numberOf = (fields: Fields | undefined, field: number): number => {
  const value = fields?.get(field)?.at(-1);
  return typeof value === 'number' ? value : 0;
};
