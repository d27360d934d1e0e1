/** Physical memory and where it comes from. */
import {
  alignmentOf,
  allocatePages,
  freshPools,
  regionOfPage,
  type MemoryRegion,
} from '../../hw/allocator.ts';
import {
  clearPages,
  copyPages,
  readWord,
  wordsIn,
  writeWord,
  zeroMemory,
} from '../../hw/memory.ts';

describe('memory', () => {
  const high = 2 ** 40 - 1;
  const written = writeWord(
    writeWord(zeroMemory(), { pfn: 7, word: 511 }, '0xc0ffee'),
    { pfn: high, word: 0 },
    '0xffffffffffffffff',
  );

  test('what was written is read, the rest is 0', () => {
    expect(readWord(written, { pfn: 7, word: 511 })).toBe('0xc0ffee');
    expect(readWord(written, { pfn: high, word: 0 })).toBe('0xffffffffffffffff');
    expect(readWord(written, { pfn: 8, word: 0 })).toBe('0x0');
    expect(readWord(zeroMemory(), { pfn: 7, word: 511 })).toBe('0x0');
  });

  test('writing 0 leaves no trace', () => {
    const zeroed = writeWord(written, { pfn: 7, word: 511 }, '0x0');
    expect([...wordsIn(zeroed, 0, 100)]).toEqual([]);
    expect(zeroed.words.size).toBe(1);
  });

  test('a range of pages is cleared, and only it', () => {
    const near = writeWord(written, { pfn: 8, word: 0 }, '0x8');
    expect([...wordsIn(clearPages(near, 7, 1), 0, 100)]).toEqual([
      { pfn: 8, word: 0, value: '0x8' },
    ]);
  });

  test('moved contents replace those of the target; the source stays', () => {
    const before = writeWord(written, { pfn: 21, word: 3 }, '0xbad');
    const after = copyPages(before, 6, 20, 2);
    expect([...wordsIn(after, 20, 2)]).toEqual([{ pfn: 21, word: 511, value: '0xc0ffee' }]);
    expect(readWord(after, { pfn: 7, word: 511 })).toBe('0xc0ffee');
  });
});

describe('allocator', () => {
  test('a block is aligned to the largest leaf that fits into it', () => {
    expect([1, 15, 16, 511, 512, 2 ** 18 - 1, 2 ** 18].map(alignmentOf)).toEqual([
      1,
      1,
      16,
      16,
      512,
      512,
      2 ** 18,
    ]);
  });

  test('blocks do not overlap and lie in their region', () => {
    let pools = freshPools();
    let end = 0;
    for (const pages of [1, 16, 3, 512, 1, 2 ** 18, 700]) {
      const got = allocatePages(pools, 'vram', pages);
      expect(got.pfn % alignmentOf(pages)).toBe(0);
      expect(got.pfn).toBeGreaterThanOrEqual(end);
      expect(regionOfPage(got.pfn)).toBe('vram');
      end = got.pfn + pages;
      pools = got.pools;
    }
    expect(pools.system).toEqual(freshPools().system);
  });

  test.each<[MemoryRegion, number]>([
    ['system', 2 ** 38],
    ['vram', 2 ** 38 + 1],
    ['vram', 0],
  ])('%s cannot give %p pages', (region, pages) => {
    expect(() => allocatePages(freshPools(), region, pages)).toThrow();
  });

  test('each page belongs to at most one region', () => {
    expect([0, 2 ** 20, 2 ** 38, 2 ** 39].map(regionOfPage)).toEqual([
      undefined,
      'system',
      'vram',
      'tables',
    ]);
  });
});
