/**
 * What a space refuses and with which errno, in the kernel's order; what it finds; how it links.
 */
import { describe, expect, test } from '@jest/globals';
import { ERRNO } from '../../../domain/errno.ts';
import { PAGES_IN_U64 } from '../../../domain/units.ts';
import { insertRegion, removeRegion } from '../../../domain/va/regions.ts';
import { mapOps, unmapOps } from '../../../domain/va/split-merge.ts';
import {
  createVaSpace,
  find,
  findFirst,
  findNext,
  findPrev,
  linked,
  mappingsIn,
  sameSpace,
  type VaSpace,
} from '../../../domain/va/va-space.ts';
import { editVaSpace, insert, link, remove, unlink } from '../../../domain/va/va-space-editor.ts';
import {
  accepted,
  contents,
  emptySpace,
  KINDS,
  mapping,
  request,
  spaceWith,
  type Kind,
} from './space-of.ts';

const { EINVAL, EEXIST, ENOENT } = ERRNO;
const OK = 0;

/** Status of mapping, of inserting and of unmapping the range. */
const statuses = (space: VaSpace, addr: number, range: number): number[] => {
  const of = (result: object | number): number => (typeof result === 'number' ? result : OK);
  return [
    of(mapOps(space, request(addr, range))),
    of(insert(space, mapping(1, addr, range))),
    of(unmapOps(space, addr, range)),
  ];
};

describe('the range of a request', () => {
  const at = { start: 8, range: 16 };

  test('2023: it has to touch the space, no more (S38); an unmap need not even do that', () => {
    for (const [addr, range] of [
      [8, 16],
      [7, 2],
      [23, 5],
      [0, 100],
    ] as const) {
      expect(statuses(emptySpace('2023', at), addr, range)).toEqual([OK, OK, OK]);
    }
    for (const [addr, range] of [
      [0, 8],
      [24, 1],
      [4, 4],
    ] as const) {
      expect(statuses(emptySpace('2023', at), addr, range)).toEqual([EINVAL, EINVAL, OK]);
    }
  });

  test('6.18: it has to lie inside, for an unmap too', () => {
    for (const [addr, range] of [
      [8, 16],
      [8, 1],
      [23, 1],
    ] as const) {
      expect(statuses(emptySpace('6.18', at), addr, range)).toEqual([OK, OK, OK]);
    }
    for (const [addr, range] of [
      [7, 2],
      [23, 2],
      [0, 8],
      [24, 1],
      [0, 100],
    ] as const) {
      expect(statuses(emptySpace('6.18', at), addr, range)).toEqual([EINVAL, EINVAL, EINVAL]);
    }
  });

  test('at the end of u64', () => {
    const all = { range: PAGES_IN_U64 - 1 };
    for (const kind of KINDS) {
      expect(statuses(emptySpace(kind, all), PAGES_IN_U64 - 2, 1)).toEqual([OK, OK, OK]);
    }
    const last = PAGES_IN_U64 - 1;
    expect(statuses(emptySpace('6.18', all), last, 1)).toEqual([EINVAL, EINVAL, EINVAL]);
    expect(statuses(emptySpace('2023', all), last, 1)).toEqual([EINVAL, EINVAL, OK]);
    // A space that ends where u64 does: its end wraps to 0, and nothing lies before that.
    const upTo = { start: 8, range: PAGES_IN_U64 - 8 };
    expect(statuses(emptySpace('2023', upTo), 16, 1)).toEqual([EINVAL, EINVAL, OK]);
    expect(statuses(emptySpace('6.18', upTo), 16, 1)).toEqual([EINVAL, EINVAL, EINVAL]);
    expect(statuses(emptySpace('6.18', upTo), last, 1)).toEqual([EINVAL, EINVAL, EINVAL]);
    // An end that wraps around to a small address touches the space, so 2023 makes a MAP of it.
    expect(statuses(emptySpace('2023', all), last - 1, 5)).toEqual([OK, EINVAL, OK]);
    expect(statuses(emptySpace('6.18', all), last - 1, 5)).toEqual([EINVAL, EINVAL, EINVAL]);
    const space = spaceWith(emptySpace('2023', all), [request(0, 2), request(last - 1, 1)]);
    expect(mapOps(space, request(last - 1, 5))).toHaveLength(1);
  });

  test('of no length: passes inside the space, but is never inserted', () => {
    expect(mapOps(emptySpace('2023'), request(5, 0))).toMatchObject([{ map: { range: 0 } }]);
    expect(mapOps(emptySpace('6.18'), request(5, 0))).toMatchObject([{ map: { range: 0 } }]);
    for (const kind of KINDS) {
      expect(insert(emptySpace(kind), mapping(1, 5, 0))).toBe(EINVAL);
      const atEnd = mapOps(emptySpace(kind), request(64, 0));
      expect(typeof atEnd === 'number' ? atEnd : OK).toBe(kind === '6.18' ? OK : EINVAL);
    }
    // The iterator of 2023 sees nothing; that of 6.18 finds what the place is inside of.
    const old = [request(2, 6)];
    expect(mapOps(spaceWith(emptySpace('2023'), old), request(5, 0))).toHaveLength(1);
    expect(unmapOps(spaceWith(emptySpace('2023'), old), 5, 0)).toEqual([]);
    expect(unmapOps(spaceWith(emptySpace('6.18'), old), 2, 0)).toEqual([]);
    expect(unmapOps(spaceWith(emptySpace('6.18'), old), 5, 0)).toMatchObject([
      { op: 'remap', prev: { addr: 2, range: 3 }, next: { addr: 5, range: 3, offset: 5 } },
    ]);
  });
});

