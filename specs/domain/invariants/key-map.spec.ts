/** The map with text keys, against JavaScript's own. */
import fc from 'fast-check';
import { KeyMap } from '../../../domain/invariants/key-map.ts';

const edits = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 40 }).map((n) => `q${n % 5}:${n}`),
    value: fc.option(fc.nat()),
  }),
  { maxLength: 120 },
);

test('holds what a Map holds, and older versions stay as they were', () => {
  fc.assert(
    fc.property(edits, (all) => {
      const model = new Map<string, number>();
      let map = KeyMap.empty<number>();
      for (const { key, value } of all) {
        const before = map;
        const old = before.get(key);
        map = value === null ? map.delete(key) : map.set(key, value);
        if (value === null) model.delete(key);
        else model.set(key, value);
        expect(before.get(key)).toBe(old);
        expect(map.has(key)).toBe(model.has(key));
      }
      expect(new Map(map.entries())).toEqual(model);
      expect(map.isEmpty).toBe(model.size === 0);
    }),
  );
});

// the two have the same FNV-1a hash
test('keys with one hash stay apart', () => {
  const [a, b] = ['76mmiq', '2391dx'];
  const both = KeyMap.empty<number>().set(a, 1).set(b, 2);
  expect([both.get(a), both.get(b)]).toEqual([1, 2]);
  expect([both.set(a, 3).get(a), both.set(a, 3).get(b)]).toEqual([3, 2]);
  expect([...both.delete(a).entries()]).toEqual([[b, 2]]);
  expect(both.delete(a).delete(b).isEmpty).toBe(true);
});

test('taking out what is not there gives the very map', () => {
  const map = KeyMap.empty<number>().set('a', 1);
  expect(map.delete('b')).toBe(map);
});

test('what differs between two versions is told, and nothing else', () => {
  fc.assert(
    fc.property(edits, edits, (first, then) => {
      const apply = (from: KeyMap<number>, all: typeof first): KeyMap<number> =>
        all.reduce(
          (map, { key, value }) => (value === null ? map.delete(key) : map.set(key, value)),
          from,
        );
      const before = apply(KeyMap.empty(), first);
      const after = apply(before, then);
      const told = new Map(before.entries());
      let count = 0;
      after.visitChanges(before, (key, was, is) => {
        count += 1;
        if (was !== undefined) {
          expect(told.get(key)).toBe(was);
          told.delete(key);
        }
        if (is !== undefined) told.set(key, is);
      });
      expect(told).toEqual(new Map(after.entries()));
      if (then.length === 0) expect(count).toBe(0);
    }),
  );
});

test('an edit is told alone, however much there is', () => {
  let map = KeyMap.empty<number>();
  for (let n = 0; n < 500; n++) map = map.set(`k${n}`, n);
  const told: unknown[] = [];
  map.set('k77', -1).visitChanges(map, (...change) => told.push(change));
  expect(told).toEqual([['k77', 77, -1]]);
});
