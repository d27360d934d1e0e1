/** Whatever is mapped, repeated and unmapped: an access reads what the plainest function from pages to pages says. */
import fc from 'fast-check';
import { walk } from '../../../hw/page-tables.ts';
import type { PanthorVm } from '../../../machines/panthor/context.ts';
import { rootKey } from '../../../machines/shared/shared.ts';
import { breaches } from '../../rig/invariants.ts';
import {
  DRAWN_BOS,
  DRAWN_PAGES,
  drawnOps,
  hex,
  immediateScenario,
  type Steps,
  timed,
} from '../../rig/immediate.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf, seedOf } from '../../rig/scenarios.ts';

const readAll = (space: ReadonlyMap<number, string>): Steps =>
  Array.from({ length: DRAWN_PAGES }, (_, page) => ({
    gpu: { vm: 'vm0', read: hex(page), expect: space.get(page) ?? ('fault' as const) },
  }));

test('an access reads what the reference function has, after any synchronous ops', () => {
  fc.assert(
    fc.property(drawnOps, (drawn) => {
      const space = new Map<number, string>();
      drawn.forEach(({ apply }) => apply(space));
      const binds = drawn.map(({ op }) => ({ bind: { vm: 'vm0', ops: [op] } }));
      const { records, end } = timed(immediateScenario([...binds, ...readAll(space)], DRAWN_BOS));
      expect([end.verdict, end.reasons, breaches(records)]).toEqual(['ok', [], []]);
    }),
    { numRuns: 60 },
  );
});

test('the same in one asynchronous call, under random schedules', () => {
  fc.assert(
    fc.property(drawnOps, fc.nat(1000), (drawn, n) => {
      const space = new Map<number, string>();
      drawn.forEach(({ apply }) => apply(space));
      const given = immediateScenario([], DRAWN_BOS);
      const scenario = scenarioOf({
        ...given,
        syncobjs: { done: {} },
        clients: {
          app: [
            ...(given.clients['app'] ?? []),
            { bind: { vm: 'vm0', async: true, ops: drawn.map(({ op }) => op), out: ['done'] } },
            { wait: 'done' },
            ...readAll(space),
          ],
        },
      } as never);
      const { records, end } = wholeRun({ scenario, chooser: 'random', seed: seedOf(n) });
      expect([end.verdict, end.reasons, breaches(records)]).toEqual(['ok', [], []]);
    }),
    { numRuns: 40 },
  );
});

test('no op takes more tables than were reserved for it', () => {
  fc.assert(
    fc.property(drawnOps, (drawn) => {
      const binds = drawn.map(({ op }) => ({ bind: { vm: 'vm0', ops: [op] } }));
      const { records } = timed(immediateScenario(binds, DRAWN_BOS));
      let reserved = 0;
      for (const fact of records.flatMap(({ facts }) => facts)) {
        if (fact.type === 'op.prepared') reserved = fact.tables;
        if (fact.type === 'table.allocated' && fact.level < 3) reserved -= 1;
        expect(reserved).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 40 },
  );
});

test('blocks of 2M are used where a pattern goes on that long, and cut where something else comes', () => {
  const big = { big: 1024 };
  const ops: Steps = [
    {
      bind: {
        vm: 'vm0',
        ops: [{ map: { addr: 0x0, range: 0x1000000, bo: 'big', repeat: 0x200000 } }],
      },
    },
    { bind: { vm: 'vm0', ops: [{ unmap: { addr: 0x601000, range: 0x1000 } }] } },
    { bind: { vm: 'vm0', ops: [{ map: { addr: 0x3ff000, range: 0x2000, bo: 'big' } }] } },
  ];
  const { records, end } = timed(immediateScenario(ops, big));
  const blocks = records
    .flatMap(({ facts }) => facts)
    .flatMap((fact) =>
      fact.type === 'table.allocated' && fact.level === 1
        ? fact.runs.reduce((sum, { count }) => sum + count, 0)
        : [],
    );
  expect([end.verdict, breaches(records), blocks]).toEqual(['ok', [], [8]]);
  const vm = end.world.actors.get('vm0')?.context as PanthorVm;
  const from = { root: end.world.shared.roots[rootKey('gt0', 'vm0')] ?? 0, levels: vm.levels };
  // entries with three kinds of pages: what is expected is worked out page by page
  const pfn = end.world.shared.bos['big']?.phys ?? 0;
  const wanted = (page: number): number | null => {
    if (page === 0x601) return null;
    return pfn + (page === 0x3ff || page === 0x400 ? page - 0x3ff : page % 512);
  };
  const mappings = Array.from({ length: 4096 }, (_, addr) => ({ addr, pfn: wanted(addr) })).flatMap(
    ({ addr, pfn: at }) =>
      at === null
        ? []
        : [
            {
              addr,
              range: 1,
              backing: { kind: 'physical', pfn: at, vram: false },
              readOnly: false,
            } as const,
          ],
  );
  const walked = mappings.filter(({ addr, backing }) => {
    const found = walk(end.world.shared.tables, from.root, from.levels, addr);
    return found.kind !== 'leaf' || found.pfn !== backing.pfn;
  });
  expect(walked).toEqual([]);
  expect(walk(end.world.shared.tables, from.root, from.levels, 0x601).kind).toBe('not-present');
});
