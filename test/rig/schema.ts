/** The promise behind --json: what comes out fits the schema that is shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { root } from './program.ts';

/** Expects a value, or the JSON text of one, to fit `metadata/schema/<name>.schema.json`; returns it. */
export function fits<T = unknown>(value: unknown, name: string): T {
  const schema = JSON.parse(readFileSync(join(root, `metadata/schema/${name}.schema.json`), 'utf8'));
  const checked = typeof value === 'string' ? JSON.parse(value) : value;
  const ajv = new Ajv({ allErrors: true, discriminator: true });
  expect(ajv.validate(schema, checked), ajv.errorsText()).toBe(true);
  return checked as T;
}
