/** All that one access may come to: by what is cached, stale or not, and by the tables. */
import fc from 'fast-check';
import { access, type AccessRequest, type Machine } from '../../hw/access.ts';
import { distinctAccesses, possibleAccesses, type Possibility } from '../../hw/access-choices.ts';
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import { zeroMemory } from '../../hw/memory.ts';
import { freeTable, writeEntries } from '../../hw/page-tables.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import {
  cachedDirectories,
  fill,
  forget,
  noTlb,
  type DirectoryFlush,
  type Tlb,
} from '../../hw/tlb.ts';
import { invalidationRange } from '../../hw/tlb-range.ts';
import { staleEntries } from '../../hw/tlb-stale.ts';
import { bind, mapping, newRig, NULL, rootOf, SCRATCH, system, unbind } from './rig.ts';

const READ: AccessRequest = { kind: 'read' };
const page = mapping(0x5000, 0x6000, system(0x100001));
const rig = bind(newRig(), page);
const context = { asid: 1, ...rootOf(rig) };
const at = { addr: 5, word: 0 };
const cold: Machine = { tables: rig.tables, tlb: noTlb(), memory: zeroMemory() };

const filled = (tlb: Tlb, { fills }: Possibility): Tlb => fills.reduce(fill, tlb);
const warm: Machine = {
  ...cold,
  tlb: possibleAccesses(cold, context, at, READ).reduce(filled, noTlb()),
};
const waysOf = (machine: Machine, where = at) =>
  possibleAccesses(machine, context, where, READ).map(({ via, from, result }) => [
    via,
    from?.level ?? null,
    result.outcome === 'fault' ? result.fault : result.pfn,
  ]);

test('with nothing cached there is one way: the walk, which may cache all it passes', () => {
  const [only, ...more] = possibleAccesses(cold, context, at, READ);
  expect(more).toEqual([]);
  expect(only?.via).toBe('root');
  expect(only?.fills.map(({ level, addr, pages }) => [level, addr, pages])).toEqual([
    [3, 0, 512 ** 3],
    [2, 0, 512 ** 2],
    [1, 0, 512],
    [0, 5, 1],
  ]);
});

test('then any cached entry may be used, or none; all come to the same', () => {
  expect(waysOf(warm)).toEqual([
    ['leaf', 0, 0x100001],
    ['root', null, 0x100001],
    ['directory', 1, 0x100001],
    ['directory', 2, 0x100001],
    ['directory', 3, 0x100001],
  ]);
  const all = possibleAccesses(warm, context, at, READ);
  expect(all.flatMap(({ fills }) => fills)).toEqual([]);
  expect(distinctAccesses(all)).toEqual(all.slice(0, 1));
});

test('a walk that faults has passed directories all the same', () => {
  const [only] = possibleAccesses(cold, context, { addr: 6, word: 0 }, READ);
  expect(only?.result).toMatchObject({ outcome: 'fault', level: 0 });
  expect(only?.fills.map(({ level }) => level)).toEqual([3, 2, 1]);
});

describe('an unbind whose store is done and whose flush is not', () => {
  const staged = stageUnbind(rig.tree, page);
  const cleared = staged.updates.reduce(writeEntries, rig.tables);
  const waiting: Machine = { ...warm, tables: cleared };
  const tables = staged.freed.reduce(freeTable, cleared);

  test('leaves three outcomes: the old page by the cache or by the old tables, or a fault', () => {
    expect(waysOf(waiting)).toEqual([
      ['leaf', 0, 0x100001],
      ['root', null, 'not-present'],
      ['directory', 1, 0x100001],
      ['directory', 2, 0x100001],
      ['directory', 3, 0x100001],
    ]);
    const all = possibleAccesses(waiting, context, at, READ);
    expect(distinctAccesses(all).map(({ via }) => via)).toEqual(['leaf', 'root']);
    expect(staleEntries(waiting.tlb, cleared, context)).toHaveLength(4);
  });

  test('tables freed too early are walked through: a dangling table', () => {
    expect(waysOf({ ...warm, tables })).toEqual([
      ['leaf', 0, 0x100001],
      ['root', null, 'not-present'],
      ['directory', 1, 'dangling-table'],
      ['directory', 2, 'dangling-table'],
      ['directory', 3, 'dangling-table'],
    ]);
  });

  test.each<[DirectoryFlush, string[]]>([
    ['overlapping', ['not-present']],
    ['inside', ['not-present', 'dangling-table', 'dangling-table', 'dangling-table']],
    ['none', ['not-present', 'dangling-table', 'dangling-table', 'dangling-table']],
  ])('a range flush that drops directories "%s"', (flush, faults) => {
    const { addr, range } = invalidationRange(page.addr, page.range);
    const tlb = forget(warm.tlb, 1, addr, range, flush);
    expect(waysOf({ ...warm, tables, tlb }).map((way) => way[2])).toEqual(faults);
    expect(staleEntries(tlb, tables, context)).toHaveLength(faults.length - 1);
  });
});

