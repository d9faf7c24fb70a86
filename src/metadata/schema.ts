/** The JSON Schemas of `metadata/schema`, each compiled once when it is first asked for. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

const validators = new Map<string, ValidateFunction>();

/** Everything in a value that does not fit `metadata/schema/<schema>.schema.json`; nothing when it fits. */
export function misfits(value: unknown, schema: string): readonly ErrorObject[] {
  let validate = validators.get(schema);
  if (validate === undefined) {
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true });
    const text = readFileSync(new URL(`../../metadata/schema/${schema}.schema.json`, import.meta.url), 'utf8');
    validate = ajv.compile(JSON.parse(text));
    validators.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}
