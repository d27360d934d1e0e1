/**
 * Folds one fact into the shared objects. Facts about an actor's own state (its mappings, its jobs) change nothing here.
 */
import { DEVICES } from '../../domain/devices.ts';
import type { Fact, FactOf, FactType } from '../../domain/facts/schema.ts';
import { allocatePages } from '../../hw/allocator.ts';
import { costsOf, NO_COSTS } from '../../hw/costs.ts';
import { FLAVOURS } from '../../hw/flavour.ts';
import { copyPages, writeWord } from '../../hw/memory.ts';
import { allocateTable, freeTable, writeEntries } from '../../hw/table-store.ts';
import { fill, forget, forgetAll, forgetAsid, noTlb, type Tlb } from '../../hw/tlb.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { without } from '../../domain/without.ts';
import { FENCE_FOLDS, withoutResv } from './fold-fences.ts';
import { foldWaits } from './sleepers.ts';
import {
  type Bo,
  type Device,
  linkKey,
  rootKey,
  type Shared,
  type Userptr,
  type VmShared,
} from './shared.ts';

type Folds = { readonly [K in FactType]?: (shared: Shared, fact: FactOf<K>) => Shared };

function withTlb(shared: Shared, gt: string, change: (old: Tlb) => Tlb): Shared {
  return { ...shared, tlbs: { ...shared.tlbs, [gt]: change(shared.tlbs[gt] ?? noTlb()) } };
}

function asidOf(shared: Shared, vm: string): number {
  const asid = shared.asids[vm];
  if (asid === undefined) throw new RangeError(`no VM ${vm}`);
  return asid;
}

function withVm(shared: Shared, vm: string, change: Partial<VmShared>): Shared {
  const old = shared.vms[vm];
  if (old === undefined) throw new RangeError(`no VM ${vm}`);
  return { ...shared, vms: { ...shared.vms, [vm]: { ...old, ...change } } };
}

function notEvicted(shared: Shared, vm: string, va: number): Shared {
  const evicted = shared.vms[vm]?.evicted ?? [];
  if (!evicted.includes(va)) return shared;
  return withVm(shared, vm, { evicted: evicted.filter((each) => each !== va) });
}

function countExtobj(shared: Shared, vm: string, bo: string, change: 1 | -1): Shared {
  if (shared.bos[bo]?.vm !== null) return shared;
  const extobjs = shared.vms[vm]?.extobjs ?? {};
  const count = (extobjs[bo] ?? 0) + change;
  return withVm(shared, vm, {
    extobjs: count === 0 ? without(extobjs, bo) : { ...extobjs, [bo]: count },
  });
}

function withUserptr(shared: Shared, id: string, change: Partial<Userptr>): Shared {
  const old = shared.userptrs[id];
  if (old === undefined) throw new RangeError(`no userptr ${id}`);
  return { ...shared, userptrs: { ...shared.userptrs, [id]: { ...old, ...change } } };
}

function withRefs(shared: Shared, of: string, change: 1 | -1): Shared {
  const count = (shared.refs[of] ?? 0) + change;
  if (count < 0) throw new RangeError(`${of} has no reference left to drop`);
  const refs = count === 0 ? without(shared.refs, of) : { ...shared.refs, [of]: count };
  return { ...shared, refs };
}

function makeBo(shared: Shared, fact: FactOf<'bo.created'>): Shared {
  const { bo, range, phys, placement, vm } = fact;
  const { pools, pfn } = allocatePages(shared.pools, placement, range);
  if (pfn !== phys) throw new RangeError(`${bo} is not where the allocator puts it`);
  const is64K = placement === 'vram' && shared.device.flavour?.needs64K === true;
  const made: Bo = { range, phys, placement, home: placement, closed: false, vm, is64K };
  return { ...shared, pools, bos: { ...shared.bos, [bo]: made } };
}

function deviceOf(fact: FactOf<'device.created'>): Device {
  const { gts, vaBits, profile, flavour: name, costs } = fact;
  const flavour = name === undefined ? undefined : FLAVOURS[name];
  return {
    ...{ gts, levels: vaBits === 57 ? 5 : 4, profile, flavour },
    rangeInvalidation:
      fact.rangeInvalidation ?? (name === undefined || DEVICES[name].rangeInvalidation),
    costs: costs === undefined ? NO_COSTS : costsOf(costs),
    driver: fact.driver ?? null,
    quirks: fact.quirks ?? [],
  };
}

