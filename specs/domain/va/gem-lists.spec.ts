/**
 * The objects' lists against plain arrays: whatever is linked and unlinked in whatever order, read
 * now or much later, in this version or an older one.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOf } from '../../../domain/va/gem-list.ts';
import { NO_GEM_LISTS, type GemLists } from '../../../domain/va/gem-lists.ts';
import type { Mapping } from '../../../domain/va/mapping.ts';
import { mapping } from './space-of.ts';

const ids = (lists: Pick<GemLists, 'linked'>, obj: string): number[] =>
  Array.from(lists.linked(obj), ({ id }) => id);

/** Two names with one hash, by trying: the hash has 32 bits, so some 10^5 names have a pair. */
function collision(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i += 1) {
    const name = `bo-${i}`;
    const other = seen.get(hashOf(name));
    if (other !== undefined) return [other, name];
    seen.set(hashOf(name), name);
  }
}

const [twin, otherTwin] = collision();
const OBJS = ['a', 'b', twin, otherTwin] as const;

type Model = ReadonlyMap<string, readonly Mapping[]>;
const withLink = (model: Model, m: Mapping): Model =>
  new Map(model).set(m.obj as string, [...(model.get(m.obj as string) ?? []), m]);
const withUnlink = (model: Model, m: Mapping): Model =>
  new Map(model).set(
    m.obj as string,
    (model.get(m.obj as string) ?? []).filter((x) => x !== m),
  );

/** The mappings of the model: four objects, ids 1 to 40. */
const all = Array.from({ length: 40 }, (_, i) => mapping(i + 1, i, 1, OBJS[i % 4] as string));

const isLinked = (model: Model, m: Mapping): boolean =>
  model.get(m.obj as string)?.includes(m) ?? false;

/** A plain loop, as it is done for every version kept. */
function agrees(lists: Pick<GemLists, 'linked'>, model: Model): boolean {
  return OBJS.every((obj) => {
    const [xs, ys] = [[...lists.linked(obj)], model.get(obj) ?? []];
    return xs.length === ys.length && xs.every((x, i) => x === ys[i]);
  });
}

