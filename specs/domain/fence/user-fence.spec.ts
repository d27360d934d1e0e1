/** The comparisons that a wait for a user fence knows. */
import fc from 'fast-check';
import { type Comparison, COMPARISONS, compares } from '../../../domain/fence/user-fence.ts';
import { u64OfBigint } from '../../../domain/units.ts';

const ALL_BITS = 2n ** 64n - 1n;
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 9n }),
  fc.bigInt({ min: 0n, max: ALL_BITS }),
  fc.bigInt({ min: ALL_BITS - 9n, max: ALL_BITS }),
);
const RIGHT: Readonly<Record<Comparison, (a: bigint, b: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
};

test.each(COMPARISONS)('%s compares all 64 bits unsigned, both sides under the mask', (op) => {
  const property = fc.property(u64, u64, u64, (current, wanted, mask) => {
    const [a, b, m] = [current, wanted, mask].map(u64OfBigint) as [string, string, string];
    expect(compares(a, op, b, m)).toBe(RIGHT[op](current & mask, wanted & mask));
    expect(compares(a, op, b, '0xffffffffffffffff')).toBe(RIGHT[op](current, wanted));
  });
  fc.assert(property, { numRuns: 300 });
});

test('every comparison of the kernel is there', () => {
  expect([...COMPARISONS].sort()).toEqual(Object.keys(RIGHT).sort());
});
