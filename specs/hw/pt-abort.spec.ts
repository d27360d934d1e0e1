/** A staged bind that is called off leaves nothing behind. */
import fc from 'fast-check';
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import { allocateTable, freeTable } from '../../hw/page-tables.ts';
import { abortBind } from '../../hw/pt-abort.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import { liveFaults } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { bind, mapping, newRig, NULL, rootOf, SCRATCH, system } from './rig.ts';

const neighbour = mapping(0x1ff000, 0x200000, NULL);

test('the tables to free come parents first', () => {
  const rig = bind(newRig(), neighbour);
  const { freed } = abortBind(
    stageBind(rig.tree, rig.alloc, mapping(0x40000000, 0x40001000, NULL)),
  );
  expect(freed).toEqual([4, 5].map((n) => 2 ** 39 + n));
});

test('hardware and driver are as before, whatever was staged; a second try works', () => {
  const arb = fc.record({
    addr: fc.integer({ min: 512, max: 3000 }),
    range: fc.integer({ min: 1, max: 4000 }),
    pfn: fc.option(fc.integer({ min: 0, max: 100 })),
    graphicsVer: fc.constantFrom(1200, 1255),
    isScratch: fc.boolean(),
    rebind: fc.boolean(),
  });
  fc.assert(
    fc.property(arb, ({ addr, range, pfn, graphicsVer, isScratch, rebind }) => {
      const flavour = { ...DEFAULT_FLAVOUR, graphicsVer };
      const empty = newRig(4, { flavour, ...(isScratch ? { scratch: SCRATCH } : {}) });
      const backing = pfn === null ? NULL : system(0x10000 + 8 * pfn);
      const request = { addr, range, backing, readOnly: false };
      const old = bind(empty, neighbour);
      const rig = rebind ? bind(old, { ...request, backing: NULL }) : old;
      const staged = stageBind(rig.tree, rig.alloc, { ...request, rebind });
      const { freed, alloc } = abortBind(staged);
      const built = staged.newTables.reduce(allocateTable, rig.tables);
      const tables = freed.reduce(freeTable, built);
      expect([...tables.pages.entries()]).toEqual([...rig.tables.pages.entries()]);
      expect(liveFaults(rig.tree, tables)).toEqual([]);
      const again = bind({ tree: rig.tree, tables, alloc }, { ...request, rebind });
      expect(compareMappings(again.tables, rootOf(again), [neighbour, request])).toEqual([]);
      expect(again.staged.newTables.some(({ table }) => freed.includes(table))).toBe(false);
    }),
    { numRuns: 200 },
  );
});
