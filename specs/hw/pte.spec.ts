/** Bits of page-table entries (facts 2.15 and 2.16). */
import { describeEntry, hexOfPte, pteOfHex } from '../../hw/pte-text.ts';
import {
  cacheBits,
  decodeEntry,
  encodeDirectory,
  encodeLeaf,
  flagsOf,
  pfnOf,
  pointsTo,
} from '../../hw/pte.ts';
import { NULL, system, vram } from './rig.ts';

describe('leaf entries', () => {
  test.each([
    ['NULL 4K', 0, false, false, 0x203],
    ['NULL 4K with the 64K hint', 0, false, true, 0x303],
    ['NULL 2M', 1, false, false, 0x283],
    ['NULL 1G', 2, false, false, 0x283],
    ['read-only NULL 4K: both bits, unlike bug S08', 0, true, false, 0x201],
    ['read-only NULL 4K with the hint', 0, true, true, 0x301],
    ['read-only NULL 2M', 1, true, false, 0x281],
    ['read-only NULL 1G', 2, true, false, 0x281],
    ['no hint above level 0', 1, false, true, 0x283],
    ['NULL above 1G, as the posted series has it', 3, false, false, 0x203],
  ])('%s', (_name, level, readOnly, hint64K, value) => {
    expect(encodeLeaf({ level, backing: NULL, readOnly, hint64K })).toBe(value);
  });

  test.each([
    ['system 4K', 0, 0x12345, false, 0x12345003],
    ['system 2M', 1, 0x12200, false, 0x12200083],
    ['system 1G', 2, 0x40000, false, 0x40000083],
    ['vram 4K', 0, 0x12345, true, 0x12345803],
    ['highest page', 0, 2 ** 40 - 1, true, 0xffffffffff803],
  ])('%s', (_name, level, pfn, vram, value) => {
    const backing = { kind: 'physical', pfn, vram } as const;
    const pte = encodeLeaf({ level, backing, readOnly: false, hint64K: false });
    expect(pte).toBe(value);
    expect(decodeEntry(pte, level)).toMatchObject({
      kind: 'leaf',
      level,
      writable: true,
      pfn,
      vram,
    });
  });

  test.each([
    ['misaligned 2M', 1, system(0x100)],
    ['misaligned 1G', 2, system(0x200)],
    ['above level 2 (BUG)', 3, system(0)],
    ['beyond 52 bits', 0, system(2 ** 40)],
  ])('%s is refused', (_name, level, backing) => {
    expect(() => encodeLeaf({ level, backing, readOnly: false, hint64K: false })).toThrow(
      RangeError,
    );
  });
});

describe('cache and atomic bits', () => {
  test.each([
    ['PAT 0', 'pat-index', 0, [0, 0, 0]],
    ['PAT 1', 'pat-index', 1, [0x8, 0x8, 0x8]],
    ['PAT 2', 'pat-index', 2, [0x10, 0x10, 0x10]],
    ['PAT 4: bit 7, but bit 12 in a huge leaf', 'pat-index', 4, [0x80, 0x1000, 0x1000]],
    ['PAT 7', 'pat-index', 7, [0x98, 0x1018, 0x1018]],
    ['2023 uncached', 'ppat', 3, [0x18, 0x18, 0x18]],
    ['2023 scanout', 'ppat', 2, [0x10, 0x10, 0x10]],
    ['2023 write-back: bit 7 everywhere', 'ppat', 4, [0x80, 0x80, 0x80]],
    ['none', 'unset', 7, [0, 0, 0]],
  ] as const)('%s', (_name, caching, index, bits) => {
    expect([0, 1, 2].map((level) => cacheBits(caching, index, level))).toEqual(bits);
  });

  const leaf = (level: number, pfn: number, cache: number) =>
    encodeLeaf({ level, backing: vram(pfn), readOnly: false, hint64K: false, cache, atomic: true });

  test('each attribute is read back, and the page with it', () => {
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
      for (const level of [0, 1, 2]) {
        const pte = leaf(level, 0x40000, cacheBits('pat-index', index, level));
        expect(decodeEntry(pte, level)).toMatchObject({
          kind: 'leaf',
          pfn: 0x40000,
          cache: index,
          atomic: true,
        });
      }
    }
  });

  test('in a 2M leaf of 2023 write-back is lost in the page-size bit', () => {
    expect(leaf(1, 0x200, cacheBits('ppat', 4, 1))).toBe(leaf(1, 0x200, 0));
    expect(leaf(1, 0x200, 0)).toBe(0x200c83);
  });

  test('atomic enable is for VRAM only', () => {
    const fields = { level: 0, readOnly: false, hint64K: false, atomic: true };
    expect(encodeLeaf({ ...fields, backing: vram(1) })).toBe(0x1c03);
    expect(encodeLeaf({ ...fields, backing: system(1) })).toBe(0x1003);
    expect(encodeLeaf({ ...fields, backing: NULL })).toBe(0x203);
  });
});

