/** Staging a bind: the worked table of facts 2.15, entry by entry, and the leaf rules. */
import type { Mapping } from '../../hw/leaf-rule.ts';
import { entriesOf, walk } from '../../hw/page-tables.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import { tablesOf } from '../../hw/pt-tree.ts';
import { bind, mapping, newRig, NULL, rootOf, system, unbind, type Rig } from './rig.ts';

const ROOT = 2 ** 39;
const T = (n: number): number => ROOT + n;
const dir = (table: number): number => table * 4096 + 3;
const one = (index: number, pte: number) => ({ index, count: 1, pte, stride: 0 });
const leaf = (index: number, count: number, pte: number, stride = 4096) => ({
  index,
  count,
  pte,
  stride,
});

/** A 4K-aligned page that is not 64K-aligned. */
const P = 0x100001;

describe('the worked table, 48-bit', () => {
  const first = bind(newRig(), mapping(0, 0x1000, system(P)));
  const second = bind(first, mapping(0x201000, 0x202000, system(P + 1)));
  const crossing = mapping(0x1ff000, 0x201000, system(P + 2));
  const third = bind(second, crossing);

  test('empty, bind [0,1000): L2, L1, L0 are built; root[0] is the one update', () => {
    expect(first.staged.newTables).toEqual([
      { table: T(1), level: 2, base: 0, runs: [one(0, dir(T(2)))] },
      { table: T(2), level: 1, base: 0, runs: [one(0, dir(T(3)))] },
      { table: T(3), level: 0, base: 0, runs: [leaf(0, 1, P * 4096 + 3)] },
    ]);
    expect(first.staged.updates).toEqual([
      { table: ROOT, level: 3, base: 0, index: 0, count: 1, runs: [one(0, dir(T(1)))] },
    ]);
  });

  test('then bind [201000,202000): one L0; update L1[1]', () => {
    expect(second.staged.newTables).toEqual([
      { table: T(4), level: 0, base: 512, runs: [leaf(1, 1, (P + 1) * 4096 + 3)] },
    ]);
    expect(second.staged.updates).toEqual([
      { table: T(2), level: 1, base: 0, index: 1, count: 1, runs: [one(1, dir(T(4)))] },
    ]);
  });

  test('then bind [1ff000,201000): no table; updates L0a[511] and L0b[0]', () => {
    const [left, right] = [(P + 2) * 4096 + 3, (P + 3) * 4096 + 3];
    expect(third.staged.newTables).toEqual([]);
    expect(third.staged.updates).toEqual([
      { table: T(3), level: 0, base: 0, index: 511, count: 1, runs: [leaf(511, 1, left)] },
      { table: T(4), level: 0, base: 512, index: 0, count: 1, runs: [leaf(0, 1, right)] },
    ]);
  });

  test('then unbind [201000,202000): L0b[1] is cleared', () => {
    const fourth = unbind(third, mapping(0x201000, 0x202000, NULL));
    expect(fourth.staged.updates).toEqual([
      { table: T(4), level: 0, base: 512, index: 1, count: 1, runs: [one(1, 0)] },
    ]);
    expect(fourth.staged.freed).toEqual([]);
  });

  test('then unbind [1ff000,201000): L0a[511] cleared; L0b dropped, L1[1] cleared', () => {
    const fourth = unbind(third, mapping(0x201000, 0x202000, NULL));
    const fifth = unbind(fourth, crossing);
    expect(fifth.staged.updates).toEqual([
      { table: T(3), level: 0, base: 0, index: 511, count: 1, runs: [one(511, 0)] },
      { table: T(2), level: 1, base: 0, index: 1, count: 1, runs: [one(1, 0)] },
    ]);
    expect(fifth.staged.freed).toEqual([T(4)]);
  });

  test('empty, bind [0,200000) of aligned memory: L2, L1; root[0]', () => {
    const { staged } = bind(newRig(), mapping(0, 0x200000, system(0x100000)));
    expect(staged.newTables).toEqual([
      { table: T(1), level: 2, base: 0, runs: [one(0, dir(T(2)))] },
      { table: T(2), level: 1, base: 0, runs: [leaf(0, 1, 0x100000083, 0x200000)] },
    ]);
    expect(staged.updates).toHaveLength(1);
    expect(staged.updates[0]).toMatchObject({ table: ROOT, index: 0, count: 1 });
  });

  test('empty, bind [0,100000): L2, L1, L0; root[0]', () => {
    const { staged } = bind(newRig(), mapping(0, 0x100000, system(P)));
    expect(staged.newTables.map(({ level }) => level)).toEqual([2, 1, 0]);
    expect(staged.newTables[2]?.runs).toEqual([leaf(0, 256, P * 4096 + 3)]);
    expect(staged.updates).toHaveLength(1);
  });

  test('[0,1000) bound, bind [200000,400000) 2M leaf: no table; L1[1]', () => {
    const { staged } = bind(first, mapping(0x200000, 0x400000, system(0x100200)));
    expect(staged.newTables).toEqual([]);
    expect(staged.updates).toEqual([
      {
        table: T(2),
        level: 1,
        base: 0,
        index: 1,
        count: 1,
        runs: [leaf(1, 1, 0x100200083, 0x200000)],
      },
    ]);
  });
});

