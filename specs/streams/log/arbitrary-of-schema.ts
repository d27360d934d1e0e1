/**
 * Generates values from a zod schema, so that a fact type added tomorrow is tested without anybody
 * thinking of it. Knows the kinds of schema that facts are made of; another kind fails loudly.
 */
import fc from 'fast-check';
import { z } from 'zod';

type Any = fc.Arbitrary<unknown>;

function textOf(schema: z.ZodString): Any {
  return textLike(schema).filter((text) => schema.safeParse(text).success);
}

/** What a pattern or the lengths give; a refinement may refuse some of it. */
function textLike(schema: z.ZodString): fc.Arbitrary<string> {
  for (const check of schema.def.checks ?? []) {
    const { pattern } = check._zod.def as { pattern?: RegExp };
    if (pattern !== undefined) return fc.stringMatching(pattern);
  }
  const maxLength = Math.min(schema.maxLength ?? 20, 20);
  return fc.string({ minLength: schema.minLength ?? 0, maxLength, unit: 'binary' });
}

/** Small numbers mostly, the limits often. */
function wholeOf(schema: z.ZodNumber): Any {
  const min = schema.minValue ?? Number.MIN_SAFE_INTEGER;
  const max = schema.maxValue ?? Number.MAX_SAFE_INTEGER;
  return fc.oneof(
    fc.integer({ min: Math.max(min, -100), max: Math.min(max, 4096) }),
    fc.maxSafeInteger().map((n) => Math.max(min, Math.min(max, n))),
    fc.constantFrom(min, max),
  );
}

function objectOf(shape: z.ZodRawShape): Any {
  const members = Object.entries(shape) as [string, z.ZodType][];
  const isOptional = (member: z.ZodType): member is z.ZodOptional =>
    member instanceof z.ZodOptional;
  const model = members.map(([name, member]) => [
    name,
    arbitraryOf(isOptional(member) ? (member.unwrap() as z.ZodType) : member),
  ]);
  const requiredKeys = members.filter(([, member]) => !isOptional(member)).map(([name]) => name);
  return fc.record(Object.fromEntries(model) as Record<string, Any>, {
    noNullPrototype: true,
    requiredKeys,
  });
}

/** Values that the schema accepts. */
export function arbitraryOf(schema: z.ZodType): Any {
  if (schema instanceof z.ZodString) return textOf(schema);
  if (schema instanceof z.ZodNumber) return wholeOf(schema);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodNullable) return fc.option(arbitraryOf(schema.unwrap() as z.ZodType));
  if (schema instanceof z.ZodArray) {
    return fc.array(arbitraryOf(schema.element as z.ZodType), { maxLength: 3 });
  }
  if (schema instanceof z.ZodObject) return objectOf(schema.shape);
  if (schema instanceof z.ZodUnion) {
    return fc.oneof(...schema.options.map((option) => arbitraryOf(option as z.ZodType)));
  }
  throw new RangeError(`no arbitrary for a schema of type ${schema.def.type}`);
}
