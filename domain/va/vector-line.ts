/**
 * One line of the split/merge vectors: a space, requests on it, and the answers that the kernel's
 * own C code gave.
 *
 * The format is described where the vectors come from (specs/data/gpuva.jsonl); this is its schema,
 * so that a line that is not one is told from a line with a wrong answer.
 */
import { z } from 'zod';

const page = z.number().int().min(0);
const mapping = z.strictObject({
  addr: page,
  range: page,
  obj: z.number().int().nullable(),
  offset: page,
});
const op = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('map'), map: mapping }),
  z.strictObject({ op: z.literal('unmap'), unmap: mapping, keep: z.boolean() }),
  z.strictObject({
    op: z.literal('remap'),
    prev: mapping.nullable(),
    next: mapping.nullable(),
    unmap: mapping,
    keep: z.boolean(),
  }),
]);
const answer = { ops: z.array(op).optional(), error: z.number().int().negative().optional() };
const step = z
  .discriminatedUnion('do', [
    z.strictObject({ do: z.literal('map'), ...mapping.shape, ...answer }),
    z.strictObject({ do: z.literal('unmap'), addr: page, range: page, ...answer }),
    z.strictObject({ do: z.literal('unmap_all'), obj: z.number().int(), ...answer }),
    z.strictObject({ do: z.literal('madvise'), addr: page, range: page, ...answer }),
  ])
  .refine((s) => (s.ops === undefined) !== (s.error === undefined), 'either ops or error');

const vectorCase = z.strictObject({
  name: z.string(),
  semantics: z.enum(['gpuva-2023', 'gpuvm-6.18']),
  vm: z.strictObject({
    start: page,
    range: page,
    reserved: z.tuple([page, page]).nullable(),
    regions: z.array(z.tuple([page, page, z.boolean()])).nullable(),
  }),
  steps: z.array(step),
  vas: z.array(mapping),
});

export type VectorMapping = z.infer<typeof mapping>;
export type VectorOp = z.infer<typeof op>;
export type VectorStep = z.infer<typeof step>;
export type VectorCase = z.infer<typeof vectorCase>;

export type ParsedLine =
  | { readonly case: VectorCase }
  /** What is wrong with the line. */
  | { readonly malformed: string };

/** So many complaints about one line are told. */
const TOLD = 3;

function complaintsOf({ issues }: z.ZodError): string {
  const told = issues.slice(0, TOLD).map(({ path, message }) => {
    const text = message.replace(/^Invalid (input|option): /, '');
    const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
    return path.length === 0 ? text : `${place.join('').replace(/^\./, '')}: ${text}`;
  });
  const more = issues.length - told.length;
  return `not a case: ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Reads one line of the vectors. */
export function parseVectorLine(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { malformed: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = vectorCase.safeParse(value);
  return parsed.success ? { case: parsed.data } : { malformed: complaintsOf(parsed.error) };
}