test('a bind over scratch pages has to be flushed too', () => {
  const empty = newRig(4, { scratch: SCRATCH });
  const space = { asid: 1, ...rootOf(empty) };
  const before = { ...cold, tables: empty.tables };
  const tlb = possibleAccesses(before, space, at, READ).reduce(filled, noTlb());
  const after = { ...before, tlb, tables: bind(empty, page).tables };
  const ways = distinctAccesses(possibleAccesses(after, space, at, READ));
  expect(ways.map(({ result }) => 'pfn' in result && result.pfn)).toEqual([
    SCRATCH.pfn,
    page.backing.kind === 'physical' && page.backing.pfn,
  ]);
  expect(staleEntries(tlb, after.tables, space)).toHaveLength(4);
});

test('translations of two sizes are two ways', () => {
  const big = bind(newRig(), mapping(0, 0x200000, NULL));
  const [walked] = possibleAccesses({ ...cold, tables: big.tables }, context, at, READ);
  if (walked === undefined) throw new Error('no way');
  expect(waysOf({ ...warm, tlb: filled(warm.tlb, walked) }).slice(0, 2)).toEqual([
    ['leaf', 0, 0x100001],
    ['leaf', 1, null],
  ]);
});

describe('whatever has been bound, accessed and flushed', () => {
  const arb = fc.array(
    fc.record({
      kind: fc.constantFrom('bind', 'unbind', 'access', 'access'),
      slot: fc.nat(5),
      pick: fc.nat(9),
      store: fc.boolean(),
    }),
    { maxLength: 24 },
  );
  const VMAS = [
    mapping(0, 0x1000, system(0x100001)),
    mapping(0x10000, 0x30000, system(0x100020)),
    mapping(0x1ff000, 0x201000, NULL),
    mapping(0x400000, 0x800000, system(0x100010)),
    mapping(0x40000000, 0x80000000, NULL),
    mapping(0x80001000, 0x80002000, system(0x100003)),
  ];

  test.each([
    ['plain', {}],
    ['compact, scratch', { flavour: { ...DEFAULT_FLAVOUR, graphicsVer: 1250 }, scratch: SCRATCH }],
  ])('%s: access.ts is the first way, and nothing stale outlives its flush', (_name, options) => {
    fc.assert(
      fc.property(arb, (todo) => {
        let now = newRig(4, options);
        const space = { asid: 1, ...rootOf(now) };
        const bound = new Set<number>();
        let tlb = noTlb();
        for (const { kind, slot, pick, store } of todo) {
          const vma = VMAS[slot] ?? page;
          if (kind === 'bind' && !bound.has(slot)) {
            now = bind(now, vma);
            bound.add(slot);
            // A bind over scratch pages leaves the scratch translations behind: flushed too.
            const { addr, range } = invalidationRange(vma.addr, vma.range);
            if (now.tree.scratch !== undefined) tlb = forget(tlb, 1, addr, range);
          } else if (kind === 'unbind' && bound.delete(slot)) {
            now = unbind(now, vma);
            const { addr, range } = invalidationRange(vma.addr, vma.range);
            tlb = forget(tlb, 1, addr, range);
          } else if (kind === 'access') {
            const machine = { tables: now.tables, tlb, memory: zeroMemory() };
            const where = { addr: vma.addr + (pick % vma.range), word: 0 };
            const request: AccessRequest = store ? { kind: 'write', value: '0x1' } : READ;
            const ways = possibleAccesses(machine, space, where, request);
            expect(ways[0]?.result).toEqual(access(machine, space, where, request));
            const kinds = ways.map(({ result }) => result.outcome);
            expect(new Set(kinds).size).toBe(1);
            tlb = ways[pick % ways.length]?.fills.reduce(fill, tlb) ?? tlb;
          }
          expect(staleEntries(tlb, now.tables, space)).toEqual([]);
        }
        expect(cachedDirectories(tlb).every(({ level }) => level > 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
