/** What the seed of a run was, by the records that its preparation left in the state directory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteOrder } from '../order.ts';
import type { Seed } from './seed.ts';

export interface SeedUsed {
  readonly name: string;
  /** How many Debian packages it is. */
  readonly packages: number;
  /** Of all their names and digests. */
  readonly sha256: string;
}

export function seedsUsed(records: string): readonly SeedUsed[] {
  if (!existsSync(records)) return [];
  const files = readdirSync(records).filter((name) => name.endsWith('.json'));
  return files.sort(byteOrder).map((file) => {
    const seed = JSON.parse(readFileSync(join(records, file), 'utf8')) as Seed;
    return { name: seed.names.join(' + '), packages: seed.debs.length, sha256: seed.digest };
  });
}