describe('leaf size', () => {
  const M2 = 0x200000;
  const G1 = 0x40000000;
  const levels = (rig: Rig): number[] => {
    const { root, levels: n } = rootOf(rig);
    return [...new Set([...entriesOf(rig.tables, root, n)].map(({ level }) => level))];
  };
  const vram = { kind: 'physical', pfn: 2 ** 38, vram: true } as const;

  test.each<[string, Mapping, number[]]>([
    ['NULL 2M', mapping(M2, 2 * M2, NULL), [1]],
    ['NULL 1G', mapping(G1, 2 * G1, NULL), [2]],
    ['NULL 512G: 1G is the most', mapping(0, 512 * G1, NULL), [2]],
    ['2M of memory that is 64K-aligned only', mapping(M2, 2 * M2, system(0x100010)), [0]],
    ['2M of aligned memory at an odd address', mapping(0x1000, 0x201000, system(0x100000)), [0]],
    ['odd address, memory odd in the same way', mapping(0x1000, 0x401000, system(0x1)), [0, 1]],
    ['1G of memory that is 2M-aligned only', mapping(G1, 2 * G1, system(0x100200)), [1]],
    ['1G of 1G-aligned VRAM', mapping(G1, 2 * G1, vram), [2]],
    ['1G + 2M + 4K', mapping(G1, 2 * G1 + M2 + 0x1000, NULL), [2, 1, 0]],
  ])('%s', (_name, request, expected) => {
    expect(levels(bind(newRig(), request))).toEqual(expected);
  });

  test('each page of a split mapping translates to its own page', () => {
    const request = mapping(0x1000, 0x401000, system(0x1));
    const rig = bind(newRig(), request);
    const { root, levels: n } = rootOf(rig);
    for (let page = 1; page < 0x401; page++) {
      expect(walk(rig.tables, root, n, page)).toMatchObject({ kind: 'leaf', pfn: page });
    }
  });

  test('the posted series puts a NULL "leaf" at 512G, which hardware takes for a directory', () => {
    const request = { ...mapping(0, 512 * G1, NULL), maxLeafLevel: 4 };
    const rig = bind(newRig(), request);
    expect(rig.staged.newTables).toEqual([]);
    expect(rig.staged.updates[0]?.runs).toEqual([leaf(0, 1, 0x203, 0)]);
    const { root, levels: n } = rootOf(rig);
    expect(walk(rig.tables, root, n, 0)).toEqual({ kind: 'dangling', level: 3, table: 0 });
  });
});

describe('64K hint', () => {
  const runsOf = (request: Mapping) => {
    const rig = bind(newRig(), request);
    return rig.staged.newTables.filter(({ level }) => level === 0).flatMap(({ runs }) => runs);
  };

  test('whole aligned chunks have it, the ends do not', () => {
    expect(runsOf(mapping(0xe000, 0x33000, NULL))).toEqual([
      leaf(14, 2, 0x203, 0),
      leaf(16, 32, 0x303, 0),
      leaf(48, 3, 0x203, 0),
    ]);
  });

  test('memory must be 64K-aligned where the address is', () => {
    expect(runsOf(mapping(0xf000, 0x20000, system(0x10000f)))).toEqual([
      leaf(15, 1, 0x10000f003),
      leaf(16, 16, 0x100010103),
    ]);
    expect(runsOf(mapping(0x10000, 0x20000, system(0x100008)))).toEqual([
      leaf(16, 16, 0x100008003),
    ]);
  });

  test('a range without a whole chunk has none', () => {
    expect(runsOf(mapping(0x1000, 0x1f000, NULL))).toEqual([leaf(1, 30, 0x203, 0)]);
  });

  test('a read-only NULL mapping: 0x201, 0x301', () => {
    expect(runsOf({ ...mapping(0, 0x11000, NULL), readOnly: true })).toEqual([
      leaf(0, 16, 0x301, 0),
      leaf(16, 1, 0x201, 0),
    ]);
  });
});

