/**
 * The objects that actors share: buffers, syncobjs, fences, memory, the page tables and the TLBs that the hardware
 * uses. No actor owns them; facts make and change them, and this value is the fold of all facts so far. A log's facts
 * alone rebuild it (streams/replay/views.ts).
 */
import { type FenceTable, NO_FENCES } from '../../domain/fence/fence-table.ts';
import type { Syncobj } from '../../domain/fence/syncobj.ts';
import type { Resv } from '../../domain/fence/resv.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Page, U64 } from '../../domain/units.ts';
import { freshPools, type MemoryRegion, type PhysicalPools } from '../../hw/allocator.ts';
import { type AllCosts, NO_COSTS } from '../../hw/costs.ts';
import type { PtFlavour } from '../../hw/flavour.ts';
import { type Memory, zeroMemory } from '../../hw/memory.ts';
import { noTables, type Tables } from '../../hw/table-store.ts';
import type { Tlb } from '../../hw/tlb.ts';

export interface Device {
  readonly gts: readonly string[];
  /** page-table levels: 4 for 48-bit addresses, 5 for 57-bit */
  readonly levels: number;
  readonly profile: string;
  /** undefined: DEFAULT_FLAVOUR */
  readonly flavour: PtFlavour | undefined;
  /** the GuC can flush a range; otherwise all of the GT */
  readonly rangeInvalidation: boolean;
  readonly costs: AllCosts;
  /** not of a device with a copy ring */
  readonly driver: Driver | null;
  /** known bugs that its driver has, by id */
  readonly quirks: readonly string[];
}

export interface Driver {
  readonly version: string;
  /** one bit for each page size that its MMU takes, in bytes */
  readonly pageSizes: number;
}

export interface Bo {
  readonly range: Page;
  /** the first page of its memory, which is contiguous */
  readonly phys: Page;
  readonly placement: MemoryRegion;
  /** where it belongs: an evicted BO goes back there before it is bound */
  readonly home: MemoryRegion;
  /** its handle was closed; mappings keep the memory */
  readonly closed: boolean;
  /** the VM that it is private to: it shares that VM's reservation object; null for an external BO */
  readonly vm: string | null;
  /** made in VRAM that must be mapped by 64K pages (XE_BO_INTERNAL_64K) */
  readonly is64K: boolean;
}

/** Where a mapping of a BO is: what eviction looks up. */
export interface Link {
  readonly vm: string;
  readonly va: number;
  readonly addr: Page;
  readonly range: Page;
}

/** A piece of the process's memory that user space may map. */
export interface Userptr {
  /** its first page in the process */
  readonly ptr: Page;
  readonly range: Page;
  /** the first of its pages; null when nothing is mapped there any more */
  readonly phys: Page | null;
  /** the notifier's sequence number */
  readonly seq: number;
  /** notifiers are being called: pinning waits */
  readonly invalidating: boolean;
}

export interface Queue {
  readonly vm: string;
  readonly gt: string;
  readonly kind: 'exec' | 'bind';
  readonly banned: boolean;
}

export interface VmShared {
  /** closing has begun: its id leads nowhere any more */
  readonly closed: boolean;
  readonly mode: 'dma-fence' | 'compute' | 'fault';
  readonly scratch: boolean;
  /** the errno of the asynchronous op that stopped the worker; 0 when none did */
  readonly error: number;
  /** VMAs whose BO was moved (vm->notifier.rebind_list) */
  readonly evicted: readonly number[];
  /** external BOs that it maps, and how often (vm->extobj) */
  readonly extobjs: Readonly<Record<string, number>>;
}

export interface Shared {
  readonly device: Device;
  readonly bos: Readonly<Record<string, Bo>>;
  readonly pools: PhysicalPools;
  readonly syncobjs: Readonly<Record<string, Syncobj>>;
  readonly fences: FenceTable;
  readonly memory: Memory;
  /** every table page there is, whoever's */
  readonly tables: Tables;
  /** the root table of a VM on a GT, by {@link rootKey} */
  readonly roots: Readonly<Record<string, Page>>;
  /** by VM: the number that the TLBs know it by, in order of creation */
  readonly asids: Readonly<Record<string, number>>;
  readonly tlbs: Readonly<Record<string, Tlb>>;
  /** by VM, once it is created */
  readonly vms: Readonly<Record<string, VmShared>>;
  /** by BO: its mappings in all VMs, until they are destroyed, keyed by {@link linkKey} */
  readonly links: Readonly<Record<string, OrderedMap<Link>>>;
  readonly userptrs: Readonly<Record<string, Userptr>>;
  /** the same by first page of the process: areas do not overlap, and stay where they are */
  readonly areas: OrderedMap<string>;
  readonly queues: Readonly<Record<string, Queue>>;
  /** reservation objects: a VM's has the VM's name, an external BO's the BO's */
  readonly resvs: Readonly<Record<string, Resv>>;
  /** locks that are held across steps, and by whom */
  readonly locks: Readonly<Record<string, string>>;
  /** who sleeps until something happens, by its name */
  readonly sleepers: Readonly<Record<string, readonly string[]>>;
  /** what drivers and GPUs have written to user-fence addresses */
  readonly userMemory: Readonly<Record<U64, U64>>;
  /** how many references there are to an object, while there is one */
  readonly refs: Readonly<Record<string, number>>;
}

export const NOTHING_SHARED: Shared = {
  device: {
    ...{ gts: [], levels: 4, profile: '' },
    ...{ flavour: undefined, rangeInvalidation: true, costs: NO_COSTS, driver: null, quirks: [] },
  },
  bos: {},
  pools: freshPools(),
  syncobjs: {},
  fences: NO_FENCES,
  memory: zeroMemory(),
  tables: noTables(),
  roots: {},
  asids: {},
  tlbs: {},
  vms: {},
  links: {},
  userptrs: {},
  areas: OrderedMap.empty(),
  queues: {},
  resvs: {},
  locks: {},
  sleepers: {},
  userMemory: {},
  refs: {},
};

export function rootKey(gt: string, vm: string): string {
  return `${gt} ${vm}`;
}

/** Mappings by VM, then by number. */
export function linkKey(asid: number, va: number): number {
  return asid * 2 ** 32 + va;
}

/** The reservation object that guards a BO: its VM's, or its own. */
export function resvOf(bo: string, { vm }: Bo): string {
  return vm ?? bo;
}
