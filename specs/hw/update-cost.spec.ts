/** What operations cost: the worked table of facts 2.15 in numbers, and the store commands. */
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { costOf, storeCommands, UPDATE_LIMIT } from '../../hw/update-cost.ts';
import { bind, mapping, newRig, NULL, SCRATCH, system, unbind, type Rig } from './rig.ts';

const P = 0x100001;
const first = bind(newRig(), mapping(0, 0x1000, system(P)));
const second = bind(first, mapping(0x201000, 0x202000, system(P)));
const third = bind(second, mapping(0x1ff000, 0x201000, system(P)));
const fourth = unbind(third, mapping(0x201000, 0x202000, NULL));
const G1 = 0x40000000;

const binding = (rig: Rig, from: number, to: number, backing = system(P)) =>
  stageBind(rig.tree, rig.alloc, mapping(from, to, backing));
const unbinding = (rig: Rig, from: number, to: number) =>
  stageUnbind(rig.tree, mapping(from, to, NULL));

// Tables allocated and freed, entries by CPU, updates, entries by GPU.
test.each([
  ['empty: bind [0,1000)', binding(newRig(), 0, 0x1000), [3, 0, 3, 1, 1]],
  ['then [201000,202000)', binding(first, 0x201000, 0x202000), [1, 0, 1, 1, 1]],
  ['then [1ff000,201000)', binding(second, 0x1ff000, 0x201000), [0, 0, 0, 2, 2]],
  ['unbind [201000,202000)', unbinding(third, 0x201000, 0x202000), [0, 0, 0, 1, 1]],
  ['then [1ff000,201000)', unbinding(fourth, 0x1ff000, 0x201000), [0, 1, 0, 2, 2]],
  ['empty: 2M leaf', binding(newRig(), 0, 0x200000, system(0x200)), [2, 0, 2, 1, 1]],
  ['empty: 1M', binding(newRig(), 0, 0x100000), [3, 0, 258, 1, 1]],
  ['[0,1000) bound: 2M leaf', binding(first, 0x200000, 0x400000, NULL), [0, 0, 0, 1, 1]],
  ['1 TiB of NULL', binding(newRig(), 0, 2 ** 40, NULL), [2, 0, 1024, 1, 2]],
  ['1 TiB of NULL beside a page', binding(first, G1, G1 + 2 ** 40, NULL), [2, 0, 513, 2, 513]],
])('%s', (_name, staged, figures) => {
  const cost = costOf(staged);
  const { tablesAllocated, tablesFreed, entriesByCpu, updates, entriesByGpu } = cost;
  expect([tablesAllocated, tablesFreed, entriesByCpu, updates, entriesByGpu]).toEqual(figures);
  expect(cost.tableBytes).toBe((tablesAllocated - tablesFreed) * 4096);
  expect(cost.storeCommands).toBe(updates);
  expect(cost.batchDwords).toBe(2 + 4 * updates + 2 * entriesByGpu);
  expect(cost.overLimit).toBe(0);
});

test('on the CPU path nothing is left for the GPU; a zap is always the CPU’s', () => {
  const onCpu = costOf(binding(second, 0x1ff000, 0x201000), { path: 'cpu' });
  expect(onCpu).toMatchObject({ entriesByCpu: 2, entriesByGpu: 0, storeCommands: 0 });
  const zapped = costOf(stageZap(third.tree, mapping(0x1ff000, 0x201000, NULL)));
  expect(zapped).toMatchObject({ updates: 2, entriesByCpu: 2, storeCommands: 0, batchDwords: 0 });
});

test('without VRAM one more command maps the tables', () => {
  const cost = costOf(binding(second, 0x1ff000, 0x201000), { discrete: false });
  expect(cost).toMatchObject({ storeCommands: 3, batchDwords: 6 + 4 + 4 * 2 + 2 * 2 });
});

test('tables that are not filled whole are cleared first', () => {
  const big = mapping(0x1000, 0x601000, system(0x10010));
  const cleared = (graphicsVer: number) => {
    const { tree, alloc } = newRig(4, { flavour: { ...DEFAULT_FLAVOUR, graphicsVer } });
    return costOf(stageBind(tree, alloc, { ...big, backing: system(0x10011) }));
  };
  // Three levels above, one table before and one after, and two that the range has whole.
  expect(cleared(1200)).toMatchObject({ tablesAllocated: 6, tablesCleared: 4 });
  expect(cleared(1250)).toMatchObject({ tablesAllocated: 6, tablesCleared: 4 });
  expect(cleared(1200).entriesByCpu - cleared(1250).entriesByCpu).toBe(2 * (512 - 32));
});

test('scratch entries of a new table are not counted, they are its clearing', () => {
  const rig = newRig(4, { scratch: SCRATCH });
  expect(costOf(binding(rig, 0, 0x1000))).toEqual(costOf(binding(newRig(), 0, 0x1000)));
});

test('a command holds 511 entries', () => {
  expect([1, 511, 512, 1022, 1023].map((count) => storeCommands([{ count }]))).toEqual([
    1, 1, 2, 2, 3,
  ]);
  expect(storeCommands([{ count: 3 }, { count: 512 }])).toBe(3);
});

test('more than 511 in one update takes the whole root table, and is a BUG', () => {
  const { tree, alloc } = newRig();
  const all = { addr: 0, range: 2 ** 36, backing: NULL, readOnly: false };
  expect(costOf(stageBind(tree, alloc, all))).toMatchObject({ overLimit: 1, storeCommands: 2 });
  const most = { ...all, range: 2 ** 36 - 2 ** 27 };
  expect(costOf(stageBind(tree, alloc, most))).toMatchObject({ overLimit: 0, storeCommands: 1 });
});

test('57 bits, every level shared on both sides: 9 updates, all that there is room for', () => {
  const middle = 2 ** 44;
  const beyond = 2 ** 27 + 2 ** 18 + 513;
  const [low, high] = [middle - beyond, middle + 2 ** 36 + beyond];
  const page = (addr: number) => ({ addr, range: 1, backing: NULL, readOnly: false });
  const rig = [page(low - 1), page(high)].reduce(bind, newRig(5));
  const request = { ...page(low), range: high - low };
  const staged = stageBind(rig.tree, rig.alloc, request);
  expect(costOf(staged).updates).toBe(UPDATE_LIMIT);
});
