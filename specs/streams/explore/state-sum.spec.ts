/** Sums of values: equal exactly for equal texts, however a value was come to. */
import fc from 'fast-check';
import { KeyMap } from '../../../domain/invariants/key-map.ts';
import { OrderedMap } from '../../../domain/ordered-map.ts';
import { type GemLists, NO_GEM_LISTS } from '../../../domain/va/gem-lists.ts';
import type { Mapping } from '../../../domain/va/mapping.ts';
import { Keys } from '../../../streams/explore/state-key.ts';
import { StateSum } from '../../../streams/explore/state-sum.ts';
import { canonical } from '../../../streams/explore/state-text.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 3 }),
    fc.integer(),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), tie('value'), { maxKeys: 6 }),
  ),
})).value;

test('values: equal keys exactly for equal texts, whatever the order of members', () => {
  const keys = new Keys();
  const property = fc.property(plain, plain, (one, other) => {
    const [x, y] = [keys.value(one), keys.value(other)];
    expect(x.a === y.a && x.b === y.b).toBe(canonical(one) === canonical(other));
    const copy: unknown = JSON.parse(JSON.stringify(one));
    expect(new Keys().value(copy)).toEqual(x);
    if (one === null || typeof one !== 'object' || Array.isArray(one)) return;
    expect(keys.value(Object.fromEntries(Object.entries(one).reverse()))).toEqual(x);
  });
  fc.assert(property, { numRuns: 500 });
});

/** What a state is made of: plain values, and the two kinds of map. */
const part = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('', 'a', null, undefined, true),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), tie('value')),
    fc.array(fc.tuple(fc.nat(120), tie('value'))).map((all) => OrderedMap.from(all)),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'x1', 'x2', 'x3'), tie('value')))
      .map((all) => all.reduce((map, [key, value]) => map.set(key, value), KeyMap.empty())),
  ),
})).value;

test('values: what is followed from another value is what it is by itself', () => {
  const property = fc.property(part, part, (one, other) => {
    const followed = new StateSum();
    followed.change(undefined, one, 3, 5);
    followed.change(one, other, 3, 5);
    const fresh = new StateSum();
    fresh.change(undefined, other, 3, 5);
    expect(followed.end()).toEqual(fresh.end());
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('maps: the same entries are the same map, whatever tree holds them', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(9)), {
    selector: ([key]) => key,
    maxLength: 200,
  });
  const property = fc.property(entries, fc.nat(500), (given, extra) => {
    const there = new Set(given.map(([key]) => key));
    let back = OrderedMap.empty<number>().set(extra, 1);
    for (const [key, value] of [...given].reverse()) back = back.set(key, value);
    if (!there.has(extra)) back = back.delete(extra);
    expect(new Keys().value(back)).toEqual(new Keys().value(OrderedMap.from(given)));
  });
  fc.assert(property);
});

test('lists of mappings: equal keys exactly for the same mappings in the same order, followed or not', () => {
  const step = fc.record({ id: fc.integer({ min: 1, max: 6 }), obj: fc.constantFrom('a', 'b') });
  const after = (lists: GemLists, steps: readonly { id: number; obj: string }[]): GemLists =>
    steps.reduce((list, { id, obj }) => {
      const isLinked = [...list.linked(obj)].some((each) => each.id === id);
      const mapping = { id, obj } as Mapping;
      return isLinked ? list.unlink(mapping) : list.link(mapping);
    }, lists);
  let unsorted = 0;
  const steps = fc.array(step, { maxLength: 12 });
  const property = fc.property(steps, steps, steps, (first, one, other) => {
    const start = after(NO_GEM_LISTS, first);
    const [x, y] = [after(start, one), after(NO_GEM_LISTS, other)];
    const keys = new Keys();
    const kx = keys.value(x);
    // other mappings, or the same with the first at the end
    const [head] = x.linked('a');
    for (const each of head === undefined ? [y] : [y, x.unlink(head).link(head)]) {
      const { a, b } = keys.value(each);
      expect(kx.a === a && kx.b === b).toBe(canonical(x) === canonical(each));
    }
    // the same lists by the shortest way
    const listed = Object.entries(x.toJSON());
    const again = listed.flatMap(([obj, ids]) => ids.map((id) => ({ id, obj })));
    expect(keys.value(after(NO_GEM_LISTS, again))).toEqual(kx);
    if (listed.some(([, ids]) => ids.some((id, i) => id < (ids[i - 1] ?? 0)))) unsorted += 1;
    const followed = new StateSum();
    for (const [i, is] of [start, x, y, start].entries()) {
      followed.change([undefined, start, x, y][i], is, 0, 0);
    }
    expect(followed.end()).toEqual(keys.value(start));
    followed.change(start, undefined, 0, 0);
    expect(followed.end()).toEqual(new StateSum().end());
  });
  fc.assert(property, { numRuns: 3_000 });
  expect(unsorted).toBeGreaterThan(300);
});

test('what is no value has no identity', () => {
  expect(() => new Keys().value(new Map())).toThrow('a Map has no state identity');
  expect(() => canonical(new WeakMap())).toThrow('a WeakMap has no state identity');
  expect(() => new Keys().value(() => 1)).toThrow('has no state identity');
});
