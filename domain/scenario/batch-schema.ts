/** What a batch does, as a scenario writes it. */
import { z } from 'zod';
import { u64 } from './u64-schema.ts';

/** An access reads, or writes a value. */
export const oneOfReadWrite = (step: {
  read?: unknown;
  write?: unknown;
  value?: unknown;
}): boolean =>
  (step.read === undefined) !== (step.write === undefined) &&
  (step.write === undefined) === (step.value === undefined);
export const readOrWrite = { message: 'needs either `read`, or `write` with `value`' };

export const oneAccess = (step: {
  read?: unknown;
  write?: unknown;
  atomic?: unknown;
  value?: unknown;
}): boolean =>
  [step.read, step.write, step.atomic].filter((each) => each !== undefined).length === 1 &&
  (step.read === undefined) === (step.value !== undefined);
export const readWriteOrAtomic = {
  message: 'needs either `read`, or `write` or `atomic` with `value`',
};

/** One thing that a batch does: an 8-byte access, or nothing for a while. */
export const batchItem = z.union([
  z
    .strictObject({
      read: u64.optional(),
      write: u64.optional(),
      /** adds `value` to what is there, in one go */
      atomic: u64.optional(),
      value: u64.optional(),
      /** a read: the value or `fault`; a write: `ok`, `dropped` or `fault`; an atomic: the value before, or these two */
      expect: z.union([z.enum(['ok', 'dropped', 'fault']), u64]).optional(),
    })
    .refine(oneAccess, readWriteOrAtomic),
  z.strictObject({ spin: z.strictObject({ ns: z.int().min(1).max(1e12) }) }),
]);
