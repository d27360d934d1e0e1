/** Page tables that are mapped and unmapped page by page, against a plain function of pages; and the AS region. */
import fc from 'fast-check';
import { lockedRegion } from '../../hw/as-region.ts';
import {
  mapPages,
  type StoredEntries,
  tablesToMap,
  tablesToUnmap,
  unmapPages,
  wholeBlocks,
} from '../../hw/io-pgtable.ts';
import {
  allocateTable,
  freeTable,
  noTables,
  type Tables,
  walk,
  writeEntries,
} from '../../hw/page-tables.ts';
import { createPtTree, type NewTable, type PtTree } from '../../hw/pt-tree.ts';
import { liveFaults } from '../../hw/shape-check.ts';

const BLOCK = 512;
const PAGES = 4 * BLOCK;

interface Seen {
  tree: PtTree;
  alloc: { next: number };
  tables: Tables;
}

function start(): Seen {
  const made = createPtTree({ next: 2 ** 39 }, 4);
  return { ...made, tables: made.newTables.reduce(allocateTable, noTables()) };
}

function apply(
  seen: Seen,
  changes: {
    newTables?: readonly NewTable[];
    stores: readonly StoredEntries[];
    freed: readonly number[];
  },
): void {
  seen.tables = (changes.newTables ?? []).reduce(allocateTable, seen.tables);
  seen.tables = changes.stores.reduce(writeEntries, seen.tables);
  seen.tables = changes.freed.reduce(freeTable, seen.tables);
}

/** In steps of 64 pages: blocks are whole, cut, or not there. */
const spans = fc
  .tuple(fc.nat(PAGES / 64 - 1), fc.nat(PAGES / 64 - 1))
  .map(([a, b]) => ({ addr: Math.min(a, b) * 64, range: (Math.abs(a - b) + 1) * 64 }));
const requests = fc.record({
  span: spans,
  isMap: fc.boolean(),
  pfn: fc.constantFrom(0, 64, BLOCK, 2 * BLOCK).map((pfn) => 2 ** 20 + pfn),
  repeat: fc.constantFrom(
    null,
    { range: 64, phase: 0 },
    { range: BLOCK, phase: 0 },
    { range: 2 * BLOCK, phase: 64 },
  ),
  readOnly: fc.boolean(),
});

test('a walk finds what was mapped last, whatever was mapped and unmapped before', () => {
  fc.assert(
    fc.property(fc.array(requests, { minLength: 1, maxLength: 6 }), (all) => {
      const seen = start();
      const wanted = new Map<number, number>();
      for (const { span, isMap, pfn, repeat, readOnly } of all) {
        // as the driver does: a block that is cut goes whole, and its edges come back
        const whole = wholeBlocks(seen.tree, span);
        const edges = [...wanted].filter(
          ([page]) =>
            page >= whole.addr &&
            page < whole.addr + whole.range &&
            (page < span.addr || page >= span.addr + span.range),
        );
        const cleared = unmapPages(seen.tree, whole);
        seen.tree = cleared.tree;
        apply(seen, cleared);
        for (let page = span.addr; page < span.addr + span.range; page++) wanted.delete(page);
        for (const [addr, at] of edges) {
          const back = mapPages(seen.tree, seen.alloc, {
            addr,
            range: 1,
            pfn: at,
            repeat: null,
            readOnly: false,
          });
          apply(seen, back);
          [seen.tree, seen.alloc] = [back.tree, back.alloc];
        }
        if (!isMap) continue;
        const tables = seen.alloc.next;
        const mapped = mapPages(seen.tree, seen.alloc, { ...span, pfn, repeat, readOnly });
        apply(seen, mapped);
        [seen.tree, seen.alloc] = [mapped.tree, mapped.alloc];
        expect(seen.alloc.next - tables).toBeLessThanOrEqual(tablesToMap(span));
        for (let i = 0; i < span.range; i++) {
          wanted.set(
            span.addr + i,
            repeat === null ? pfn + i : pfn + ((repeat.phase + i) % repeat.range),
          );
        }
      }
      for (let page = 0; page < PAGES; page++) {
        const found = walk(seen.tables, seen.tree.root.table, 4, page);
        expect([page, found.kind === 'leaf' ? found.pfn : null]).toEqual([
          page,
          wanted.get(page) ?? null,
        ]);
      }
      expect(liveFaults(seen.tree, seen.tables)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('memory that goes on and is aligned is mapped by blocks; a pattern shorter than 2M is not', () => {
  const leaves = (repeat: { range: number; phase: number } | null, pfn: number): number =>
    mapPages(
      start().tree,
      { next: 2 ** 39 + 1 },
      { addr: 0, range: PAGES, pfn, repeat, readOnly: false },
    ).newTables.length;
  // the tables of levels 2 and 1, and one of level 0 for each 2M that is no block
  expect(leaves(null, 0)).toBe(2);
  expect(leaves(null, 1)).toBe(6);
  expect(leaves({ range: BLOCK, phase: 0 }, BLOCK)).toBe(2);
  expect(leaves({ range: 256, phase: 0 }, 0)).toBe(6);
});

test('a block is not unmapped in part, nor is a page mapped twice', () => {
  const { tree, alloc } = start();
  const block = mapPages(tree, alloc, {
    addr: 0,
    range: BLOCK,
    pfn: 0,
    repeat: null,
    readOnly: false,
  });
  expect(() => unmapPages(block.tree, { addr: 1, range: 1 })).toThrow('part of a block');
  const again = { addr: 3, range: 1, pfn: 0, repeat: null, readOnly: false };
  expect(() => mapPages(block.tree, block.alloc, again)).toThrow('mapped already');
});

test('a table that was emptied entry by entry stays, until a block takes its place', () => {
  const { tree, alloc } = start();
  const page = mapPages(tree, alloc, { addr: 5, range: 1, pfn: 9, repeat: null, readOnly: false });
  const gone = unmapPages(page.tree, { addr: 5, range: 1 });
  expect(gone.freed).toEqual([]);
  const block = mapPages(gone.tree, page.alloc, {
    addr: 0,
    range: BLOCK,
    pfn: 0,
    repeat: null,
    readOnly: false,
  });
  expect(block.freed).toEqual([page.newTables[2]?.table]);
});

test('an unmap reserves a table for each block that an end may lie in', () => {
  const of = (addr: number, end: number): number => tablesToUnmap({ addr, range: end - addr });
  expect([of(0, 512), of(1, 512), of(1, 3), of(0, 3), of(1, 700), of(512, 1024)]).toEqual([
    0, 1, 1, 1, 2, 0,
  ]);
});

test('a region is the smallest aligned power of two, of 32 KiB at least', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 20), fc.integer({ min: 1, max: 2 ** 12 }), (addr, range) => {
      const region = lockedRegion({ addr, range });
      const half = region.range / 2;
      expect([Math.log2(region.range) % 1, region.addr % region.range]).toEqual([0, 0]);
      expect(region.addr <= addr && addr + range <= region.addr + region.range).toBe(true);
      const fitsHalf = Math.floor(addr / half) === Math.floor((addr + range - 1) / half);
      expect(region.range === 8 || !fitsHalf).toBe(true);
    }),
  );
});
