/** How facts about address spaces, memory, page tables and TLBs are folded. */
import type { FactOf } from '../../facts/schema.ts';
import type { Page } from '../../units.ts';
import { without } from '../../without.ts';
import type { RunRecord } from '../record.ts';
import * as calls from './calls.ts';
import * as jobs from './jobs.ts';
import * as memory from './memory.ts';
import * as spaces from './spaces.ts';
import { type Folds, inCalls, inMemory, inVm, type Known, woken } from './state.ts';
import * as tables from './tables.ts';

function flushed(known: Known, gt: string, vm: string | null, from: Page, end: Page): Known {
  const covers = (table: tables.TableSeen): boolean =>
    table.gt === gt &&
    (vm === null || table.vm === vm) &&
    (table.base === null ||
      (table.base < end && table.base + tables.tableSpan(table.level) > from));
  const next = tables.flushedTables(known.tables, known.cached, covers);
  const keys = Object.keys(known.memory.tlbs).filter((key) =>
    vm === null ? key.startsWith(`${gt} `) : key === `${gt} ${vm}`,
  );
  return {
    ...known,
    calls: jobs.flushed(known.calls, gt, vm, from, end),
    memory: keys.reduce((all, key) => memory.forgotten(all, key, from, end), known.memory),
    tables: next,
    cached:
      known.cached.length === 0
        ? known.cached
        : known.cached.filter((page) => next.get(page)?.isCached === true),
  };
}

function stored(known: Known, fact: FactOf<'pte.written'>, record: RunRecord): Known {
  const { gt, vm, table, runs, by } = fact;
  const next = tables.storedEntries(known.tables, table, runs);
  const gone = [...(known.tables.get(table)?.children.values() ?? [])].filter(
    (page) => next.get(page)?.isCached === true && !known.cached.includes(page),
  );
  const clears = known.vms[vm]?.scratch === true || runs.some(({ pte }) => pte % 2 === 0);
  const { job } = record.data;
  const seen =
    by === 'cpu'
      ? { ...known.calls, written: clears ? [...known.calls.written, gt] : known.calls.written }
      : jobs.storedBy(known.calls, typeof job === 'string' ? job : '', gt, clears);
  const cached = gone.length === 0 ? known.cached : [...known.cached, ...gone];
  return { ...known, tables: next, cached, calls: seen };
}

export const MEMORY_FOLDS: Folds = {
  'device.created': (known, { profile }) => ({ ...known, profile }),
  'vm.created': (known, fact) => ({
    ...known,
    vms: { ...known.vms, [fact.vm]: spaces.newVm(fact) },
  }),
  'va.mapped': inVm,
  'va.unmapped': inVm,
  'vma.bound': inVm,
  'vma.unbound': inVm,
  'vma.zapped': inVm,
  'vma.evicted': inVm,
  'vma.invalidated': inVm,
  'vma.rebound': inVm,
  'vma.pinned': inVm,
  'vma.destroyed': inVm,
  'vm.errored': (known, fact) => woken(`error:${fact.vm}`)(inVm(known, fact)),
  'vm.restarted': (known, fact) =>
    inCalls(inVm(known, fact), calls.restarted(known.calls, fact.vm)),
  'vm.closing': (known, fact) => woken(`error:${fact.vm}`)(inVm(known, fact)),
  'vm.closed': (known, fact) => {
    const keys = Object.keys(known.memory.tlbs).filter((key) => key.endsWith(` ${fact.vm}`));
    const tlbs = keys.reduce((all, key) => without(all, key), known.memory.tlbs);
    return inVm({ ...known, memory: { ...known.memory, tlbs } }, fact);
  },
  'bo.created': (known, fact) => inMemory(known, memory.madeBo(known.memory, fact)),
  'bo.moved': (known, fact) => inMemory(known, memory.movedBo(known.memory, fact)),
  'bo.freed': (known, { bo }) => inMemory(known, memory.freedBo(known.memory, bo)),
  'memory.freed': (known, { phys, range }) =>
    inMemory(known, memory.freedPages(known.memory, phys, range)),
  'userptr.created': (known, { userptr, ptr, range, phys }) => {
    const made = { userptr, ptr, range, phys, seq: 0, isInvalidating: false };
    const userptrs = { ...known.memory.userptrs, [userptr]: made };
    return inMemory(known, { ...known.memory, userptrs });
  },
  'userptr.invalidating': (known, { userptr, seq }) =>
    inMemory(known, memory.withUserptr(known.memory, userptr, { seq, isInvalidating: true })),
  'userptr.invalidated': (known, { userptr, phys }) =>
    woken(`userptr:${userptr}`)(
      inMemory(known, memory.withUserptr(known.memory, userptr, { phys, isInvalidating: false })),
    ),
  'tlb.filled': (known, fact) =>
    known.vms[fact.vm]?.mode === 'fault'
      ? inMemory(known, memory.filledTlb(known.memory, fact))
      : known,
  'tlb.invalidated': (known, { gt, vm, addr, range, full }) =>
    flushed(known, gt, full === true ? null : vm, addr, addr + range),
  'gt.resumed': (known, { gt }) => flushed(known, gt, null, 0, Infinity),
  'table.allocated': (known, fact) => ({
    ...known,
    tables: tables.allocatedTable(known.tables, fact),
  }),
  'table.rooted': (known, { table }) => ({
    ...known,
    tables: tables.rootedTable(known.tables, table),
  }),
  'table.freed': (known, { table }) => ({
    ...known,
    tables: tables.freedTable(known.tables, table),
  }),
  'pte.written': stored,
};
