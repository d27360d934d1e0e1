/**
 * OrderedMap against a plain Map and a sorted array, one edit at a time, with every version kept:
 * whatever is done to a later version or through an editor, an older version reads the same for
 * ever.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { NODE_MAX, NODE_MIN, type Node } from '../../domain/ordered-map/node.ts';
import { apply, type Edit, edits, key } from '../rig/map-edits.ts';

/** A small generator with a fixed seed, for runs too long to shrink. */
function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function applyToModel(model: ReadonlyMap<number, number>, { k, v }: Edit): Map<number, number> {
  const next = new Map(model);
  if (v === null) next.delete(k);
  else next.set(k, v);
  return next;
}

const sorted = (model: ReadonlyMap<number, number>): { key: number; value: number }[] =>
  [...model].map(([k, value]) => ({ key: k, value })).sort((a, b) => a.key - b.key);

/**
 * Whether a version holds what its model held then; a plain loop, as this is done for every version
 * kept.
 */
function holds(map: OrderedMap<number>, model: ReadonlyMap<number, number>): boolean {
  let last = -Infinity;
  let count = 0;
  for (const { key: k, value } of map.entries()) {
    if (k <= last || model.get(k) !== value) return false;
    last = k;
    count += 1;
  }
  return count === model.size && count === map.size;
}

/** Everything that must hold of the tree itself; the broken rules as text. */
function brokenRules<V>(map: OrderedMap<V>): string[] {
  const broken: string[] = [];
  const leafDepths = new Set<number>();
  let count = 0;
  const look = (node: Node<V>, depth: number, low: number, high: number): void => {
    const n = node.keys.length;
    const least = depth > 0 ? NODE_MIN : node.kids === null ? 0 : 2;
    if (n > NODE_MAX || n < least) broken.push(`${n} entries at depth ${depth}`);
    const bounds = node.kids === null ? 0 : 1; // keys[0] of an inner node bounds nothing
    node.keys.forEach((k, i) => {
      if (i > bounds && k <= (node.keys[i - 1] as number)) broken.push(`keys out of order at ${k}`);
      if (i >= bounds && (k < low || k >= high)) broken.push(`${k} out of place`);
    });
    if (node.kids === null) {
      leafDepths.add(depth);
      count += n;
      if (node.values.length !== n) broken.push('values do not pair with keys');
      return;
    }
    if (node.kids.length !== n) broken.push('kids do not pair with keys');
    node.kids.forEach((kid, i) => {
      look(kid, depth + 1, i > 0 ? (node.keys[i] as number) : low, node.keys[i + 1] ?? high);
    });
  };
  look(map.root, 0, -Infinity, Infinity);
  if (leafDepths.size !== 1) broken.push(`leaves at depths ${[...leafDepths].join()}`);
  if (count !== map.size) broken.push(`size ${map.size}, but ${count} entries`);
  return broken;
}

