/**
 * The four lines of a log as zod schemas: what a reader accepts, and the source of the published
 * JSON Schema.
 *
 * Members that a later minor version adds are let through (a reader ignores what it does not know);
 * facts are closed, because a fact of unknown shape would be a wrong answer. Free-form JSON
 * (`data`, `source`) has two forms of one rule: a recursive schema that can be published and a
 * quick walk for the running check; a spec holds them together. Left out: what one line cannot know
 * (sequence, chain, counts), which decoder.ts checks. A record of an older format is held against
 * these schemas after upcast.ts has brought it into today's shape.
 */
import { z } from 'zod';
import { WIRE_FORM } from '../../domain/facts/fields.ts';
import { memoryFact, wireFact } from '../../domain/facts/schema.ts';
import type { Json } from '../world/record.ts';
import { LOG_NAME, LOG_VERSION } from './format.ts';
import { isJsonObject } from './plain-json.ts';

type JsonObject = Readonly<Record<string, Json>>;

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(200);
const crc = z.string().regex(/^[0-9a-f]{8}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const stateKey = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .optional();
const u64 = z.string().regex(/^0x(0|[1-9a-f][0-9a-f]{0,15})$/);

/** How the scheduler chose, for people; replay needs only each record's choice. */
export const CHOOSERS = ['time', 'random', 'choices'] as const;

function headerOver<S extends z.ZodType>(source: S) {
  return z.looseObject({
    log: z.literal(LOG_NAME),
    v: whole.min(1),
    minReader: whole.min(1).max(LOG_VERSION),
    engine: name,
    scenario: z.looseObject({ name: z.string().max(4096), sha256, source }),
    seed: u64,
    chooser: z.enum(CHOOSERS),
    block: whole.min(1),
    crc,
  });
}

function recordOver<D extends z.ZodType, F extends z.ZodType>(data: D, fact: F) {
  return {
    seq: whole,
    t: whole,
    actor: name,
    type: name,
    cause: whole.nullable(),
    choice: z.string().max(4096),
    data,
    state: z.string().max(4096),
    facts: z.array(fact),
    sends: z.array(z.tuple([name, name])),
  };
}

const wireData = z.custom<JsonObject>((value) => isJsonObject(value, 'wire'));
const plainData = z.custom<JsonObject>((value) => isJsonObject(value, 'plain'));

export const headerLine = headerOver(plainData);
export const recordLine = z.looseObject({
  ...recordOver(wireData, wireFact),
  v: z.literal(LOG_VERSION),
  crc,
});
export const blockLine = z.looseObject({
  block: whole,
  from: whole,
  to: whole,
  stateKey,
  sha256,
  crc,
});
export const sealLine = z.looseObject({
  seal: z.literal(true),
  events: whole,
  verdict: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  stateHash: z.string().regex(/^[0-9a-f]{8,64}$/),
  stateKey,
  sha256,
  crc,
});
/** A StepRecord before it is written. `data` is checked by the walk that writes it. */
export const memoryRecord = z.strictObject(recordOver(z.unknown(), memoryFact));

export type HeaderLine = z.infer<typeof headerLine>;
export type RecordLine = z.infer<typeof recordLine>;
export type BlockLine = z.infer<typeof blockLine>;
export type SealLine = z.infer<typeof sealLine>;

const anyJson: z.ZodType = z.lazy(() =>
  z.union([
    z.string(),
    z.number().int(),
    z.boolean(),
    z.null(),
    z.array(anyJson),
    z.record(z.string(), anyJson),
  ]),
);
const wireJson: z.ZodType = z.lazy(() =>
  z.union([z.string(), z.number().int(), z.boolean(), z.null(), z.array(wireJson), wireObject]),
);
const notNumber = z
  .union([z.string(), z.boolean(), z.null(), z.array(wireJson), z.lazy(() => wireObject)])
  .optional();
const wireObject: z.ZodType = z
  .object(Object.fromEntries(Object.keys(WIRE_FORM).map((member) => [member, notNumber])))
  .catchall(wireJson);

/** The four lines with free-form JSON spelled out; exactly one of them matches a good line. */
export const publishedLine = z.xor([
  headerOver(z.record(z.string(), anyJson)),
  z.looseObject({ ...recordOver(wireObject, wireFact), v: z.literal(LOG_VERSION), crc }),
  blockLine,
  sealLine,
]);

/** One JSON Schema (draft 2020-12) for any line of a log: what `fencelab schema log` prints. */
export function jsonSchemaOfLine(): z.core.JSONSchema.JSONSchema {
  return {
    ...z.toJSONSchema(publishedLine, { target: 'draft-2020-12', io: 'input' }),
    title: `A line of a fencelab event log, format v${LOG_VERSION}`,
  };
}