const FOLDS: Folds = {
  ...FENCE_FOLDS,
  'device.created': (shared, fact) => ({
    ...shared,
    device: deviceOf(fact),
    tlbs: Object.fromEntries(fact.gts.map((gt) => [gt, noTlb()])),
  }),
  'bo.created': makeBo,
  'bo.closed': (shared, { bo }) => {
    const old = shared.bos[bo];
    return old === undefined
      ? shared
      : { ...shared, bos: { ...shared.bos, [bo]: { ...old, closed: true } } };
  },
  'bo.freed': (shared, { bo }) => {
    const left = { ...shared, bos: without(shared.bos, bo) };
    // a private BO shares its VM's reservation object
    return shared.bos[bo]?.vm === null ? withoutResv(left, bo) : left;
  },
  'vm.freed': (shared, { vm }) => withoutResv(shared, vm),
  'bo.moved': (shared, { bo, phys, placement, stays }) => {
    const old = shared.bos[bo];
    if (old === undefined) throw new RangeError(`no BO ${bo}`);
    const { pools, pfn } = allocatePages(shared.pools, placement, old.range);
    if (pfn !== phys) throw new RangeError(`${bo} is not where the allocator puts it`);
    return {
      ...shared,
      pools,
      bos: { ...shared.bos, [bo]: { ...old, phys, placement, home: stays ? placement : old.home } },
    };
  },
  'userptr.created': (shared, { userptr, ptr, range, phys }) => {
    const { pools, pfn } = allocatePages(shared.pools, 'system', range);
    if (pfn !== phys) throw new RangeError(`${userptr} is not where the allocator puts it`);
    const made: Userptr = { ptr, range, phys, seq: 0, invalidating: false };
    const userptrs = { ...shared.userptrs, [userptr]: made };
    return { ...shared, pools, userptrs, areas: shared.areas.set(ptr, userptr) };
  },
  'userptr.invalidating': (shared, { userptr, seq }) =>
    withUserptr(shared, userptr, { seq, invalidating: true }),
  'userptr.invalidated': (shared, { userptr, phys }) => {
    const old = shared.userptrs[userptr];
    if (old === undefined || phys === null) {
      return withUserptr(shared, userptr, { phys, invalidating: false });
    }
    const { pools, pfn } = allocatePages(shared.pools, 'system', old.range);
    if (pfn !== phys) throw new RangeError(`${userptr} is not where the allocator puts it`);
    return withUserptr({ ...shared, pools }, userptr, { phys, invalidating: false });
  },
  'queue.created': (shared, { queue, vm, gt, kind }) => ({
    ...shared,
    queues: { ...shared.queues, [queue]: { vm, gt, kind, banned: false } },
  }),
  'queue.destroyed': (shared, { queue }) => ({ ...shared, queues: without(shared.queues, queue) }),
  'queue.banned': (shared, { queue }) => {
    const old = shared.queues[queue];
    if (old === undefined) return shared;
    return { ...shared, queues: { ...shared.queues, [queue]: { ...old, banned: true } } };
  },
  'lock.taken': (shared, { lock, by }) => {
    const holder = shared.locks[lock];
    if (holder !== undefined) throw new RangeError(`${by} takes ${lock}, which ${holder} holds`);
    return { ...shared, locks: { ...shared.locks, [lock]: by } };
  },
  'lock.released': (shared, { lock }) => ({ ...shared, locks: without(shared.locks, lock) }),
  'ref.taken': (shared, { of }) => withRefs(shared, of, 1),
  'ref.dropped': (shared, { of }) => withRefs(shared, of, -1),
  'ufence.written': (shared, { at, value }) => ({
    ...shared,
    userMemory: { ...shared.userMemory, [at]: value },
  }),
  'memory.copied': (shared, { source, phys, range }) => ({
    ...shared,
    memory: copyPages(shared.memory, source, phys, range),
  }),
  'vm.created': (shared, { vm, mode, scratch }) => ({
    ...shared,
    asids: { ...shared.asids, [vm]: Object.keys(shared.asids).length },
    vms: {
      ...shared.vms,
      [vm]: { closed: false, mode, scratch, error: 0, evicted: [], extobjs: {} },
    },
  }),
  'vm.closing': (shared, { vm }) => withVm(shared, vm, { closed: true }),
  'vm.errored': (shared, { vm, error }) => withVm(shared, vm, { error }),
  'vm.restarted': (shared, { vm }) => withVm(shared, vm, { error: 0 }),
  'vma.evicted': (shared, { vm, va }) =>
    withVm(shared, vm, { evicted: [...(shared.vms[vm]?.evicted ?? []), va] }),
  'vma.rebound': (shared, { vm, va }) => notEvicted(shared, vm, va),
  'va.mapped': (shared, { vm, va, addr, range, obj }) => {
    if (obj === null) return shared;
    const key = linkKey(asidOf(shared, vm), va);
    const known = shared.links[obj] ?? OrderedMap.empty();
    const links = { ...shared.links, [obj]: known.set(key, { vm, va, addr, range }) };
    return countExtobj({ ...shared, links }, vm, obj, 1);
  },
  'va.unmapped': (shared, { vm, obj }) =>
    obj === null ? shared : countExtobj(shared, vm, obj, -1),
  'vma.zapped': (shared, { vm, va }) => notEvicted(shared, vm, va),
  'vma.destroyed': (shared, { vm, va, obj }) => {
    const now = notEvicted(shared, vm, va);
    const known = obj === null ? undefined : shared.links[obj];
    if (obj === null || known === undefined) return now;
    const left = known.delete(linkKey(asidOf(shared, vm), va));
    const links = left.size === 0 ? without(now.links, obj) : { ...now.links, [obj]: left };
    return { ...now, links };
  },
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
  'tlb.invalidated': (shared, { gt, vm, addr, range, full }) =>
    withTlb(shared, gt, (tlb) =>
      full === true ? forgetAll() : forget(tlb, asidOf(shared, vm), addr, range),
    ),
  // a reset leaves nothing cached, of any VM
  'gt.resumed': (shared, { gt }) => withTlb(shared, gt, forgetAll),
  'memory.written': (shared, { phys, word, value }) => ({
    ...shared,
    memory: writeWord(shared.memory, { pfn: phys, word }, value),
  }),
};

export function foldShared(before: Shared, fact: Fact): Shared {
  const shared = foldWaits(before, fact);
  const fold = FOLDS[fact.type] as ((shared: Shared, fact: Fact) => Shared) | undefined;
  return fold === undefined ? shared : fold(shared, fact);
}
