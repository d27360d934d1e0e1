/** Address spaces, as facts tell: a VM, what is mapped in it, and every VMA that is not destroyed yet. */
import type { Fact, FactOf } from '../../facts/schema.ts';
import { OrderedMap } from '../../ordered-map.ts';
import type { Page } from '../../units.ts';
import { without } from '../../without.ts';

export type Piece = Omit<FactOf<'va.mapped'>, 'type' | 'vm'>;

export interface VmaSeen extends Piece {
  /** in the tree; one that is not is on its way out, and its entries may still be there */
  readonly mapped: boolean;
  /** the GTs that it was bound on, and not unbound from since */
  readonly present: readonly string[];
  /** the GTs that it was ever bound on: a bind job may still store what an unbind behind it will clear */
  readonly wasBound: readonly string[];
  /** those of `present` whose entries a fault-mode invalidation has cleared */
  readonly zapped: readonly string[];
  /** on the rebind list: its BO was moved */
  readonly evicted: boolean;
  /** on the list of invalidated userptrs */
  readonly invalidated: boolean;
  /** where its memory was when it was last bound */
  readonly boundAt: Page | null;
}

export interface VmSeen extends Omit<FactOf<'vm.created'>, 'type'> {
  readonly closing: boolean;
  readonly closed: boolean;
  /** the asynchronous op that stopped the worker */
  readonly failed: FactOf<'vm.errored'> | null;
  /** the tree: the numbers of the mapped VMAs, by address */
  readonly tree: OrderedMap<number>;
  /** by number */
  readonly vmas: OrderedMap<VmaSeen>;
  /** by VMA, which need not be in the tree yet: the notifier's sequence number when it was last pinned */
  readonly pins: OrderedMap<number>;
  /** VMAs that are out of the tree and not destroyed */
  readonly leaving: readonly number[];
  /** by object: its VMAs, and whether they are in the tree; what exec and eviction ask for costs no scan of the VM */
  readonly byObject: Readonly<Record<string, OrderedMap<boolean>>>;
  /** mapped VMAs that are on a list: evicted or invalidated */
  readonly listed: OrderedMap<true>;
}
export type VmsSeen = Readonly<Record<string, VmSeen>>;

export const endOf = ({ addr, range }: { addr: Page; range: Page }): Page => addr + range;

/** The mapped VMAs that touch [addr, end), ascending. */
export function mappedIn(vm: VmSeen, addr: Page, end: Page): VmaSeen[] {
  const first = vm.tree.floor(addr)?.key ?? addr;
  const found: VmaSeen[] = [];
  vm.tree.visit(first, end, (va) => {
    const vma = vm.vmas.get(va);
    if (vma !== undefined && endOf(vma) > addr) found.push(vma);
    return true;
  });
  return found;
}

/** Every VMA that may have entries in [addr, end): mapped ones and those on their way out. */
export function aliveIn(vm: VmSeen, addr: Page, end: Page): VmaSeen[] {
  const leaving = vm.leaving.flatMap((va) => vm.vmas.get(va) ?? []);
  return [
    ...mappedIn(vm, addr, end),
    ...leaving.filter((vma) => vma.addr < end && endOf(vma) > addr),
  ];
}

const lessOne = (vas: readonly number[], va: number): readonly number[] =>
  vas.includes(va) ? vas.filter((each) => each !== va) : vas;

const NOWHERE: readonly string[] = [];

/** The index with a VMA of an object in it, or out of it for null. */
function indexed(
  vm: VmSeen,
  obj: string | null,
  va: number,
  isMapped: boolean | null,
): VmSeen['byObject'] {
  if (obj === null) return vm.byObject;
  const known = vm.byObject[obj] ?? OrderedMap.empty<boolean>();
  const next = isMapped === null ? known.delete(va) : known.set(va, isMapped);
  return next.size === 0 ? without(vm.byObject, obj) : { ...vm.byObject, [obj]: next };
}

function mapped(vm: VmSeen, piece: FactOf<'va.mapped'>): VmSeen {
  const { va, addr, range, obj, offset, null: isNull, readOnly, userptr, gtMask } = piece;
  const old = vm.vmas.get(va);
  const byObject = old === undefined ? vm.byObject : indexed(vm, old.obj, va, null);
  const vma: VmaSeen = {
    va,
    addr,
    range,
    obj,
    offset,
    null: isNull,
    readOnly,
    userptr,
    gtMask,
    repeat: piece.repeat,
    mapped: true,
    present: NOWHERE,
    wasBound: NOWHERE,
    zapped: NOWHERE,
    evicted: false,
    invalidated: false,
    boundAt: null,
  };
  return {
    ...vm,
    tree: vm.tree.set(addr, va),
    vmas: vm.vmas.set(va, vma),
    leaving: lessOne(vm.leaving, va),
    byObject: indexed({ ...vm, byObject }, obj, va, true),
    listed: vm.listed.delete(va),
  };
}

