/** Which of the three accesses an item of a batch, or a `gpu` step, is. */
import type { U64 } from '../units.ts';

export type AccessVerb = 'read' | 'write' | 'atomic';

/** What the schema makes sure of: exactly one of these is there. */
interface AccessWords {
  readonly read?: U64 | undefined;
  readonly write?: U64 | undefined;
  readonly atomic?: U64 | undefined;
}

export function accessOf({ read, write, atomic }: AccessWords): {
  readonly access: AccessVerb;
  readonly at: U64;
} {
  if (write !== undefined) return { access: 'write', at: write };
  if (atomic !== undefined) return { access: 'atomic', at: atomic };
  return { access: 'read', at: read ?? '0x0' };
}