/** Links the mapping if it is not linked, else unlinks it; `read` in between now and then. */
const step = fc.record({
  which: fc.nat(39),
  read: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const steps = fc.array(step, { maxLength: 200, size: 'max' });

describe('against plain lists', () => {
  test('version by version, every one of them kept', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let lists = NO_GEM_LISTS;
        let model: Model = new Map();
        const kept: [GemLists, Model][] = [];
        for (const { which, read } of list) {
          const m = all[which] as Mapping;
          const toUnlink = isLinked(model, m);
          lists = toUnlink ? lists.unlink(m) : lists.link(m);
          model = toUnlink ? withUnlink(model, m) : withLink(model, m);
          if (read) expect(agrees(lists, model)).toBe(true);
          kept.push([lists, model]);
        }
        expect(kept.every(([version, then]) => agrees(version, then))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('in place, with a version taken now and then', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const editor = NO_GEM_LISTS.mutable();
        let model: Model = new Map();
        const kept: [GemLists, Model][] = [];
        for (const { which, read } of list) {
          const m = all[which] as Mapping;
          if (isLinked(model, m)) {
            editor.unlink(m);
            model = withUnlink(model, m);
          } else {
            editor.link(m);
            model = withLink(model, m);
          }
          if (read) kept.push([editor.freeze(), model]);
        }
        expect(agrees(editor, model)).toBe(true);
        expect(kept.every(([version, then]) => agrees(version, then))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('with tens of thousands of changes in one editor', () => {
    const editor = NO_GEM_LISTS.mutable();
    const live = new Map<number, Mapping>();
    let early: GemLists | undefined;
    for (let i = 1; i <= 60_000; i += 1) {
      const m = mapping(i, i, 1, `bo-${i % 50}`);
      editor.link(m);
      live.set(i, m);
      const old = live.get(Math.floor((i * 7919) % i));
      if (i % 3 !== 0 && old !== undefined) {
        editor.unlink(old);
        live.delete(old.id);
      }
      if (i === 30_000) early = editor.freeze();
    }
    const lists = editor.freeze();
    const expected = [...live.values()].filter((m) => m.obj === 'bo-7').map((m) => m.id);
    expect(expected.length).toBeGreaterThan(100);
    expect(ids(lists, 'bo-7')).toEqual(expected);
    expect([...lists.objects()].length).toBe(50);
    const earlyIds = ids(early as GemLists, 'bo-7');
    expect(Math.max(...earlyIds)).toBeLessThanOrEqual(30_000);
    expect(earlyIds).toEqual(earlyIds.toSorted((a, b) => a - b));
  });
});

describe('one by one', () => {
  const [m1, m2, m3] = [mapping(1, 0, 1), mapping(2, 1, 1), mapping(3, 2, 1)];

  test('the order is that of linking, also when an older mapping comes later', () => {
    const lists = NO_GEM_LISTS.link(m3).link(m1).link(m2);
    expect(ids(lists, 'a')).toEqual([3, 1, 2]);
    expect(ids(lists.unlink(m1).link(m1), 'a')).toEqual([3, 2, 1]);
    expect(ids(lists.unlink(m3), 'a')).toEqual([1, 2]);
  });

  test('a link key is not taken for an id', () => {
    const [m7, m5, m8] = [mapping(7, 0, 1), mapping(5, 1, 1), mapping(8, 2, 1)];
    const lists = NO_GEM_LISTS.link(m7).link(m5);
    expect(ids(lists.unlink(m8), 'a')).toEqual([7, 5]);
    expect(ids(lists.link(m8).unlink(m5), 'a')).toEqual([7, 8]);
    expect(ids(lists.link(m8).unlink(m8), 'a')).toEqual([7, 5]);
  });

  test('names with one hash have lists of their own', () => {
    const [x, y] = [mapping(1, 0, 1, twin), mapping(2, 1, 1, otherTwin)];
    const lists = NO_GEM_LISTS.link(x).link(y);
    expect([ids(lists, twin), ids(lists, otherTwin)]).toEqual([[1], [2]]);
    expect([...lists.objects()].sort()).toEqual([twin, otherTwin].sort());
    expect([...lists.unlink(x).objects()]).toEqual([otherTwin]);
    expect([...lists.unlink(y).objects()]).toEqual([twin]);
    expect([...lists.unlink(x).unlink(y).objects()]).toEqual([]);
  });

  test('a mapping without an object, or in no list, changes nothing', () => {
    expect(NO_GEM_LISTS.link(mapping(1, 0, 1, null))).toBe(NO_GEM_LISTS);
    expect(ids(NO_GEM_LISTS.link(m1).unlink(m2), 'a')).toEqual([1]);
  });

  test('linked twice is a mistake of the caller, and is told when the list is read', () => {
    expect(() => NO_GEM_LISTS.link(m1).link(m1).linked('a')).toThrow('va 1 is linked twice');
  });

  test('as JSON it is the ids', () => {
    const lists = NO_GEM_LISTS.link(m3)
      .link(m1)
      .link(mapping(9, 5, 1, 'b'));
    expect(JSON.stringify(lists)).toBe('{"a":[3,1],"b":[9]}');
    expect(
      lists.equals(
        NO_GEM_LISTS.link(mapping(9, 5, 1, 'b'))
          .link(m3)
          .link(m1),
      ),
    ).toBe(true);
    expect(lists.equals(NO_GEM_LISTS.link(m3).link(m1))).toBe(false);
    expect(NO_GEM_LISTS.link(m3).link(m1).equals(lists)).toBe(false);
    expect(lists.equals(lists.unlink(m2))).toBe(true);
    expect(lists.equals(lists.unlink(m1).link(m1))).toBe(true);
    expect(lists.equals(lists.unlink(m3).link(m3))).toBe(false);
  });
});
