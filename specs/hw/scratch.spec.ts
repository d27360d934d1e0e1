/** Scratch VMs: what no mapping covers is one page of memory that all such addresses share. */
import { access, type Machine } from '../../hw/access.ts';
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import { readWord, writeWord, zeroMemory } from '../../hw/memory.ts';
import { entriesOf, entryAt, walk, writeEntries } from '../../hw/page-tables.ts';
import { tablesOf } from '../../hw/pt-tree.ts';
import { liveFaults, shapeFaults, unreachedTables } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { noTlb } from '../../hw/tlb.ts';
import { bind, mapping, newRig, NULL, rootOf, SCRATCH, system, unbind } from './rig.ts';

const ROOT = 2 ** 39;
const LEAF = SCRATCH.pfn * 4096 + 0x803;
const fresh = newRig(4, { scratch: SCRATCH });
const page = mapping(0x5000, 0x6000, system(0x100001));
const rig = bind(fresh, page);
const L0 = ROOT + 6;

test('the tree: one table a level, each entry to the one below, level 0 to the page', () => {
  const entries = [ROOT, ROOT + 1, ROOT + 2, ROOT + 3].map((table) => [
    entryAt(fresh.tables, table, 0),
    entryAt(fresh.tables, table, 511),
  ]);
  const to = (table: number) => [table * 4096 + 3, table * 4096 + 3];
  expect(entries).toEqual([to(ROOT + 3), [LEAF, LEAF], to(ROOT + 1), to(ROOT + 2)]);
  expect(tablesOf(fresh.tree)).toEqual([ROOT, ROOT + 1, ROOT + 2, ROOT + 3]);
});

test.each([4, 5])('with %p levels every address translates to the page', (levels) => {
  const { tables, tree } = newRig(levels, { scratch: SCRATCH });
  for (const addr of [0, 511, 2 ** 27 + 3, 2 ** (9 * levels) - 1]) {
    const found = walk(tables, tree.root.table, levels, addr);
    expect(found).toMatchObject({ kind: 'leaf', level: 0, pfn: SCRATCH.pfn, writable: true });
  }
});

test('a new table has scratch entries beside its own', () => {
  const last = rig.staged.newTables.at(-1);
  expect(last).toMatchObject({ table: L0, level: 0 });
  expect(last?.runs).toEqual([
    { index: 0, count: 5, pte: LEAF, stride: 0 },
    { index: 5, count: 1, pte: 0x100001003, stride: 4096 },
    { index: 6, count: 506, pte: LEAF, stride: 0 },
  ]);
});

test('an unbind writes scratch entries, and what is then there is the tree of before', () => {
  const two = bind(rig, mapping(0x9000, 0xa000, NULL));
  const one = unbind(two, page);
  const cleared = { index: 5, count: 1, pte: LEAF, stride: 0 };
  expect(one.staged.updates).toMatchObject([{ table: L0, runs: [cleared] }]);
  const none = unbind(one, mapping(0x9000, 0xa000, NULL));
  const root = { index: 0, count: 1, pte: (ROOT + 3) * 4096 + 3, stride: 0 };
  expect(none.staged.updates).toMatchObject([{ table: ROOT, runs: [root] }]);
  expect([...none.tables.pages.entries()]).toEqual([...fresh.tables.pages.entries()]);
});

describe('loads and stores', () => {
  const machine: Machine = {
    tables: rig.tables,
    tlb: noTlb(),
    memory: writeWord(zeroMemory(), { pfn: SCRATCH.pfn, word: 7 }, '0x5c'),
  };
  const context = { asid: 1, root: ROOT, levels: 4 };
  const far = { addr: 2 ** 35, word: 7 };

  test('a load sees what is in the scratch page', () => {
    expect(access(machine, context, far, { kind: 'read' })).toMatchObject({ value: '0x5c' });
    expect(access(machine, context, { addr: 6, word: 7 }, { kind: 'read' })).toMatchObject({
      value: '0x5c',
    });
  });

  test('a store through one address is seen through another', () => {
    const done = access(machine, context, far, { kind: 'write', value: '0x1' });
    if (done.outcome !== 'written') throw new Error(done.outcome);
    expect(done.write).toEqual({ pfn: SCRATCH.pfn, word: 7, value: '0x1' });
    const memory = writeWord(machine.memory, done.write, done.write.value);
    expect(readWord(memory, { pfn: SCRATCH.pfn, word: 7 })).toBe('0x1');
    const after = access({ ...machine, memory }, context, { addr: 6, word: 7 }, { kind: 'read' });
    expect(after).toMatchObject({ value: '0x1' });
  });

  test('with the 64K hint a 4K scratch page lets accesses stray to its neighbours', () => {
    const flavour = { ...DEFAULT_FLAVOUR, needs64K: true };
    const strayed = newRig(4, { flavour, scratch: { pfn: SCRATCH.pfn + 2, vram: true } });
    const found = walk(strayed.tables, ROOT, 4, 0x2b);
    expect(found).toMatchObject({ hint64K: true, pfn: SCRATCH.pfn + 0xb });
  });
});

describe('the checks', () => {
  const root = rootOf(rig);
  const put = (table: number, index: number, pte: number) =>
    writeEntries(rig.tables, { table, runs: [{ index, count: 1, pte, stride: 0 }] });

  test('all is right, and the scratch leaves are not listed', () => {
    expect(compareMappings(rig.tables, root, [page])).toEqual([]);
    expect(shapeFaults(rig.tables, root)).toEqual([]);
    expect(liveFaults(rig.tree, rig.tables)).toEqual([]);
    expect(unreachedTables(rig.tables, [root])).toEqual([]);
    const all = [...entriesOf(rig.tables, ROOT, 4, undefined, undefined, root.scratch ?? never())];
    expect(all).toHaveLength(1);
  });

  test('a mapped page that leads to scratch is missing', () => {
    expect(compareMappings(put(L0, 5, LEAF), root, [page])).toEqual([
      { kind: 'missing', addr: 5, range: 1 },
    ]);
    expect(liveFaults(rig.tree, put(L0, 5, LEAF))).toMatchObject([{ numLive: 1, present: 0 }]);
  });

  test('an entry that is 0 is a hole', () => {
    expect(shapeFaults(put(L0, 9, 0), root)).toEqual([
      { kind: 'hole', table: L0, level: 0, base: 0 },
    ]);
  });
});

function never(): never {
  throw new Error('no scratch');
}
