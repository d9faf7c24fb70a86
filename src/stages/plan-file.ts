/** A plan read back from its file. */
import { readFileSync } from 'node:fs';
import { InputError } from '../errors.ts';
import type { Plan } from '../model.ts';
import { type PlanFile, planOf } from './plan-format.ts';

const lists = ['costs', 'names', 'variants', 'builds', 'runtime', 'wishes', 'stuck', 'unused', 'seed', 'sccs'] as const;

function isPlanFile(value: unknown): value is PlanFile {
  if (typeof value !== 'object' || value === null) return false;
  const file = value as PlanFile;
  if (file.format !== 1 || typeof file.architecture !== 'string') return false;
  if (!lists.every((name) => Array.isArray(file[name]))) return false;
  const isName = (n: unknown) => Number.isInteger(n) && typeof file.names[n as number] === 'string';
  return (
    file.variants.every((v) => typeof v?.source === 'string' && [...v.produces, ...v.installs].every(isName)) &&
    file.builds.every((b) => Array.isArray(b) && file.variants[b[0]] !== undefined) &&
    file.runtime.every((row) => Array.isArray(row) && row.every(isName))
  );
}

/** What `plan --json` prints is a plan as well, only longer. */
const isWholePlan = (value: unknown): value is Plan =>
  typeof value === 'object' &&
  value !== null &&
  (value as Plan).format === 1 &&
  ['costs', 'builds', 'wishes', 'stuck', 'unused', 'seed', 'sccs'].every((k) => Array.isArray((value as never)[k])) &&
  !Array.isArray((value as Plan).runtime) &&
  (value as Plan).builds.every((b, i) => typeof b?.id === 'string' && b.needs.every((n) => n >= 0 && n < i));

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
  if (isPlanFile(value)) return planOf(value);
  if (isWholePlan(value)) return value;
  const help = 'bootplan plan --output FILE writes one';
  throw new InputError([
    { code: 'BP450', severity: 'error', message: 'this is not a plan', origin: { file: path, line: 1 }, help },
  ]);
}
