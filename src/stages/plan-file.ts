/** A plan read back from its file. */
import { readFileSync } from 'node:fs';
import { InputError } from '../errors.ts';
import type { Plan } from '../model.ts';

const lists = ['costs', 'builds', 'wishes', 'stuck', 'unused', 'seed', 'sccs'] as const;

const isPlan = (value: unknown): value is Plan =>
  typeof value === 'object' &&
  value !== null &&
  (value as Plan).format === 1 &&
  typeof (value as Plan).architecture === 'string' &&
  typeof (value as Plan).runtime === 'object' &&
  lists.every((name) => Array.isArray((value as Plan)[name])) &&
  (value as Plan).builds.every(
    (b, i) =>
      typeof b?.id === 'string' &&
      Array.isArray(b.needs) &&
      b.needs.every((n) => Number.isInteger(n) && n < i && n >= 0),
  );

/**
 * Checks what everything that reads a plan relies on, no more.
 *
 * @throws InputError when the file is no plan; the error of the file system when it cannot be read
 */
export function readPlan(path: string): Plan {
  const text = readFileSync(path, 'utf8');
  const value = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  })();
  if (isPlan(value)) return value;
  const help = 'bootplan plan --output FILE writes one';
  throw new InputError([
    { code: 'BP450', severity: 'error', message: 'this is not a plan', origin: { file: path, line: 1 }, help },
  ]);
}
