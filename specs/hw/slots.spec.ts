/** The persistent 512-slot table. */
import fc from 'fast-check';
import {
  countFilled,
  filledSlots,
  fillSlots,
  noSlots,
  slotAt,
  writeSlots,
} from '../../hw/slots.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 511 }), fc.integer({ min: 1, max: 512 }))
  .map(([index, count]) => ({ index, count: Math.min(count, 512 - index) }));

test('any sequence of writes reads back as from a plain array, and equals a fresh build', () => {
  const value = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
  const write = fc.tuple(span, value, fc.boolean());
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), span, (writes, part) => {
      const plain = new Array<number | undefined>(512).fill(undefined);
      let slots = noSlots<number>();
      for (const [{ index, count }, v, each] of writes) {
        const valueAt = (i: number): number | undefined => (v === undefined ? v : v + i);
        for (let i = index; i < index + count; i++) plain[i] = each ? valueAt(i) : v;
        slots = each ? writeSlots(slots, index, count, valueAt) : fillSlots(slots, index, count, v);
      }
      expect(plain.map((_v, i) => slotAt(slots, i))).toEqual(plain);
      const { index, count } = part;
      const filled = plain.flatMap((v, i) =>
        v === undefined || i < index || i >= index + count ? [] : [[i, v]],
      );
      expect([...filledSlots(slots, index, index + count)]).toEqual(filled);
      expect(countFilled(slots, index, index + count)).toBe(filled.length);
      expect(slots).toEqual(writeSlots(noSlots<number>(), 0, 512, (i) => plain[i]));
    }),
    { numRuns: 300 },
  );
});

test('older versions stay', () => {
  const one = fillSlots(noSlots<number>(), 10, 1, 7);
  fillSlots(one, 0, 512, 8);
  expect([...filledSlots(one)]).toEqual([[10, 7]]);
});

test('a table full of one value is built from one chunk', () => {
  const { chunks } = fillSlots(noSlots<number>(), 0, 512, 0x283);
  expect(new Set(chunks).size).toBe(1);
});

test('a write outside the table is refused', () => {
  expect(() => fillSlots(noSlots<number>(), 500, 13, 1)).toThrow(RangeError);
});
