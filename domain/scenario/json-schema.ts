/**
 * The JSON Schema of a scenario, made from the zod schema: what `fencelab schema scenario` prints, what an editor
 * completes from, and where the error messages take "what would have been right here" from.
 */
import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** A JSON Schema, as far as this project looks into one. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** What may be written by hand. 64-bit whole numbers are allowed: the reader of YAML and JSON keeps them exact. */
export function scenarioJsonSchema(): JsonSchema {
  return z.toJSONSchema(scenarioSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') {
        Object.assign(jsonSchema, { type: 'integer', minimum: 0, maximum: 2 ** 64 });
      }
    },
  }) as JsonSchema;
}

/** Follows a reference and opens unions: the plain schemas that a value may satisfy. */
function alternatives(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const name = schema.$ref?.replace('#/$defs/', '');
  if (name !== undefined) {
    const target = root.$defs?.[name];
    return target === undefined
      ? []
      : target.description === undefined
        ? alternatives(target, root)
        : [target];
  }
  if (schema.description !== undefined || schema.anyOf === undefined) return [schema];
  return schema.anyOf.flatMap((part) => alternatives(part, root));
}

/** The schemas that a value at `path` may satisfy; none where the schema has no such place. */
export function schemasAt(path: readonly (string | number)[], root: JsonSchema): JsonSchema[] {
  let here = alternatives(root, root);
  for (const part of path) {
    const next: JsonSchema[] = [];
    for (const { properties, additionalProperties, items } of here) {
      const found =
        typeof part === 'number'
          ? items
          : properties !== undefined && Object.hasOwn(properties, part)
            ? properties[part]
            : additionalProperties;
      if (typeof found === 'object') next.push(...alternatives(found, root));
    }
    here = next;
  }
  return here;
}

/** The keys that an object at `path` may have. */
export function keysAt(path: readonly (string | number)[], root: JsonSchema): string[] {
  return [...new Set(schemasAt(path, root).flatMap((s) => Object.keys(s.properties ?? {})))];
}

function describeOne(schema: JsonSchema): string {
  if (schema.description !== undefined) return schema.description;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((v) => `\`${String(v)}\``).join(', ');
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number from ${schema.minimum ?? '-2^53'} to ${schema.maximum ?? '2^53'}`;
    case 'array':
      return (schema.minItems ?? 0) > 0 ? 'a list with at least one element' : 'a list';
    case 'object':
      return schema.properties === undefined
        ? 'a mapping of names'
        : `a mapping with keys such as \`${Object.keys(schema.properties).slice(0, 3).join('`, `')}\``;
    case 'string':
      return 'text';
    default:
      return 'something else';
  }
}

/** What would have been right at `path`, in words. */
export function expectationAt(path: readonly (string | number)[], root: JsonSchema): string {
  const here = schemasAt(path, root);
  const keys = here.flatMap(({ properties }) => Object.keys(properties ?? {}));
  if (here.length > 2 && keys.length === here.length) {
    return `a mapping with one of the keys \`${keys.join('`, `')}\``;
  }
  const all = [...new Set(here.map(describeOne))];
  return all.length === 0 ? 'something else' : all.slice(0, 4).join(', or ');
}
