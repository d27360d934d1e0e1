/** What depends on the device: 64K layouts, VRAM that needs 64K pages, cache and atomic bits. */
import fc from 'fast-check';
import { ERRNO } from '../../domain/errno.ts';
import { refused } from '../../domain/va/result.ts';
import { DEFAULT_FLAVOUR, FLAVOURS, type PtFlavour } from '../../hw/flavour.ts';
import { firstNot64K, leafAt, type Mapping } from '../../hw/leaf-rule.ts';
import { entriesOf, walk, writeEntries } from '../../hw/page-tables.ts';
import { tryStageBind } from '../../hw/pt-bind.ts';
import { liveFaults } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { tlbEntryOf } from '../../hw/tlb.ts';
import { bind, mapping, newRig, NULL, rootOf, system, unbind, vram } from './rig.ts';

const M2 = 0x200000;
const ROOT = 2 ** 39;
const DG2 = { ...FLAVOURS.dg2, caching: 'unset' } as const;
const COMPACT: PtFlavour = { ...DEFAULT_FLAVOUR, graphicsVer: 1250 };
const IPS: PtFlavour = { ...DEFAULT_FLAVOUR, ips: true };
/** 64K-aligned, not 2M-aligned. */
const P = 0x100010;

const rigOf = (flavour: PtFlavour) => newRig(4, { flavour });
const translate = (rig: ReturnType<typeof bind>, addr: number) =>
  walk(rig.tables, rig.tree.root.table, rig.tree.levels, addr);

describe('a compact table', () => {
  const whole = mapping(M2, 2 * M2, system(P));
  const rig = bind(rigOf(COMPACT), whole);

  test('has 32 entries of 64K, and bit 6 in the entry that points to it', () => {
    expect(rig.staged.newTables.at(-1)).toEqual({
      table: ROOT + 3,
      level: 0,
      base: 512,
      runs: [{ index: 0, count: 32, pte: P * 4096 + 3, stride: 0x10000 }],
      layout: 'compact',
    });
    expect(rig.staged.newTables[1]?.runs).toEqual([
      { index: 1, count: 1, pte: (ROOT + 3) * 4096 + 0x43, stride: 0 },
    ]);
    expect(rig.tree.root.numLive).toBe(1);
  });

  test('translates every page, 16 by an entry', () => {
    for (let page = 512; page < 1024; page++) {
      const at = { kind: 'leaf', addr: page - (page % 16), pages: 16, pfn: P + page - 512 };
      expect(translate(rig, page)).toMatchObject(at);
    }
    const found = translate(rig, 0x23f);
    if (found.kind !== 'leaf') throw new Error(found.kind);
    expect(found).toMatchObject({ level: 0, hint64K: false, is64K: true });
    expect(tlbEntryOf(1, found)).toEqual({
      asid: 1,
      addr: 0x230,
      pages: 16,
      level: 0,
      pte: (P + 0x30) * 4096 + 3,
    });
  });

  test('is what the checks expect, and a 4K table in its place is not', () => {
    const root = rootOf(rig);
    expect(compareMappings(rig.tables, root, [whole])).toEqual([]);
    expect(liveFaults(rig.tree, rig.tables)).toEqual([]);
    expect([...entriesOf(rig.tables, root.root, 4)]).toHaveLength(32);
    const plain = { root: root.root, levels: root.levels };
    expect(compareMappings(rig.tables, plain, [whole])).toHaveLength(32);
    const bit6Lost = { index: 1, count: 1, pte: (ROOT + 3) * 4096 + 3, stride: 0 };
    const torn = writeEntries(rig.tables, { table: ROOT + 2, runs: [bit6Lost] });
    expect(compareMappings(torn, root, [whole])).not.toEqual([]);
    expect(liveFaults(rig.tree, torn)).toMatchObject([{ strangers: [1] }]);
  });

  test('goes whole, and cannot be cut', () => {
    const half = { addr: 512 + 256, range: 256 };
    expect(() => unbind(rig, half)).toThrow(/inside a huge leaf/);
    expect(unbind(rig, { ...half, loose: true }).staged.updates).toEqual([]);
    expect(unbind(rig, whole).staged.freed).toHaveLength(3);
  });

  test.each<[string, Mapping, PtFlavour]>([
    ['before 12.50', whole, DEFAULT_FLAVOUR],
    ['where memory is 4K-aligned', mapping(M2, 2 * M2, system(P + 1)), COMPACT],
    ['where a page of the 2M is missing', mapping(M2 + 0x1000, 2 * M2, system(P + 1)), COMPACT],
    ['where a 2M leaf does', mapping(M2, 2 * M2, system(0x100200)), COMPACT],
    ['for NULL', mapping(M2, 2 * M2, NULL), COMPACT],
  ])('is not used %s', (_name, request, flavour) => {
    const { newTables } = bind(rigOf(flavour), request).staged;
    expect(newTables.every(({ layout }) => layout === undefined)).toBe(true);
  });
});

