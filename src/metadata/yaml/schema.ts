/** The JSON Schemas of `metadata/schema`, each compiled once when it is first asked for. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

/** The text of `metadata/schema/NAME.schema.json`. */
export const schemaText = (name: string): string =>
  readFileSync(new URL(`../../../metadata/schema/${name}.schema.json`, import.meta.url), 'utf8');

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true, discriminator: true });

/** With the schemas that it speaks of. */
function add(name: string): void {
  if (ajv.schemas[name] !== undefined) return;
  const text = schemaText(name);
  ajv.addSchema(JSON.parse(text), name);
  for (const [, other] of text.matchAll(/"([a-z-]+)\.schema\.json#/g)) add(other!);
}

/**
 * Everything in a value that does not fit; nothing when it fits.
 * @param schema `NAME` for `metadata/schema/NAME.schema.json`, `NAME#/$defs/PART` for a part of it
 */
export function misfits(value: unknown, schema: string): readonly ErrorObject[] {
  const [name] = schema.split('#');
  add(name!);
  const validate = ajv.getSchema(schema)!;
  return validate(value) ? [] : (validate.errors ?? []);
}
