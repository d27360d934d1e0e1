/** A 64-bit quantity as a scenario may write it. */
import { z } from 'zod';
import { u64OfBigint } from '../units.ts';

const HEX_OR_DECIMAL = /^(0x[0-9a-fA-F]+|[0-9]+)$/;
/** The issue that {@link u64} raises for a number that does not fit. */
export const TOO_WIDE = 'more than 64 bits';

/** A u64 written as 0x4000, "0x4000", 16384 or "16384"; canonical hex afterwards. */
export const u64 = z
  .union([z.string().regex(HEX_OR_DECIMAL), z.int().min(0), z.bigint()])
  .transform((value, context): string => {
    try {
      return u64OfBigint(BigInt(value));
    } catch {
      context.issues.push({ code: 'custom', message: TOO_WIDE, input: value });
      return z.NEVER;
    }
  })
  .meta({
    id: 'u64',
    description: '64 bits: 0x hex or decimal, as a number or a string',
  });
