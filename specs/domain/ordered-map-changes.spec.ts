/** What two versions of a map differ in, against a look at every key of both. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { apply, edits } from '../rig/map-edits.ts';

describe('what two versions differ in', () => {
  const told = (before: OrderedMap<number>, after: OrderedMap<number>): unknown[] => {
    const all: unknown[] = [];
    after.visitChanges(before, (k, was, is) => all.push([k, was, is]));
    return all;
  };
  const expected = (before: OrderedMap<number>, after: OrderedMap<number>): unknown[] => {
    const keys = new Set([...before.entries(), ...after.entries()].map(({ key: k }) => k));
    return [...keys]
      .sort((a, b) => a - b)
      .map((k) => [k, before.get(k), after.get(k)])
      .filter(([, was, is]) => was !== is);
  };

  test('each key once, ascending, whatever the shapes of the trees', () => {
    const property = fc.property(edits, edits, fc.boolean(), (first, then, isFresh) => {
      const before = first.reduce(apply, OrderedMap.empty<number>());
      const after = then.reduce(apply, isFresh ? OrderedMap.empty<number>() : before);
      expect(told(before, after)).toEqual(expected(before, after));
    });
    fc.assert(property);
  });

  test('trees of different heights', () => {
    const all = Array.from({ length: 20_000 }, (_, k) => [k, k % 7] as const);
    const large = OrderedMap.from(all);
    let small = large;
    for (let k = 0; k < 19_990; k++) small = small.delete(k);
    for (const [x, y] of [[large, small] as const, [small, large] as const]) {
      expect(told(x, y)).toHaveLength(19_990);
    }
    const edited = large.set(12_345, -1).delete(77).set(0.5, 3);
    expect(told(large, edited)).toEqual([
      [0.5, undefined, 3],
      [77, 0, undefined],
      [12_345, 12_345 % 7, -1],
    ]);
  });
});
