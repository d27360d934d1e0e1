/** The statistics of the detection table, against published values and against counting. */
import fc from 'fast-check';
import { medianOf, medianRank, wilson } from '../../bench/detection/statistics.ts';

/** P(low <= binomial(n, 1/2) <= high), in units of 2^-n. */
function ways(n: number, low: number, high: number): bigint {
  let [term, sum] = [1n, 0n];
  for (let r = 0; r <= high; r++) {
    if (r >= low) sum += term;
    term = (term * BigInt(n - r)) / BigInt(r + 1);
  }
  return sum;
}

const isEnough = (n: number, rank: number): boolean =>
  ways(n, rank, n - rank) * 20n >= 19n * 2n ** BigInt(n);

test.each([
  [5, 0],
  [6, 1],
  [10, 2],
  [20, 6],
  [50, 18],
  [100, 40],
])('of %i values the median lies between the two at rank %i, as tables say', (n, rank) => {
  expect(medianRank(n)).toBe(rank);
});

test('the ranks are the closest that cover 95 %', () => {
  for (let n = 6; n <= 300; n++) {
    const rank = medianRank(n);
    expect([n, isEnough(n, rank), isEnough(n, rank + 1)]).toEqual([n, true, false]);
  }
});

// R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson: %i of %i', (hits, n, low, high) => {
  const [from, to] = wilson(hits, n);
  expect([from.toFixed(4), to.toFixed(4)]).toEqual([low.toFixed(4), high.toFixed(4)]);
});

test('a hundred different counts', () => {
  const each = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(medianOf(each)).toEqual({ median: 50, low: 40, high: 61 });
  expect(medianOf([3, 1, 2])).toEqual({ median: 2, low: 0, high: Infinity });
});

const counts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 120 });

test('half of the counts are at most the median, half at least; the interval is around it', () => {
  fc.assert(
    fc.property(counts, (each) => {
      const { median, low, high } = medianOf(each);
      expect(each.filter((count) => count <= median).length * 2).toBeGreaterThanOrEqual(
        each.length,
      );
      expect(each.filter((count) => count >= median).length * 2).toBeGreaterThanOrEqual(
        each.length,
      );
      expect(low <= median && median <= high).toBe(true);
      expect(medianOf([...each].reverse())).toEqual({ median, low, high });
    }),
  );
});

test('what lies below the cap does not depend on the cap', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 1000 }), (each, cap) => {
      const full = medianOf(each);
      const cut = medianOf(each.map((count) => (count > cap ? Infinity : count)));
      const censored = (value: number): number => (value > cap ? Infinity : value);
      expect(cut).toEqual({
        median: censored(full.median),
        low: censored(full.low),
        high: censored(full.high),
      });
    }),
  );
});
