/** The range rule of page-selective invalidations (facts 2.14). */
import fc from 'fast-check';
import { invalidationRange } from '../../hw/tlb-range.ts';

const K = 2 ** 10;
const M = 2 ** 20;
const G = 2 ** 30;

// VMA start and end in bytes, then what is sent: start, length in bytes, mask.
const table: [number, number, number, number, number][] = [
  [0x1000, 0x2000, 0x1000, 4 * K, 0],
  [0x1000, 0x3000, 0, 16 * K, 2],
  [0x3000, 0x5000, 0, 32 * K, 3],
  [0x1000, 0x4000, 0, 16 * K, 2],
  [0xf000, 0x11000, 0, 128 * K, 5],
  [0x1a0000, 0x1a1000, 0x1a0000, 4 * K, 0],
  [0x10000, 0x20000, 0x10000, 64 * K, 4],
  [0x1ff000, 0x201000, 0, 16 * M, 12],
  [0x7fffffff000, 0x80000001000, 0, 16 * 1024 * G, 32],
  [0x100000, 0x200000, 0x100000, 1 * M, 8],
  [0x100000, 0x300000, 0, 16 * M, 12],
  [0x200000, 0x400000, 0, 16 * M, 12],
  [0x1a00000, 0x1a04000, 0x1a00000, 16 * K, 2],
  [0x1a00000, 0x1c00000, 0x1000000, 16 * M, 12],
  [0xf00000, 0x1100000, 0, 32 * M, 13],
  [0x1000000, 0x2000000, 0x1000000, 16 * M, 12],
  [0x1001000, 0x2001000, 0, 64 * M, 14],
  [0x40000000, 0x80000000, 0x40000000, 1 * G, 18],
];

test.each(table)('VMA [%p, %p) sends %p, length %p, mask %p', (from, to, start, length, mask) => {
  const sent = invalidationRange(from / 4096, (to - from) / 4096);
  expect(sent).toEqual({ addr: start / 4096, range: length / 4096, mask });
});

test('any range up to 57 bits: a power of two, aligned to itself, covering, not 2M to 8M', () => {
  const bits = fc.integer({ min: 0, max: 45 });
  const page = fc.tuple(bits, fc.maxSafeNat()).map(([b, n]) => n % 2 ** b);
  const arb = fc.tuple(page, page, fc.boolean()).map(([addr, size, high]) => {
    const range = (size % 2 ** 40) + 1;
    return { addr: high ? 2 ** 45 - range - (addr % 2 ** 20) : addr, range };
  });
  fc.assert(
    fc.property(arb, ({ addr, range }) => {
      fc.pre(addr >= 0 && addr + range <= 2 ** 45);
      const sent = invalidationRange(addr, range);
      expect(2 ** sent.mask).toBe(sent.range);
      expect(Number.isInteger(sent.mask)).toBe(true);
      expect(sent.addr % sent.range).toBe(0);
      expect(sent.addr).toBeLessThanOrEqual(addr);
      expect(sent.addr + sent.range).toBeGreaterThanOrEqual(addr + range);
      expect([9, 10, 11]).not.toContain(sent.mask);
    }),
    { numRuns: 5000 },
  );
});

test('all of a 57-bit space is one range', () => {
  expect(invalidationRange(0, 2 ** 45)).toEqual({ addr: 0, range: 2 ** 45, mask: 45 });
  expect(invalidationRange(2 ** 45 - 1, 1)).toEqual({ addr: 2 ** 45 - 1, range: 1, mask: 0 });
});
