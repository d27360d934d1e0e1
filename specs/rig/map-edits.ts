/** Edits of a map, for specs that hold it against something simpler. */
import fc from 'fast-check';
import type { OrderedMap } from '../../domain/ordered-map.ts';

export type Edit = { readonly k: number; readonly v: number | null };

/**
 * Small keys so that edits meet, and keys up to 2^52 so that nothing is taken for a 32-bit number.
 */
export const key = fc.oneof(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 0, max: 400 }).map((n) => n * 2 ** 43),
);
const edit: fc.Arbitrary<Edit> = fc.record({
  k: key,
  v: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) }, fc.constant(null)),
});
export const edits = fc.array(edit, { maxLength: 300, size: 'max' });

export const apply = (map: OrderedMap<number>, { k, v }: Edit): OrderedMap<number> =>
  v === null ? map.delete(k) : map.set(k, v);
