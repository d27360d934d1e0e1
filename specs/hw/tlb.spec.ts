/** The cache of translations. */
import { encodeDirectory } from '../../hw/pte.ts';
import {
  cachedDirectories,
  directoryEntryOf,
  directoryHits,
  fill,
  forget,
  forgetAll,
  forgetAsid,
  leafHits,
  lookup,
  noTlb,
  tlbEntries,
  tlbEntryOf,
  type Tlb,
} from '../../hw/tlb.ts';

const small = tlbEntryOf(1, { addr: 5, level: 0, pte: 0x9000003 });
const huge = tlbEntryOf(1, { addr: 512, level: 1, pte: 0x283 });
const giant = tlbEntryOf(1, { addr: 512 ** 2, level: 2, pte: 0x283 });
const tlb = [small, huge, giant].reduce(fill, noTlb());
const addrs = (t: Tlb): number[] => tlbEntries(t).map((entry) => entry.addr);

test('a translation is found for each page that it covers, and for its asid only', () => {
  expect(lookup(tlb, 1, 5)).toEqual(small);
  expect(lookup(tlb, 1, 6)).toBeUndefined();
  expect(lookup(tlb, 1, 1023)).toEqual(huge);
  expect(lookup(tlb, 1, 1024)).toBeUndefined();
  expect(lookup(tlb, 1, 2 * 512 ** 2 - 1)).toEqual(giant);
  expect(lookup(tlb, 2, 5)).toBeUndefined();
});

test('a leaf with the 64K hint is cached as its whole 64K page', () => {
  const hinted = tlbEntryOf(1, { addr: 0x25, level: 0, pte: 0x9005103 });
  expect(hinted).toEqual({ asid: 1, addr: 0x20, pages: 16, level: 0, pte: 0x9000103 });
  expect(tlbEntryOf(1, { addr: 0x25, level: 0, pte: 0x303 }).pte).toBe(0x303);
  expect(lookup(fill(noTlb(), hinted), 1, 0x2f)).toEqual(hinted);
});

test('where entries overlap the smaller one counts', () => {
  const stale = tlbEntryOf(1, { addr: 600, level: 0, pte: 0x7000003 });
  const both = fill(tlb, stale);
  expect(lookup(both, 1, 600)).toEqual(stale);
  expect(lookup(both, 1, 601)).toEqual(huge);
});

test('a new translation of the same place and size replaces the old', () => {
  const again = { ...small, pte: 0x8000003 };
  expect(lookup(fill(tlb, again), 1, 5)).toEqual(again);
  expect(addrs(fill(tlb, again))).toEqual(addrs(tlb));
});

test('forgetting a range drops each entry that overlaps it', () => {
  expect(addrs(forget(tlb, 1, 0, 5))).toEqual([5, 512, 512 ** 2]);
  expect(addrs(forget(tlb, 1, 5, 1))).toEqual([512, 512 ** 2]);
  expect(addrs(forget(tlb, 1, 700, 1))).toEqual([5, 512 ** 2]);
  expect(addrs(forget(tlb, 1, 512 ** 2 + 99, 1))).toEqual([5, 512]);
  expect(addrs(forget(tlb, 1, 0, 2 ** 45))).toEqual([]);
  expect(addrs(forget(tlb, 2, 0, 2 ** 45))).toEqual([5, 512, 512 ** 2]);
});

test('forgetting what was cached gives back the cache before', () => {
  const more = fill(tlb, tlbEntryOf(3, { addr: 9, level: 0, pte: 0x203 }));
  expect(tlbEntries(more)).toHaveLength(4);
  expect(tlbEntries(forget(more, 3, 9, 1))).toEqual(tlbEntries(tlb));
  expect(forget(more, 3, 9, 1).spaces.has(3)).toBe(false);
  expect(tlbEntries(forgetAsid(more, 1))).toHaveLength(1);
  expect(tlbEntries(forgetAll())).toEqual([]);
});

test('what is no translation is refused', () => {
  expect(() => tlbEntryOf(1, { addr: 0, level: 0, pte: 0 })).toThrow(/not a leaf/);
  expect(() => fill(tlb, { ...huge, addr: 513 })).toThrow(RangeError);
  expect(() => fill(tlb, { ...huge, pages: 3 })).toThrow(RangeError);
});

describe('directory entries', () => {
  const dir = (level: number, addr: number, table = 0x8000000001) =>
    directoryEntryOf(1, { addr, level, pte: encodeDirectory(table) });
  const [l1, l2, l3] = [dir(1, 512), dir(2, 0), dir(3, 0)];
  const full = [l3, l2, l1].reduce(fill, tlb);

  test('are kept apart from translations and found the deepest first', () => {
    expect(tlbEntries(full)).toEqual(tlbEntries(tlb));
    expect(cachedDirectories(full)).toEqual([l2, l3, l1]);
    expect(directoryHits(full, 1, 600)).toEqual([l1, l2, l3]);
    expect(directoryHits(full, 1, 5)).toEqual([l2, l3]);
    expect(directoryHits(full, 2, 600)).toEqual([]);
    expect(leafHits(full, 1, 600)).toEqual([huge]);
  });

  test.each([
    ['one page drops all on the way to it', 600, 1, 'overlapping', []],
    ['one page of another 2M leaves that 2M alone', 5, 1, 'overlapping', [l1]],
    ['only spans inside the range', 0, 1024, 'inside', [l2, l3]],
    ['a page is not a whole span', 600, 1, 'inside', [l2, l3, l1]],
    ['no directories', 0, 2 ** 45, 'none', [l2, l3, l1]],
  ] as const)('%s', (_name, addr, range, flush, left) => {
    const after = forget(full, 1, addr, range, flush);
    expect(cachedDirectories(after)).toEqual(left);
    expect(tlbEntries(after)).toEqual(tlbEntries(forget(tlb, 1, addr, range)));
  });

  test('go with their address space and with everything', () => {
    expect(cachedDirectories(forgetAsid(full, 2))).toHaveLength(3);
    expect(cachedDirectories(forgetAsid(full, 1))).toEqual([]);
    expect(cachedDirectories(forgetAll())).toEqual([]);
  });
});
