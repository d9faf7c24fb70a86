/** The JSON Schemas of `metadata/schema`, each compiled once when it is first asked for. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';

/** The text of `metadata/schema/NAME.schema.json`. */
export const schemaText = (name: string): string =>
  readFileSync(new URL(`../../../metadata/schema/${name}.schema.json`, import.meta.url), 'utf8');

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true, discriminator: true });

/**
 * Everything in a value that does not fit; nothing when it fits.
 * @param schema `NAME` for `metadata/schema/NAME.schema.json`, `NAME#/$defs/PART` for a part of it
 */
export function misfits(value: unknown, schema: string): readonly ErrorObject[] {
  const [name] = schema.split('#');
  if (ajv.getSchema(name!) === undefined) ajv.addSchema(JSON.parse(schemaText(name!)), name);
  const validate = ajv.getSchema(schema)!;
  return validate(value) ? [] : (validate.errors ?? []);
}