describe('rebind', () => {
  const G = mapping(0x1000, 0x600000, system(0x100001));
  const bound = bind(newRig(), G);

  test('shared entries and huge leaves are rewritten in place, counts stay', () => {
    const moved = { ...G, backing: system(0x200001), rebind: true };
    const { staged, tree } = bind(bound, moved);
    expect(staged.newTables).toEqual([]);
    expect(staged.updates.map(({ level, index, count }) => [level, index, count])).toEqual([
      [0, 1, 511],
      [1, 1, 2],
    ]);
    expect(tree).toEqual(bound.tree);
  });

  test('huge leaves become tables and tables huge leaves', () => {
    const odd = { ...G, backing: system(0x200007), rebind: true };
    const split = bind(bound, odd);
    expect(split.staged.newTables.map(({ level }) => level)).toEqual([0, 0]);
    expect(split.staged.freed).toEqual([]);
    const joined = bind(split, { ...G, rebind: true });
    expect(joined.staged.newTables).toEqual([]);
    expect(joined.staged.freed).toEqual(split.staged.newTables.map(({ table }) => table));
    expect([...joined.tables.pages.entries()]).toEqual([...bound.tables.pages.entries()]);
    expect(joined.tree).toEqual(bound.tree);
  });

  test('a replaced table goes with all tables below it', () => {
    const giant = mapping(0x40000000, 0x80000000, system(0x100001));
    const small = bind(newRig(), giant);
    const { staged, tables } = bind(small, { ...giant, backing: NULL, rebind: true });
    expect(staged.updates).toMatchObject([{ level: 2, index: 1, count: 1 }]);
    expect(staged.freed).toEqual(small.staged.newTables.slice(1).map(({ table }) => table));
    expect(staged.freed).toHaveLength(513);
    expect(tables.pages.size).toBe(2);
  });

  test('only what is bound whole can be rebound', () => {
    expect(() => bind(newRig(), { ...G, rebind: true })).toThrow(/nothing is bound/);
    expect(() => bind(bound, { ...G, range: G.range + 1, rebind: true })).toThrow(/part of it/);
  });
});

describe('cost and limits', () => {
  const TIB = 2 ** 28;

  test('1 TiB of NULL is two tables of one run, staged well under 50 ms', () => {
    const { tree, alloc } = newRig();
    const request = { addr: 0, range: TIB, backing: NULL, readOnly: false };
    stageBind(tree, alloc, request);
    const start = performance.now();
    const staged = stageBind(tree, alloc, request);
    expect(performance.now() - start).toBeLessThan(50);
    expect(staged.newTables).toEqual([
      { table: T(1), level: 2, base: 0, runs: [leaf(0, 512, 0x283, 0)] },
      { table: T(2), level: 2, base: TIB / 2, runs: [leaf(0, 512, 0x283, 0)] },
    ]);
    expect(staged.updates).toEqual([
      { table: ROOT, level: 3, base: 0, index: 0, count: 2, runs: [leaf(0, 2, dir(T(1)))] },
    ]);
  });

  test('all of a 48-bit space binds and unbinds', () => {
    const all = { addr: 0, range: 2 ** 36, backing: NULL, readOnly: false };
    const rig = bind(newRig(), all);
    expect(rig.staged.newTables).toHaveLength(512);
    expect(rig.staged.updates[0]?.runs).toHaveLength(1);
    const gone = unbind(rig, all);
    expect(tablesOf(gone.tree)).toEqual([ROOT]);
    expect(gone.staged.freed).toHaveLength(512);
  });

  test('the last page of a 57-bit space', () => {
    const last = { addr: 2 ** 45 - 1, range: 1, backing: NULL, readOnly: false };
    const rig = bind(newRig(5), last);
    expect(rig.staged.newTables.map(({ level }) => level)).toEqual([3, 2, 1, 0]);
    expect(rig.staged.updates[0]).toMatchObject({ level: 4, index: 511 });
  });

  test('calls that the driver never makes are errors', () => {
    const huge = mapping(0x200000, 0x400000, NULL);
    const rig = bind(newRig(), huge);
    const page = (at: number) => mapping(at, at + 0x1000, NULL);
    expect(() => bind(rig, huge)).toThrow('cannot bind 0x200000-0x400000: all of it is bound');
    expect(() => bind(rig, page(0x300000))).toThrow(/inside a huge leaf/);
    expect(() => bind(rig, mapping(0, 0x400000, NULL))).toThrow(/part of it is bound/);
    expect(() => unbind(rig, page(0x300000))).toThrow(/inside a huge leaf; unbind the whole VMA/);
    expect(() => unbind(rig, page(0))).toThrow(/nothing is bound/);
    expect(() => unbind(rig, mapping(0, 0x400000, NULL))).toThrow(/part of it is bound/);
    expect(() => bind(rig, { ...huge, range: 0 })).toThrow(/are empty or outside/);
    expect(() => bind(rig, { ...huge, range: 2 ** 36 })).toThrow(/are empty or outside/);
  });
});