test('offsets wrap as the u64 they are', () => {
  const old = request(0, 4, 'a', PAGES_IN_U64 - 2);
  const space = spaceWith(emptySpace('6.18'), [old]);
  expect(mapOps(space, request(1, 2, 'a', PAGES_IN_U64 - 1))).toMatchObject([
    { op: 'remap', prev: { offset: PAGES_IN_U64 - 2 }, next: { offset: 1 }, keep: true },
    { op: 'map' },
  ]);
  expect(mapOps(space, request(2, 1, 'a', 0))).toMatchObject([{ keep: true }, {}]);
  expect(mapOps(space, request(2, 1, 'a', 1))).toMatchObject([{ keep: false }, {}]);
  const wrapped = spaceWith(emptySpace('6.18'), [request(2, 1, 'a', 0)]);
  expect(mapOps(wrapped, old)).toMatchObject([{ op: 'unmap', keep: true }, {}]);
});

describe('the reserved area', () => {
  test.each(KINDS)('refuses what touches it: %s', (kind) => {
    const regions = [
      [0, 16],
      [24, 40],
    ] as const;
    const space = emptySpace(kind, { reserved: { addr: 16, range: 8 }, regions });
    const unmap = kind === '6.18' ? EINVAL : OK;
    for (const [addr, range] of [
      [16, 8],
      [15, 2],
      [23, 2],
      [18, 2],
      [0, 64],
    ] as const) {
      expect(statuses(space, addr, range)).toEqual([EINVAL, EINVAL, unmap]);
    }
    expect(statuses(space, 8, 8)).toEqual([OK, OK, OK]);
    expect(statuses(space, 24, 8)).toEqual([OK, OK, OK]);
  });

  test('of no length: 2023 refuses what spans its place, 6.18 does not look at it', () => {
    const reserved = { addr: 16, range: 0 };
    const old = emptySpace('2023', { reserved });
    expect(statuses(old, 15, 2)).toEqual([EINVAL, EINVAL, OK]);
    expect(statuses(old, 15, 1)).toEqual([OK, OK, OK]);
    expect(statuses(old, 16, 1)).toEqual([OK, OK, OK]);
    expect(statuses(emptySpace('6.18', { reserved }), 15, 2)).toEqual([OK, OK, OK]);
    const region = { addr: 8, range: 16, sparse: false };
    const merging = emptySpace('merging', { reserved, regions: [] });
    expect(insertRegion(merging, region)).toMatchObject({ regions: { size: 1 } });
    expect(statuses(emptySpace('2023', { reserved: { addr: 0, range: 0 } }), 0, 9)).toEqual([
      OK,
      OK,
      OK,
    ]);
  });
});