describe('decoding', () => {
  test('a directory entry leads to its table, at any level above 0', () => {
    const pte = encodeDirectory(0x8000000001);
    expect(pte).toBe(0x8000000001003);
    for (const level of [1, 2, 3, 4]) {
      expect(decodeEntry(pte, level)).toEqual({
        kind: 'directory',
        table: 0x8000000001,
        layout: 'normal',
      });
    }
  });

  test('bits 6 and 11 of an entry of level 1 say how the table below is laid out', () => {
    expect(encodeDirectory(0x100, 'compact')).toBe(0x100043);
    expect(encodeDirectory(0x100, 'ips')).toBe(0x100803);
    expect(decodeEntry(0x100043, 1)).toMatchObject({ table: 0x100, layout: 'compact' });
    expect(decodeEntry(0x100803, 1)).toMatchObject({ table: 0x100, layout: 'ips' });
    for (const pte of [0x100043, 0x100803]) {
      expect(decodeEntry(pte, 2)).toMatchObject({ layout: 'normal' });
    }
  });

  test('an entry points to a table whatever its cache bits', () => {
    expect(pointsTo(0x10001b, 0x100, 'normal')).toBe(true);
    expect(pointsTo(0x100003, 0x101, 'normal')).toBe(false);
    expect(pointsTo(0x100003, 0x100, 'compact')).toBe(false);
    expect(pointsTo(0x100001, 0x100, 'normal')).toBe(false);
  });

  test('the page-size bit makes a leaf only at levels 1 and 2', () => {
    expect(decodeEntry(0x283, 1).kind).toBe('leaf');
    expect(decodeEntry(0x283, 2).kind).toBe('leaf');
    expect(decodeEntry(0x283, 3)).toEqual({ kind: 'directory', table: 0, layout: 'normal' });
  });

  test('without the present bit nothing else counts', () => {
    expect(decodeEntry(0x282, 1)).toEqual({ kind: 'empty' });
  });

  test('a NULL entry has no page, whatever its address bits say', () => {
    expect(decodeEntry(0x5203, 0)).toMatchObject({ kind: 'leaf', pfn: null });
  });

  test('flags and address are split without losing high bits', () => {
    expect(flagsOf(0xffffffffff803)).toBe(0x803);
    expect(pfnOf(0xffffffffff803)).toBe(0xffffffffff);
  });
});

describe('in words', () => {
  test.each([
    [0x203, 0, 'present writable NULL 4K'],
    [0x301, 0, 'present read-only NULL 4K (64K hint)'],
    [0x283, 2, 'present writable NULL 1G'],
    [0x200083, 1, 'present writable system 0x200000 2M'],
    [0x12345c03, 0, 'present writable atomic vram 0x12345000 4K'],
    [0x100003, 1, 'present directory, table 0x100000'],
    [0x100043, 1, 'present directory, table 0x100000 compact'],
    [0x100803, 1, 'present directory, table 0x100000 of 64K pages'],
    [0x201093, 1, 'present writable system 0x200000 2M, cache 6'],
    [0, 0, 'not present'],
    [0x200, 0, 'not present (0x200)'],
  ])('%p at level %p', (pte, level, words) => {
    expect(describeEntry(pte, level)).toBe(words);
  });

  test('hex there and back', () => {
    for (const pte of [0, 0x203, 0xffffffffff803]) expect(pteOfHex(hexOfPte(pte))).toBe(pte);
    expect(() => pteOfHex('203')).toThrow(RangeError);
    expect(() => pteOfHex('0xffffffffffffffff')).toThrow(RangeError);
  });
});