describe('one version after another', () => {
  test('reads like a sorted array, and every older version stays as it was', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const kept: [OrderedMap<number>, Map<number, number>][] = [];
        let map = OrderedMap.empty<number>();
        let model = new Map<number, number>();
        for (const e of list) {
          map = apply(map, e);
          model = applyToModel(model, e);
          kept.push([map, model]);
        }
        for (const [version, then] of kept) {
          expect(holds(version, then)).toBe(true);
          expect(brokenRules(version)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('floor, ceiling, lower, higher, get, has, first, last agree with the model', () => {
    fc.assert(
      fc.property(edits, fc.array(key, { minLength: 1, maxLength: 40 }), (list, probes) => {
        const map = list.reduce(apply, OrderedMap.empty<number>());
        const model = list.reduce(applyToModel, new Map<number, number>());
        const all = sorted(model);
        expect(map.first()).toEqual(all[0]);
        expect(map.last()).toEqual(all.at(-1));
        for (const p of probes.flatMap((k) => [k - 1, k, k + 1])) {
          expect(map.get(p)).toBe(model.get(p));
          expect(map.has(p)).toBe(model.has(p));
          expect(map.floor(p)).toEqual(all.findLast((e) => e.key <= p));
          expect(map.lower(p)).toEqual(all.findLast((e) => e.key < p));
          expect(map.ceiling(p)).toEqual(all.find((e) => e.key >= p));
          expect(map.higher(p)).toEqual(all.find((e) => e.key > p));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('entries, values and visit give the half-open range', () => {
    fc.assert(
      fc.property(edits, key, key, fc.nat(5), (list, from, to, stopAfter) => {
        const map = list.reduce(apply, OrderedMap.empty<number>());
        const inside = sorted(list.reduce(applyToModel, new Map<number, number>())).filter(
          (e) => e.key >= from && e.key < to,
        );
        expect([...map.entries(from, to)]).toEqual(inside);
        expect([...map.values(from, to)]).toEqual(inside.map((e) => e.value));
        const seen: { key: number; value: number }[] = [];
        map.visit(from, to, (value, k) => seen.push({ key: k, value }) < stopAfter);
        expect(seen).toEqual(inside.slice(0, Math.max(1, stopAfter)));
      }),
    );
  });

  test('an edit that changes nothing gives the very same map', () => {
    fc.assert(
      fc.property(edits, key, (list, k) => {
        const map = list.reduce(apply, OrderedMap.empty<number>());
        for (const entry of map.entries()) expect(map.set(entry.key, entry.value)).toBe(map);
        expect(map.delete(k) === map).toBe(!map.has(k));
        expect(map.mutable().freeze()).toBe(map);
        expect(map.mutable().delete(-1).freeze()).toBe(map);
      }),
      { numRuns: 40 },
    );
    expect(OrderedMap.empty()).toBe(OrderedMap.empty());
  });
});

describe('the tree keeps its shape', () => {
  const random = mulberry(7);
  const runs: [string, (i: number) => Edit][] = [
    ['random', () => ({ k: Math.floor(random() * 4000), v: random() < 0.5 ? 1 : null })],
    ['upwards', (i) => ({ k: i, v: i })],
    ['filled, then emptied from below', (i) => ({ k: i % 5000, v: i < 5000 ? i : null })],
    ['filled, then emptied from above', (i) => ({ k: 5000 - (i % 5000), v: i < 5000 ? i : null })],
    ['downwards', (i) => ({ k: -i, v: i })],
    ['a queue', (i) => (i % 2 === 0 ? { k: i, v: i } : { k: i - 801, v: null })],
    ['fill, then empty', (i) => ({ k: (i * 7919) % 5000, v: i < 5000 ? i : null })],
  ];
  test.each(runs)('after 10,000 edits: %s', (_, next) => {
    let map = OrderedMap.empty<number>();
    const model = new Map<number, number>();
    for (let i = 0; i < 10_000; i += 1) {
      const e = next(i);
      map = apply(map, e);
      if (e.v === null) model.delete(e.k);
      else model.set(e.k, e.v);
      if (i % 250 === 0) expect(brokenRules(map)).toEqual([]);
    }
    expect(brokenRules(map)).toEqual([]);
    expect(holds(map, model)).toBe(true);
  });

  test.each(runs)('after 10,000 edits in place: %s', (_, next) => {
    const editor = OrderedMap.empty<number>().mutable();
    const model = new Map<number, number>();
    for (let i = 0; i < 10_000; i += 1) {
      const { k, v } = next(i);
      if (v === null) editor.delete(k);
      else editor.set(k, v);
      if (v === null) model.delete(k);
      else model.set(k, v);
      if (editor.get(k) !== model.get(k)) throw new Error(`wrong at ${k}`);
      if (i % 1000 === 0) expect(brokenRules(editor.freeze())).toEqual([]);
    }
    expect(brokenRules(editor.freeze())).toEqual([]);
    expect(holds(editor.freeze(), model)).toBe(true);
  });

  test('after 40,000 edits of a tree of three levels, in place', () => {
    const editor = OrderedMap.empty<number>().mutable();
    const model = new Set<number>();
    const turn = (k: number, isIn: boolean): void => {
      const near = editor.floor(k + 1);
      if (near !== undefined && (near.key > k + 1 || !model.has(near.key)))
        throw new Error(`floor ${k + 1}`);
      if (isIn) editor.set(k, k);
      else editor.delete(k);
      if (isIn) model.add(k);
      else model.delete(k);
    };
    const check = (): void => {
      const map = editor.freeze();
      expect(brokenRules(map)).toEqual([]);
      expect(Array.from(map.entries(), (e) => e.key)).toEqual([...model].sort((a, b) => a - b));
    };
    for (let i = 0; i < 20_000; i += 1) turn(Math.floor(random() * 30_000), random() < 0.8);
    check();
    for (let i = 0; i < 20_000; i += 1) {
      turn(Math.floor(random() * 30_000), random() < 0.2);
      if (i % 4000 === 0) check();
    }
    check();
  });

  test('and no version changes while a big map is taken apart, one key a version', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => ({ i, at: random() }));
    keys.sort((a, b) => a.at - b.at);
    const full = OrderedMap.from(keys.map(({ i }) => [i, i] as const));
    const left = new Map(keys.map(({ i }) => [i, i]));
    const kept: [OrderedMap<number>, Map<number, number>][] = [];
    let map = full;
    for (const [n, { i }] of keys.entries()) {
      if (n % 20 === 0) kept.push([map, new Map(left)]);
      map = map.delete(i);
      left.delete(i);
    }
    expect(map.size).toBe(0);
    for (const [version, then] of kept) {
      expect(holds(version, then)).toBe(true);
      expect(brokenRules(version)).toEqual([]);
    }
  });

  test('someone who only appends gets nodes at least two thirds full', () => {
    const map = OrderedMap.from(Array.from({ length: 10_000 }, (_, i) => [i, i] as const));
    let leaves = 0;
    const count = (node: Node<number>): void => {
      if (node.kids === null) leaves += 1;
      else node.kids.forEach(count);
    };
    count(map.root);
    expect(map.size / leaves).toBeGreaterThan((NODE_MAX * 2) / 3);
  });
});

describe('the editor', () => {
  const step = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        k: key,
        v: fc.oneof(fc.nat(9), fc.nat(9), fc.constant(null)),
        look: key,
      }),
    },
    { weight: 1, arbitrary: fc.constant('freeze' as const) },
    { weight: 1, arbitrary: fc.record({ fork: edits }) },
  );

  test('changes no version it gave out or started from, however editors interleave', () => {
    fc.assert(
      fc.property(edits, fc.array(step, { maxLength: 250, size: 'max' }), (before, steps) => {
        const start = before.reduce(apply, OrderedMap.empty<number>());
        let model = before.reduce(applyToModel, new Map<number, number>());
        const kept: [OrderedMap<number>, Map<number, number>][] = [[start, model]];
        const editor = start.mutable();
        for (const s of steps) {
          if (s === 'freeze') {
            kept.push([editor.freeze(), model]);
          } else if ('fork' in s) {
            const base = editor.freeze();
            const other = base.mutable();
            for (const { k, v } of s.fork)
              if (v === null) other.delete(k);
              else other.set(k, v);
            kept.push([base, model], [other.freeze(), s.fork.reduce(applyToModel, model)]);
          } else {
            if (s.v === null) editor.delete(s.k);
            else editor.set(s.k, s.v);
            model = applyToModel(model, s);
            expect(editor.size).toBe(model.size);
            expect(editor.get(s.k)).toBe(model.get(s.k));
            const below = [...model.keys()].filter((x) => x <= s.look);
            expect(editor.floor(s.look)?.key).toBe(
              below.length > 0 ? Math.max(...below) : undefined,
            );
            expect(editor.has(s.look)).toBe(model.has(s.look));
            const seen: number[] = [];
            editor.visit(s.look, s.look + 9, (_, x) => seen.push(x) > 0);
            const within = [...model.keys()].filter((x) => x >= s.look && x < s.look + 9);
            expect(seen).toEqual(within.sort((a, b) => a - b));
          }
        }
        kept.push([editor.freeze(), model]);
        for (const [version, then] of kept) {
          expect(holds(version, then)).toBe(true);
          expect(brokenRules(version)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('reads what it has edited', () => {
    const editor = OrderedMap.from([
      [1, 'a'],
      [5, 'b'],
    ])
      .mutable()
      .set(3, 'c')
      .delete(5);
    expect(editor.floor(4)).toEqual({ key: 3, value: 'c' });
    expect(editor.ceiling(4)).toBeUndefined();
    expect([editor.has(5), editor.has(3), editor.size]).toEqual([false, true, 2]);
    const seen: string[] = [];
    editor.visit(0, 9, (value) => seen.push(value) > 0);
    expect(seen).toEqual(['a', 'c']);
  });

  test('10,000 edits in place keep an old version of a big map intact', () => {
    const random = mulberry(11);
    const start = OrderedMap.from(Array.from({ length: 20_000 }, (_, i) => [i * 3, i] as const));
    const editor = start.mutable();
    for (let i = 0; i < 10_000; i += 1) {
      const k = Math.floor(random() * 60_000);
      if (random() < 0.5) editor.set(k, -1);
      else editor.delete(k);
    }
    const end = editor.freeze();
    expect(brokenRules(end)).toEqual([]);
    expect(start.size).toBe(20_000);
    let i = 0;
    for (const { key: k, value } of start.entries()) {
      if (k !== i * 3 || value !== i) throw new Error(`changed at ${k}`);
      i += 1;
    }
  });
});

describe('equals', () => {
  test('compares contents, whatever way each side came about', () => {
    fc.assert(
      fc.property(edits, edits, edits, (common, one, two) => {
        const base = common.reduce(apply, OrderedMap.empty<number>());
        const a = one.reduce(apply, base);
        const b = two.reduce(apply, base);
        const same = JSON.stringify([...a.entries()]) === JSON.stringify([...b.entries()]);
        expect(a.equals(b)).toBe(same);
        const rebuilt = OrderedMap.from([...b.entries()].map((e) => [e.key, e.value] as const));
        expect(b.equals(rebuilt)).toBe(true);
        expect(a.equals(rebuilt)).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  test('between two versions it looks at what differs only', () => {
    const base = OrderedMap.from(Array.from({ length: 50_000 }, (_, i) => [i, { n: i }] as const));
    let looked = 0;
    const sameN = (a: { n: number }, b: { n: number }): boolean => {
      looked += 1;
      return a.n === b.n;
    };
    expect(base.set(70, { n: 70 }).set(40_000, { n: 40_000 }).equals(base, sameN)).toBe(true);
    expect(looked).toBeLessThan(3 * NODE_MAX);
    looked = 0;
    const moved = base.delete(25_000).set(25_000.5, { n: 1 });
    expect(moved.equals(base, sameN)).toBe(false);
    expect(looked).toBeLessThan(3 * NODE_MAX);
    looked = 0;
    const regrown = Array.from({ length: 40 }, (_, i) => 9000.5 + i / 100);
    const grown = regrown.reduce((m, k) => m.set(k, { n: k }), base);
    const back = regrown.reduce((m, k) => m.delete(k), grown);
    expect(back.equals(base, sameN)).toBe(true);
    expect(looked).toBeLessThan(6 * NODE_MAX);
  });
});