describe('regions', () => {
  const region = (addr: number, range: number) => ({ addr, range, sparse: false });

  test('a request has to lie in one of them', () => {
    const space = emptySpace('merging', {
      regions: [
        [0, 8],
        [8, 8],
        [24, 8],
      ],
    });
    expect(statuses(space, 0, 8)).toEqual([OK, OK, OK]);
    for (const [addr, range] of [
      [7, 2],
      [16, 4],
      [15, 2],
      [23, 2],
      [31, 2],
    ] as const) {
      expect(statuses(space, addr, range)).toEqual([EINVAL, EINVAL, OK]);
    }
  });

  test('are refused without the flag, outside the space, over each other and what is reserved', () => {
    const space = emptySpace('merging', { reserved: { addr: 16, range: 8 }, regions: [[32, 8]] });
    const status = (addr: number, range: number): number | string => {
      const result = insertRegion(space, region(addr, range));
      return typeof result === 'number' ? result : 'ok';
    };
    expect(insertRegion(emptySpace('2023'), region(0, 8))).toBe(EINVAL);
    expect(insertRegion(emptySpace('6.18'), region(0, 8))).toBe(EINVAL);
    expect([status(64, 8), status(8, 0), status(31, 2), status(39, 9), status(32, 8)]).toEqual([
      EINVAL,
      EINVAL,
      EEXIST,
      EEXIST,
      EEXIST,
    ]);
    expect([status(15, 2), status(23, 2), status(0, 30)]).toEqual([EEXIST, EEXIST, EEXIST]);
    expect([status(0, 16), status(24, 8), status(40, 24), status(60, 8)]).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
  });

  test("a reserved area outside the space is in nobody's way, and has no region to remove", () => {
    const space = emptySpace('merging', { reserved: { addr: 100, range: 8 }, regions: [] });
    expect(removeRegion(space, region(100, 8)).warning).toBeNull();
  });

  test('are removed with the warnings of the kernel', () => {
    const space = emptySpace('merging', {
      reserved: { addr: 16, range: 8 },
      regions: [
        [32, 8],
        [40, 8],
      ],
    });
    const kernel = removeRegion(space, { addr: 16, range: 8 });
    expect(kernel).toEqual({ space, warning: 'kernel-region' });
    const gone = removeRegion(space, { addr: 32, range: 8 });
    expect(gone.warning).toBeNull();
    expect([...(gone.space.regions?.values() ?? [])]).toEqual([region(40, 8)]);
    const full = spaceWith(space, [request(40, 1)]);
    const forced = removeRegion(full, { addr: 40, range: 8 });
    expect(forced.warning).toBe('not-empty');
    expect(forced.space.regions?.has(40)).toBe(false);
    expect(contents(forced.space)).toHaveLength(1);
    expect(removeRegion(emptySpace('2023'), region(0, 8)).warning).toBeNull();
  });

  test('there are none in 6.18, nor a space beyond u64', () => {
    const config = { name: 'x', start: 0, range: 8, reserved: null } as const;
    expect(() => createVaSpace({ ...config, semantics: 'gpuvm-6.18' }, true)).toThrow(RangeError);
    const whole = { ...config, range: PAGES_IN_U64, semantics: 'gpuva-2023' } as const;
    expect(() => createVaSpace(whole)).toThrow(RangeError);
    const big = { ...config, start: 8, range: PAGES_IN_U64 - 1, semantics: 'gpuva-2023' } as const;
    expect(() => createVaSpace(big)).toThrow(RangeError);
  });
});

describe.each(KINDS)('insert and remove: %s', (kind: Kind) => {
  const space = spaceWith(emptySpace(kind), [request(8, 4), request(12, 4), request(20, 4)]);

  test('EEXIST where the start is taken or the gap is too short, before that EINVAL', () => {
    for (const [addr, range] of [
      [8, 4],
      [11, 1],
      [7, 2],
      [16, 5],
      [0, 64],
      [23, 9],
    ] as const) {
      expect(insert(space, mapping(9, addr, range))).toBe(EEXIST);
    }
    expect(insert(space, mapping(9, 64, 1))).toBe(EINVAL);
    for (const [addr, range] of [
      [0, 8],
      [16, 4],
      [24, 40],
    ] as const) {
      const added = accepted(insert(space, mapping(9, addr, range)));
      expect(added.mappings.get(addr)).toEqual(mapping(9, addr, range));
      expect(added.gems).toBe(space.gems);
    }
    expect(contents(space)).toHaveLength(3);
  });

  test('the mapping removed is the one that is held, or none (not whatever is there: S09)', () => {
    const held = space.mappings.get(12);
    if (held === undefined) throw new Error('it was inserted');
    const without = accepted(remove(space, held));
    expect(contents(without).map((m) => m.addr)).toEqual([8, 20]);
    expect(remove(space, { ...held, id: 77 })).toBe(ENOENT);
    expect(remove(space, mapping(77, 13, 1))).toBe(ENOENT);
    expect(remove(without, held)).toBe(ENOENT);
    expect(() => insert(space, mapping(0, 0, 1))).toThrow(RangeError);
  });
});

