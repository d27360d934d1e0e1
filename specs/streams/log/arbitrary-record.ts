/** Generated records: any fact of every type, any JSON in `data`, any text where text is free. */
import fc from 'fast-check';
import { z } from 'zod';
import { type Fact, memoryFact } from '../../../domain/facts/schema.ts';
import type { Json, StepRecord } from '../../../streams/world/record.ts';
import { arbitraryOf } from './arbitrary-of-schema.ts';

if (!(memoryFact instanceof z.ZodDiscriminatedUnion)) throw new TypeError('facts are a union');

/** One arbitrary for each fact type, by name. */
export const factArbitraries: ReadonlyMap<string, fc.Arbitrary<Fact>> = new Map(
  memoryFact.options.map((option) => {
    const { shape } = option as z.ZodObject<{ type: z.ZodLiteral<string> }>;
    return [shape.type.value, arbitraryOf(option as z.ZodType) as fc.Arbitrary<Fact>];
  }),
);

const text = fc.string({ maxLength: 12, unit: 'binary' });
const name = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
const member = fc.oneof(text, fc.constantFrom('constructor', 'toString', 'seq', 'addr', '1', '0'));
const page = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** JSON as machines put it into messages; members with a wire form hold a page or text. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .tuple(
      fc.dictionary(member, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      fc.oneof(page, text),
    )
    .map(([members, addr]) => {
      // As own members only: `__proto__` is what the writer refuses.
      const kept = Object.entries(members as Record<string, Json>).filter(
        ([key]) => key !== '__proto__',
      );
      return Object.fromEntries(kept.map(([key, value]) => [key, key === 'addr' ? addr : value]));
    }),
})).value;

const data = fc
  .dictionary(name, json, { maxKeys: 4, noNullPrototype: true })
  .map((members) =>
    Object.fromEntries(
      Object.entries(members).filter(([key]) => key !== '__proto__' && key !== 'addr'),
    ),
  );

const anyFact: fc.Arbitrary<Fact> = fc.oneof(...factArbitraries.values());

/** A record on its own, with any sequence number. */
export const stepRecord: fc.Arbitrary<StepRecord> = fc.record(
  {
    seq: fc.maxSafeInteger().map(Math.abs),
    t: fc.maxSafeInteger().map(Math.abs),
    actor: name,
    type: name,
    cause: fc.option(fc.nat()),
    choice: text,
    data,
    state: text,
    facts: fc.array(anyFact, { maxLength: 4 }),
    sends: fc.array(fc.tuple(name, name), { maxLength: 3 }),
  },
  { noNullPrototype: true },
);
