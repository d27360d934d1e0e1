/**
 * The objects that actors share: buffers, syncobjs, fences, memory, the page tables and the TLBs that the hardware
 * uses. No actor owns them; facts make and change them, and this value is the fold of all facts so far. A log's facts
 * alone rebuild it (streams/replay/views.ts).
 */
import { type FenceTable, NO_FENCES } from '../../domain/fence/fence-table.ts';
import type { Syncobj } from '../../domain/fence/syncobj.ts';
import type { Page } from '../../domain/units.ts';
import { freshPools, type MemoryRegion, type PhysicalPools } from '../../hw/allocator.ts';
import { type Memory, zeroMemory } from '../../hw/memory.ts';
import { noTables, type Tables } from '../../hw/table-store.ts';
import type { Tlb } from '../../hw/tlb.ts';

export interface Device {
  readonly gts: readonly string[];
  /** page-table levels: 4 for 48-bit addresses, 5 for 57-bit */
  readonly levels: number;
  readonly profile: string;
}

export interface Bo {
  readonly range: Page;
  /** the first page of its memory, which is contiguous */
  readonly phys: Page;
  readonly placement: MemoryRegion;
  /** its handle was closed; mappings keep the memory */
  readonly closed: boolean;
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
}

export const NOTHING_SHARED: Shared = {
  device: { gts: [], levels: 4, profile: '' },
  bos: {},
  pools: freshPools(),
  syncobjs: {},
  fences: NO_FENCES,
  memory: zeroMemory(),
  tables: noTables(),
  roots: {},
  asids: {},
  tlbs: {},
};

export function rootKey(gt: string, vm: string): string {
  return `${gt} ${vm}`;
}
