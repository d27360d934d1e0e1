/**
 * Folds one fact into the shared objects. Facts about an actor's own state (its mappings, its jobs) change nothing here.
 */
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import { addFence, addWaiter, markSignaled } from '../../domain/fence/fence-table.ts';
import { addPoint, newSyncobj, replaceFence, type Syncobj } from '../../domain/fence/syncobj.ts';
import { allocatePages } from '../../hw/allocator.ts';
import { writeWord } from '../../hw/memory.ts';
import { allocateTable, freeTable, writeEntries } from '../../hw/table-store.ts';
import { fill, forget, forgetAsid, noTlb, type Tlb } from '../../hw/tlb.ts';
import { type Bo, rootKey, type Shared } from './shared.ts';

type Folds = { readonly [K in FactType]?: (shared: Shared, fact: FactOf<K>) => Shared };

function without<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

function withSyncobj(shared: Shared, id: string, change: (old: Syncobj) => Syncobj): Shared {
  const old = shared.syncobjs[id];
  if (old === undefined) throw new RangeError(`no syncobj ${id}`);
  return { ...shared, syncobjs: { ...shared.syncobjs, [id]: change(old) } };
}

function withTlb(shared: Shared, gt: string, change: (old: Tlb) => Tlb): Shared {
  return { ...shared, tlbs: { ...shared.tlbs, [gt]: change(shared.tlbs[gt] ?? noTlb()) } };
}

function asidOf(shared: Shared, vm: string): number {
  const asid = shared.asids[vm];
  if (asid === undefined) throw new RangeError(`no VM ${vm}`);
  return asid;
}

function makeBo(shared: Shared, fact: FactOf<'bo.created'>): Shared {
  const { bo, range, phys, placement } = fact;
  const { pools, pfn } = allocatePages(shared.pools, placement, range);
  if (pfn !== phys) throw new RangeError(`${bo} is not where the allocator puts it`);
  const made: Bo = { range, phys, placement, closed: false };
  return { ...shared, pools, bos: { ...shared.bos, [bo]: made } };
}

const FOLDS: Folds = {
  'device.created': (shared, { gts, vaBits, profile }) => ({
    ...shared,
    device: { gts, levels: vaBits === 57 ? 5 : 4, profile },
    tlbs: Object.fromEntries(gts.map((gt) => [gt, noTlb()])),
  }),
  'bo.created': makeBo,
  'bo.closed': (shared, { bo }) => {
    const old = shared.bos[bo];
    return old === undefined
      ? shared
      : { ...shared, bos: { ...shared.bos, [bo]: { ...old, closed: true } } };
  },
  'syncobj.created': (shared, { syncobj, kind }) => ({
    ...shared,
    syncobjs: { ...shared.syncobjs, [syncobj]: newSyncobj(kind) },
  }),
  'syncobj.replaced': (shared, { syncobj, fence }) =>
    withSyncobj(shared, syncobj, (old) => replaceFence(old, fence)),
  'syncobj.advanced': (shared, { syncobj, point, fence }) =>
    withSyncobj(shared, syncobj, (old) => addPoint(old, point, fence)),
  'fence.created': (shared, fact) => ({ ...shared, fences: addFence(shared.fences, fact) }),
  'fence.waited': (shared, { fence, waiter }) => ({
    ...shared,
    fences: addWaiter(shared.fences, fence, waiter),
  }),
  'fence.signaled': (shared, { fence, error }) => ({
    ...shared,
    fences: markSignaled(shared.fences, fence, error),
  }),
  'vm.created': (shared, { vm }) => ({
    ...shared,
    asids: { ...shared.asids, [vm]: Object.keys(shared.asids).length },
  }),
  'vm.closed': (shared, { vm }) => {
    const asid = asidOf(shared, vm);
    const tlbs = Object.entries(shared.tlbs).map(([gt, tlb]) => [gt, forgetAsid(tlb, asid)]);
    return { ...shared, tlbs: Object.fromEntries(tlbs) };
  },
  'table.allocated': (shared, fact) => ({ ...shared, tables: allocateTable(shared.tables, fact) }),
  'table.rooted': (shared, { gt, vm, table }) => ({
    ...shared,
    roots: { ...shared.roots, [rootKey(gt, vm)]: table },
  }),
  'table.freed': (shared, { gt, vm, table }) => {
    const key = rootKey(gt, vm);
    const roots = shared.roots[key] === table ? without(shared.roots, key) : shared.roots;
    return { ...shared, roots, tables: freeTable(shared.tables, table) };
  },
  'pte.written': (shared, fact) => ({ ...shared, tables: writeEntries(shared.tables, fact) }),
  'tlb.filled': (shared, { gt, vm, addr, range, pte, level }) =>
    withTlb(shared, gt, (tlb) =>
      fill(tlb, { asid: asidOf(shared, vm), addr, pages: range, pte, level }),
    ),
  'tlb.invalidated': (shared, { gt, vm, addr, range }) =>
    withTlb(shared, gt, (tlb) => forget(tlb, asidOf(shared, vm), addr, range)),
  'memory.written': (shared, { phys, word, value }) => ({
    ...shared,
    memory: writeWord(shared.memory, { pfn: phys, word }, value),
  }),
};

export function foldShared(shared: Shared, fact: Fact): Shared {
  const fold = FOLDS[fact.type] as ((shared: Shared, fact: Fact) => Shared) | undefined;
  return fold === undefined ? shared : fold(shared, fact);
}
