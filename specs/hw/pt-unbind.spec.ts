/** Staging an unbind and a zap: the kill rule, and ranges that the driver gets wrong. */
import { walk } from '../../hw/page-tables.ts';
import { liveFaults, shapeFaults } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { tablesOf } from '../../hw/pt-tree.ts';
import { applyUnbind, bind, mapping, newRig, NULL, rootOf, system, unbind } from './rig.ts';

const ROOT = 2 ** 39;
const shortOf = ({ level, index, count }: { level: number; index: number; count: number }) => [
  level,
  index,
  count,
];

describe('the kill rule', () => {
  test('the only mapping takes all tables with it but the root', () => {
    const only = mapping(0x5000, 0x7000, NULL);
    const { staged, tree } = unbind(bind(newRig(), only), only);
    expect(staged.updates.map(shortOf)).toEqual([[3, 0, 1]]);
    expect(staged.freed).toEqual([ROOT + 1, ROOT + 2, ROOT + 3]);
    expect(tablesOf(tree)).toEqual([ROOT]);
    expect(tree.root.numLive).toBe(0);
  });

  test('a mapping over three tables whose outer two are shared', () => {
    const left = mapping(0, 0x1000, NULL);
    const right = mapping(0x5ff000, 0x600000, NULL);
    const middle = mapping(0x1ff000, 0x401000, system(0x100001));
    const rig = [left, right, middle].reduce(bind, newRig());
    const { staged } = unbind(rig, middle);
    expect(staged.updates.map(shortOf)).toEqual([
      [0, 511, 1],
      [0, 0, 1],
      [1, 1, 1],
    ]);
    expect(staged.freed).toHaveLength(1);
  });

  test('the outer two are dropped when nothing else lives there', () => {
    const other = mapping(0x40000000, 0x40001000, NULL);
    const middle = mapping(0x1ff000, 0x401000, system(0x100001));
    const rig = [other, middle].reduce(bind, newRig());
    const { staged } = unbind(rig, middle);
    expect(staged.updates.map(shortOf)).toEqual([[2, 0, 1]]);
    expect(staged.freed).toHaveLength(4);
  });

  test('a mapping that ends on a 2M border shares no table there', () => {
    const left = mapping(0, 0x1000, NULL);
    const whole = mapping(0x3ff000, 0x600000, NULL);
    const rig = [left, whole].reduce(bind, newRig());
    expect(unbind(rig, whole).staged.updates.map(shortOf)).toEqual([[1, 1, 2]]);
  });

  test('a dropped table keeps its entries until it is freed', () => {
    const only = mapping(0x5000, 0x6000, system(0x100001));
    const rig = bind(newRig(), only);
    const { staged } = unbind(rig, only);
    const table = staged.freed[2] ?? 0;
    const unlinked = applyUnbind(rig.tables, { ...staged, freed: [] });
    expect(walk(unlinked, ROOT, 4, 5).kind).toBe('not-present');
    expect(walk(unlinked, table, 1, 5)).toMatchObject({ kind: 'leaf', pfn: 0x100001 });
  });
});

describe('bug L01: more is unmapped than the middle of the old mapping', () => {
  // REMAP(unmap 0x3fffed0000+0x100000, prev 0x3fffed0000+0xf0000): the middle is the last 0x10000;
  // the wrong range has the old length from the end of prev on and takes the neighbour's pages.
  const prev = mapping(0x3fffed0000, 0x3ffffc0000, system(0x100000));
  const tail = mapping(0x3ffffc0000, 0x3ffffd0000, system(0x1000f0));
  const neighbour = mapping(0x3ffffe0000, 0x4000100000, system(0x200000));
  const rig = [prev, tail, neighbour].reduce(bind, newRig());

  test('the right range leaves the neighbour alone', () => {
    const { tables } = unbind(rig, tail);
    expect(compareMappings(tables, rootOf(rig), [prev, neighbour])).toEqual([]);
  });

  test('the wrong one is an error, and as the bug has it it clears half of the neighbour', () => {
    const wrong = { addr: tail.addr, range: 0x100 };
    expect(() => unbind(rig, wrong)).toThrow(/part of it is bound/);
    const broken = unbind(rig, { ...wrong, loose: true });
    const lost = 0x40000c0 - neighbour.addr;
    expect(compareMappings(broken.tables, rootOf(rig), [prev, neighbour])).toEqual([
      { kind: 'missing', addr: neighbour.addr, range: lost },
    ]);
    expect(liveFaults(broken.tree, broken.tables)).toEqual([]);
  });

  test('a loose unbind of nothing, and one that cuts a huge leaf, change nothing', () => {
    const huge = bind(newRig(), mapping(0x200000, 0x400000, NULL));
    for (const addr of [0, 0x300]) {
      const { staged, tree } = unbind(huge, { addr, range: 1, loose: true });
      expect(staged.updates).toEqual([]);
      expect(tree.root).toEqual(huge.tree.root);
    }
  });
});

describe('zap', () => {
  const left = mapping(0, 0x1000, NULL);
  const middle = mapping(0x1ff000, 0x601000, system(0x100001));
  const rig = [left, middle].reduce(bind, newRig());
  const zap = stageZap(rig.tree, middle);
  const zapped = applyUnbind(rig.tables, { ...zap, freed: [] });

  test('shared entries are cleared from the root down; the rest stays', () => {
    expect(zap.updates.map(shortOf)).toEqual([
      [1, 1, 2],
      [0, 511, 1],
      [0, 0, 1],
    ]);
    expect(zap.needsInvalidate).toBe(true);
    expect(compareMappings(zapped, rootOf(rig), [left])).toEqual([]);
  });

  test('the fault that follows rebinds, and private tables are replaced', () => {
    const back = bind({ ...rig, tables: zapped }, { ...middle, rebind: true });
    expect(compareMappings(back.tables, rootOf(rig), [left, middle])).toEqual([]);
    expect(liveFaults(back.tree, back.tables)).toEqual([]);
    expect(back.staged.freed).toHaveLength(2);
  });

  test('a zapped mapping is unbound like any other', () => {
    const gone = unbind({ ...rig, tables: zapped }, middle);
    expect(compareMappings(gone.tables, rootOf(rig), [left])).toEqual([]);
    expect(liveFaults(gone.tree, gone.tables)).toEqual([]);
    expect(shapeFaults(gone.tables, rootOf(gone))).toEqual([]);
  });

  test('what is not bound cannot be zapped', () => {
    expect(() => stageZap(rig.tree, mapping(0x1000, 0x2000, NULL))).toThrow(/cannot zap/);
  });
});
