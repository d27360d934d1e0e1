/** The hardware's view: folding facts, and the walk. */
import {
  allocateTable,
  entriesOf,
  freeTable,
  noTables,
  walk,
  writeEntries,
} from '../../hw/page-tables.ts';
import { encodeDirectory } from '../../hw/pte.ts';
import { slotAt } from '../../hw/slots.ts';

const dir = (index: number, table: number) => ({
  index,
  count: 1,
  pte: encodeDirectory(table),
  stride: 0,
});
const leaf = { index: 7, count: 2, pte: 0x5000003, stride: 4096 };

/** Root 100 (level 3) -> 101 -> 102 -> 103, where pages 7 and 8 are mapped; 2M NULL at index 1. */
const tables = [
  { table: 100, level: 3, runs: [dir(0, 101)] },
  {
    table: 101,
    level: 2,
    runs: [dir(0, 102), { index: 511, count: 1, pte: 0x40000083, stride: 0 }],
  },
  { table: 102, level: 1, runs: [dir(0, 103), { index: 1, count: 1, pte: 0x281, stride: 0 }] },
  { table: 103, level: 0, runs: [leaf] },
].reduce(allocateTable, noTables());

const walkTo = (addr: number, from = tables) => walk(from, 100, 4, addr);

test('a walk follows the bits down to a 4K leaf', () => {
  expect(walkTo(8)).toEqual({
    kind: 'leaf',
    level: 0,
    pte: 0x5001003,
    addr: 8,
    pages: 1,
    pfn: 0x5001,
    writable: true,
    vram: false,
    hint64K: false,
  });
});

test('a page inside a huge leaf is translated from its start', () => {
  const addr = 511 * 512 ** 2 + 1000;
  const at = { addr: 511 * 512 ** 2, pages: 512 ** 2, pfn: 0x40000 + 1000 };
  expect(walkTo(addr)).toMatchObject({ kind: 'leaf', level: 2, ...at });
  expect(walkTo(1000)).toMatchObject({ level: 1, addr: 512, pfn: null, writable: false });
});

test.each([
  [9, 0],
  [1024, 1],
  [512 ** 2, 2],
  [512 ** 3, 3],
])('page %p is not present at level %p', (addr, level) => {
  expect(walkTo(addr)).toEqual({ kind: 'not-present', level });
});

test('a pointer to a freed table dangles', () => {
  expect(walkTo(7, freeTable(tables, 103))).toEqual({ kind: 'dangling', level: 1, table: 103 });
  expect(walkTo(7, freeTable(tables, 100))).toEqual({ kind: 'dangling', level: 4, table: 100 });
});

test('the walk does not look at what a table was allocated for', () => {
  const crossed = writeEntries(tables, { table: 102, runs: [dir(2, 101)] });
  expect(walkTo(1024 + 511, crossed)).toMatchObject({ kind: 'leaf', level: 0, pfn: 0x40000 });
});

test('the present leaves come in order, inside the range asked for', () => {
  const list = (from?: number, to?: number): number[] =>
    [...entriesOf(tables, 100, 4, from, to)].map((entry) => entry.addr);
  expect(list()).toEqual([7, 8, 512, 511 * 512 ** 2]);
  expect(list(8, 512)).toEqual([8]);
  expect(list(600, 601)).toEqual([512]);
  expect(list(9, 512)).toEqual([]);
  expect(list(0, 8)).toEqual([7]);
});

test('writes are values: the older version stays, clearing gives back the version before', () => {
  const written = writeEntries(tables, { table: 103, runs: [{ ...leaf, index: 100 }] });
  expect(walkTo(100).kind).toBe('not-present');
  const clear = { index: 100, count: 2, pte: 0, stride: 0 };
  const cleared = writeEntries(written, { table: 103, runs: [clear] });
  expect(cleared.pages.get(103)).toEqual(tables.pages.get(103));
  const page = written.pages.get(103);
  expect(page && slotAt(page.entries, 101)).toBe(0x5001003);
});

test('facts that cannot be are refused', () => {
  expect(() => allocateTable(tables, { table: 100, level: 0, runs: [] })).toThrow(/already/);
  expect(() => writeEntries(tables, { table: 9, runs: [] })).toThrow('no page table is at 0x9000');
  expect(() => freeTable(tables, 9)).toThrow('no page table is at 0x9000');
  expect(() => walkTo(2 ** 36)).toThrow(RangeError);
});
