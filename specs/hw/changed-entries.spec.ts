/** What two versions of an ordered map differ in. */
import fc from 'fast-check';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { changedEntries } from '../../hw/changed-entries.ts';

const edits = fc.array(fc.tuple(fc.nat(3000), fc.option(fc.nat(3))), { maxLength: 200 });

function edited(map: OrderedMap<number>, todo: readonly (readonly [number, number | null])[]) {
  return todo.reduce(
    (m, [key, value]) => (value === null ? m.delete(key) : m.set(key, value)),
    map,
  );
}

test('the difference of two versions, related or not, is that of their entries', () => {
  const big = OrderedMap.from(Array.from({ length: 2000 }, (_, i) => [i, i % 4] as const));
  fc.assert(
    fc.property(edits, edits, fc.constantFrom(big, OrderedMap.empty<number>()), (a, b, base) => {
      const [before, after] = [edited(base, a), edited(edited(base, a), b)];
      for (const [x, y] of [
        [before, after],
        [after, before],
        [base, after],
        [before, OrderedMap.from([...after.entries()].map(({ key, value }) => [key, value]))],
      ] as const) {
        const keys = new Set([...x.entries(), ...y.entries()].map(({ key }) => key));
        const expected = [...keys]
          .sort((i, j) => i - j)
          .map((key) => ({ key, before: x.get(key), after: y.get(key) }))
          .filter((entry) => entry.before !== entry.after);
        expect(changedEntries(x, y)).toEqual(expected);
      }
    }),
    { numRuns: 100 },
  );
});

test('a small change to a large map is found without looking at the rest', () => {
  const map = OrderedMap.from(Array.from({ length: 100_000 }, (_, i) => [i, i] as const));
  const after = map.set(50_000, -1).delete(3).set(200_000, -2);
  const start = performance.now();
  for (let n = 0; n < 100; n++) changedEntries(map, after);
  expect(performance.now() - start).toBeLessThan(200);
  expect(changedEntries(map, after).map(({ key }) => key)).toEqual([3, 50_000, 200_000]);
});