test('IPS: all 512 entries are written and hardware reads each sixteenth', () => {
  const whole = mapping(M2, 2 * M2, system(P));
  const rig = bind(rigOf(IPS), whole);
  expect(rig.staged.newTables[1]?.runs[0]?.pte).toBe((ROOT + 3) * 4096 + 0x803);
  expect(rig.staged.newTables[2]?.runs).toEqual([
    { index: 0, count: 512, pte: P * 4096 + 0x103, stride: 4096 },
  ]);
  const spoiled = writeEntries(rig.tables, {
    table: ROOT + 3,
    runs: [{ index: 1, count: 15, pte: 0, stride: 0 }],
  });
  for (const tables of [rig.tables, spoiled]) {
    expect(walk(tables, ROOT, 4, 0x20f)).toMatchObject({ pages: 16, pfn: P + 15 });
    expect(compareMappings(tables, rootOf(rig), [whole])).toEqual([]);
  }
});

describe('a device whose VRAM needs 64K pages', () => {
  test.each<[string, Mapping, number | undefined]>([
    ['64K of 64K-aligned VRAM', mapping(0x10000, 0x20000, vram(P)), undefined],
    ['4K of it', mapping(0x10000, 0x11000, vram(P)), 0x10],
    ['an odd address', mapping(0x11000, 0x20000, vram(P + 1)), 0x11],
    ['odd memory', mapping(0x10000, 0x20000, vram(P + 8)), 0x10],
    ['2M and 4K', mapping(M2, 2 * M2 + 0x1000, vram(0x100200)), 0x400],
    ['2M and 64K', mapping(M2, 2 * M2 + 0x10000, vram(0x100200)), undefined],
    ['4K of system memory', mapping(0x10000, 0x11000, system(P)), undefined],
    ['4K of NULL', mapping(0x10000, 0x11000, NULL), undefined],
  ])('%s', (_name, request, page) => {
    const rig = rigOf(DG2);
    expect(firstNot64K(request, DG2)).toBe(page);
    const staged = tryStageBind(rig.tree, rig.alloc, request);
    expect(refused(staged)).toBe(page !== undefined);
    if (page !== undefined) {
      expect(staged).toBe(ERRNO.EINVAL);
      expect(() => bind(rig, request)).toThrow(/cannot be mapped as 64K/);
    }
  });

  test('refuses just what has a 4K leaf without the hint outside a compact table', () => {
    const pages = fc.integer({ min: 0, max: 80 }).map((n) => n * 8);
    const arb = fc.record({ addr: pages, range: fc.integer({ min: 1, max: 1200 }), pfn: pages });
    fc.assert(
      fc.property(arb, fc.boolean(), ({ addr, range, pfn }, round) => {
        const size = round ? Math.ceil(range / 16) * 16 : range;
        const request = { addr, range: size, backing: vram(0x10000 + pfn), readOnly: false };
        const odd = Array.from({ length: size }, (_, i) => addr + i).find((at) => {
          const { level, pte, is64K } = leafAt(request, at, DG2);
          return level === 0 && is64K !== true && (pte & 0x100) === 0;
        });
        expect(firstNot64K(request, DG2)).toBe(odd);
      }),
    );
  });
});

describe('other bits', () => {
  const first = (flavour: PtFlavour, request: Mapping) =>
    bind(rigOf(flavour), request).staged.newTables.at(-1)?.runs[0]?.pte;

  test.each<[string, PtFlavour, Mapping, number]>([
    [
      '2023, 4K of VRAM on PVC: atomic, write-back, 64K hint',
      FLAVOURS.pvc,
      mapping(0, 0x10000, vram(P)),
      P * 4096 + 0xd83,
    ],
    ['the same in system memory', FLAVOURS.pvc, mapping(0, 0x10000, system(P)), P * 4096 + 0x183],
    ['2M on PVC', FLAVOURS.pvc, mapping(0, M2, vram(0x200)), 0x200c83],
    ['NULL never has cache bits', FLAVOURS.pvc, mapping(0, 0x1000, NULL), 0x203],
    ['scanout', FLAVOURS.tgl, { ...mapping(0, 0x1000, system(1)), cache: 2 }, 0x1013],
    [
      'PAT 5, 2M',
      { ...DEFAULT_FLAVOUR, caching: 'pat-index' },
      { ...mapping(0, M2, system(0x200)), cache: 5 },
      0x20108b,
    ],
  ])('%s', (_name, flavour, request, pte) => {
    expect(first(flavour, request)).toBe(pte);
  });

  test('a directory entry has PAT bits 0 and 1 only', () => {
    const flavour = { ...DEFAULT_FLAVOUR, caching: 'pat-index' } as const;
    const rig = bind(rigOf(flavour), { ...mapping(0, 0x1000, system(1)), cache: 7 });
    expect(rig.staged.updates[0]?.runs[0]?.pte).toBe((ROOT + 1) * 4096 + 0x1b);
    expect(liveFaults(rig.tree, rig.tables)).toEqual([]);
  });
});
