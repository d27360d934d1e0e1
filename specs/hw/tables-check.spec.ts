/** The checks themselves: each kind of damage is named. */
import { allocateTable, freeTable, writeEntries } from '../../hw/page-tables.ts';
import { liveFaults, shapeFaults, unreachedTables } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { bind, mapping, newRig, NULL, rootOf, system } from './rig.ts';

const a = mapping(0x1000, 0x4000, system(0x100001));
const b = mapping(0x200000, 0x400000, NULL);
const rig = [a, b].reduce(bind, newRig());
const root = rootOf(rig);
const [L2, L1, L0] = [1, 2, 3].map((n) => 2 ** 39 + n) as [number, number, number];
const put = (table: number, index: number, pte: number) =>
  writeEntries(rig.tables, { table, runs: [{ index, count: 1, pte, stride: 0 }] });

test('nothing to say when all is right', () => {
  expect(compareMappings(rig.tables, root, [b, a])).toEqual([]);
  expect(shapeFaults(rig.tables, root)).toEqual([]);
  expect(unreachedTables(rig.tables, [root])).toEqual([]);
  expect(liveFaults(rig.tree, rig.tables)).toEqual([]);
});

test('missing pages are told as ranges', () => {
  expect(compareMappings(put(L0, 2, 0), root, [a, b])).toEqual([
    { kind: 'missing', addr: 2, range: 1 },
  ]);
  const more = mapping(0x8000, 0x1000000, NULL);
  expect(compareMappings(rig.tables, root, [a, { ...more, addr: 0x800 }, b])).toEqual([
    { kind: 'missing', addr: 0x800, range: more.range },
  ]);
  expect(compareMappings(rig.tables, root, [{ ...a, addr: 0, range: 6 }, b])).toHaveLength(5);
});

test('what nobody mapped is unexpected', () => {
  expect(compareMappings(put(L0, 9, 0x203), root, [a, b])).toEqual([
    { kind: 'unexpected', addr: 9, level: 0, pte: 0x203 },
  ]);
  expect(compareMappings(rig.tables, root, [a])).toEqual([
    { kind: 'unexpected', addr: 512, level: 1, pte: 0x283 },
  ]);
  expect(compareMappings(rig.tables, root, [a, { ...b, range: 511 }])).toMatchObject([
    { kind: 'unexpected', addr: 512 },
  ]);
});

test('a wrong page, a lost bit, a wrong size', () => {
  const right = 0x100002003;
  for (const pte of [0x100003003, right - 2, right + 0x100, right + 0x200]) {
    expect(compareMappings(put(L0, 2, pte), root, [a, b])).toEqual([
      { kind: 'wrong', addr: 2, level: 0, pte, expected: { level: 0, pte: right } },
    ]);
  }
  const small = { ...b, backing: system(0x100000) };
  expect(compareMappings(rig.tables, root, [a, small])).toMatchObject([
    { kind: 'wrong', addr: 512, expected: { level: 1, pte: 0x100000083 } },
  ]);
  const odd = { ...b, backing: system(0x100001) };
  expect(compareMappings(rig.tables, root, [a, odd])).toMatchObject([
    { kind: 'wrong', expected: { level: 0, pte: 0x100001003 } },
  ]);
});

test('a directory entry to a freed table, and a table with nothing in it', () => {
  const torn = freeTable(rig.tables, L0);
  const at = { table: L0, level: 0, base: 0 };
  expect(shapeFaults(torn, root)).toEqual([{ kind: 'dangling', ...at }]);
  const empty = writeEntries(rig.tables, {
    table: L0,
    runs: [{ index: 0, count: 512, pte: 0, stride: 0 }],
  });
  expect(shapeFaults(empty, root)).toEqual([{ kind: 'empty', ...at }]);
});

test('a leaked table', () => {
  const leaked = allocateTable(rig.tables, { table: 77, level: 0, runs: [] });
  expect(unreachedTables(leaked, [root])).toEqual([77]);
  expect(unreachedTables(put(L2, 0, 0), [root])).toEqual([L1, L0]);
});

test('a count or a child that is not the driver’s', () => {
  expect(liveFaults(rig.tree, put(L0, 9, 0x203))).toEqual([
    { table: L0, level: 0, base: 0, numLive: 3, present: 4, strangers: [] },
  ]);
  expect(liveFaults(rig.tree, put(L1, 0, 0x5003))).toMatchObject([
    { table: L1, numLive: 2, present: 2, strangers: [0] },
  ]);
  expect(liveFaults(rig.tree, freeTable(rig.tables, L0))).toMatchObject([
    { table: L0, numLive: 3, present: undefined },
  ]);
});
