/** The promise behind --json: what comes out fits the schema that is shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { root } from './program.ts';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(root, `metadata/schema/${name}.schema.json`), 'utf8')) as { readonly $id: string };

/** Expects a value, or the JSON text of one, to fit `metadata/schema/<name>.schema.json`; returns it. */
export function fits<T = unknown>(value: unknown, name: string): T {
  const checked = typeof value === 'string' ? JSON.parse(value) : value;
  const ajv = new Ajv({ allErrors: true, discriminator: true });
  // An event tells of builds as the plan describes them.
  if (name !== 'plan') ajv.addSchema(schemaOf('plan'));
  expect(ajv.validate(schemaOf(name), checked), ajv.errorsText()).toBe(true);
  return checked as T;
}