function unmapped(vm: VmSeen, { va, addr }: FactOf<'va.unmapped'>): VmSeen {
  const tree = vm.tree.get(addr) === va ? vm.tree.delete(addr) : vm.tree;
  const vma = vm.vmas.get(va);
  if (vma === undefined) return { ...vm, tree };
  const left = { ...vma, mapped: false, evicted: false, invalidated: false };
  return {
    ...vm,
    tree,
    vmas: vm.vmas.set(va, left),
    leaving: [...vm.leaving, va],
    byObject: indexed(vm, vma.obj, va, false),
    listed: vm.listed.delete(va),
  };
}

function destroyed(vm: VmSeen, va: number): VmSeen {
  const vma = vm.vmas.get(va);
  if (vma === undefined) return vm;
  return {
    ...vm,
    vmas: vm.vmas.delete(va),
    leaving: lessOne(vm.leaving, va),
    byObject: indexed(vm, vma.obj, va, null),
    listed: vm.listed.delete(va),
  };
}

function changed(vm: VmSeen, va: number, change: (old: VmaSeen) => VmaSeen): VmSeen {
  const vma = vm.vmas.get(va);
  if (vma === undefined) return vm;
  const next = change(vma);
  const isListed = next.mapped && (next.evicted || next.invalidated);
  const listed = isListed ? vm.listed.set(va, true) : vm.listed.delete(va);
  return { ...vm, vmas: vm.vmas.set(va, next), listed };
}

const plus = (gts: readonly string[], gt: string): readonly string[] =>
  gts.includes(gt) ? gts : [...gts, gt];
const minus = (gts: readonly string[], gt: string): readonly string[] =>
  gts.filter((each) => each !== gt);

/** The VM after a fact about it. @param at where the memory of a mapping is now */
export function foldVm(vm: VmSeen, fact: Fact, at: (vma: VmaSeen) => Page | null): VmSeen {
  switch (fact.type) {
    case 'va.mapped':
      return mapped(vm, fact);
    case 'va.unmapped':
      return unmapped(vm, fact);
    case 'vma.destroyed':
      return destroyed(vm, fact.va);
    case 'vma.bound': {
      const { gt } = fact;
      return changed(vm, fact.va, (old) => ({
        ...old,
        present: plus(old.present, gt),
        wasBound: plus(old.wasBound, gt),
        zapped: minus(old.zapped, gt),
        boundAt: at(old),
      }));
    }
    case 'vma.unbound':
      return changed(vm, fact.va, (old) => ({ ...old, present: minus(old.present, fact.gt) }));
    case 'vma.zapped':
      return changed(vm, fact.va, (old) => ({ ...old, zapped: plus(old.zapped, fact.gt) }));
    case 'vma.evicted':
      return changed(vm, fact.va, (old) => ({ ...old, evicted: true }));
    case 'vma.invalidated':
      return changed(vm, fact.va, (old) => ({ ...old, invalidated: true }));
    case 'vma.rebound':
      return changed(vm, fact.va, (old) => ({
        ...old,
        evicted: false,
        invalidated: false,
        boundAt: at(old),
      }));
    case 'vma.pinned':
      return { ...vm, pins: vm.pins.set(fact.va, fact.seq) };
    case 'vm.errored':
      return { ...vm, failed: fact };
    case 'vm.restarted':
      return { ...vm, failed: null };
    case 'vm.closing':
      return { ...vm, closing: true };
    case 'vm.closed':
      return { ...vm, closed: true };
    default:
      return vm;
  }
}

export function newVm(fact: FactOf<'vm.created'>): VmSeen {
  const { vm, addr, range, async, semantics, mode, scratch } = fact;
  return {
    ...{ vm, addr, range, async, semantics, mode, scratch },
    closing: false,
    closed: false,
    failed: null,
    tree: OrderedMap.empty(),
    vmas: OrderedMap.empty(),
    pins: OrderedMap.empty(),
    leaving: [],
    byObject: {},
    listed: OrderedMap.empty(),
  };
}