describe.each(KINDS)('looking up: %s', (kind: Kind) => {
  const space = spaceWith(emptySpace(kind), [request(8, 4), request(12, 4), request(20, 4)]);
  const addrs = (found: readonly { addr: number }[]): number[] => found.map((m) => m.addr);

  test('find, findFirst, mappingsIn', () => {
    expect(find(space, 12, 4)?.id).toBe(2);
    expect(find(space, 12, 3)).toBeUndefined();
    expect(find(space, 11, 5)).toBeUndefined();
    expect(findFirst(space, 11, 50)?.id).toBe(1);
    expect(findFirst(space, 16, 4)).toBeUndefined();
    expect(addrs(mappingsIn(space, 11, 10))).toEqual([8, 12, 20]);
    expect(addrs(mappingsIn(space, 12, 8))).toEqual([12]);
    expect(mappingsIn(space, 24, 40)).toEqual([]);
  });

  test('findPrev and findNext look at the adjacent page only, and inside the space only', () => {
    expect(findPrev(space, 12)?.id).toBe(1);
    expect(findPrev(space, 20)).toBeUndefined();
    expect(findPrev(space, 8)).toBeUndefined();
    expect(findNext(space, 12)?.id).toBe(2);
    expect(findNext(space, 16)).toBeUndefined();
    const wide = spaceWith(emptySpace(kind), [request(0, 4), request(60, 4)]);
    expect([findPrev(wide, 0), findPrev(wide, 65), findNext(wide, 64)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([findPrev(wide, 64)?.id, findNext(wide, 0)?.id]).toEqual([2, 1]);
    if (kind !== '2023') return;
    // Only there can a mapping reach over the ends of its space.
    const over = [request(6, 4), request(22, 4)];
    const small = spaceWith(emptySpace(kind, { start: 8, range: 16 }), over);
    expect([findPrev(small, 8), findNext(small, 24)]).toEqual([undefined, undefined]);
    expect([findPrev(small, 9)?.id, findNext(small, 23)?.id]).toEqual([1, 2]);
  });
});

describe('versions', () => {
  test('an editor changes no version, and freezes to the same one if nothing changed', () => {
    const space = spaceWith(emptySpace('6.18'), [request(8, 4), request(12, 4)]);
    const before = JSON.stringify(space);
    const editor = editVaSpace(space);
    expect(editor.freeze()).toBe(space);
    const [first] = contents(space);
    if (first === undefined) throw new Error('two were inserted');
    expect([editor.remove(first), editor.insert(mapping(3, 0, 1, 'b'))]).toEqual([0, 0]);
    editor.unlink(first);
    const after = editor.freeze();
    editor.link(mapping(3, 0, 1, 'b'));
    expect([...linked(after, 'b')]).toEqual([]);
    expect([...linked(editor.freeze(), 'b')].map((m) => m.id)).toEqual([3]);
    expect(JSON.stringify(space)).toBe(before);
    expect(contents(after).map((m) => m.id)).toEqual([3, 2]);
  });

  test('sameSpace compares what they hold, not how they came about', () => {
    const one = spaceWith(emptySpace('merging'), [request(8, 4), request(12, 4)]);
    const two = spaceWith(emptySpace('merging'), [request(8, 4), request(12, 4)]);
    expect(sameSpace(one, two)).toBe(true);
    const [first, second] = contents(one);
    if (first === undefined || second === undefined) throw new Error('two were inserted');
    expect(sameSpace(one, link(unlink(two, first), first))).toBe(false);
    expect(sameSpace(one, link(unlink(two, second), second))).toBe(true);
    expect(sameSpace(one, accepted(remove(two, second)))).toBe(false);
    expect(sameSpace(one, removeRegion(two, { addr: 0, range: 64 }).space)).toBe(false);
    expect(sameSpace(one, spaceWith(emptySpace('2023'), [request(8, 4), request(12, 4)]))).toBe(
      false,
    );
  });
});
