/**
 * What a staged operation costs in tables, entries and GPU commands.
 *
 * Mirrors the sums of xe_migrate_update_pgtables and write_pgtable (xe_migrate.c): the entries of
 * one struct xe_vm_pgtable_update go into MI_STORE_DATA_IMM commands of at most 511 qwords each.
 * More than 511 in one update is a BUG there, although the code below it would split them; it
 * takes a range that covers a whole root table. On the CPU path there are no commands at all. These
 * are counts; what one of them costs in time is for the cost model to say.
 */
import { leafStep } from './levels.ts';
import type { NewTable, TableUpdate } from './pt-tree.ts';
import type { StagedBind } from './pt-bind.ts';
import type { StagedUnbind } from './pt-unbind.ts';
import type { StagedZap } from './pt-zap.ts';
import { emptyEntry } from './scratch.ts';

/** Qwords that one store command can hold. */
export const STORE_LIMIT = 0x1ff;
/** struct xe_vm_pgtable_update entries that the kernel has room for: XE_VM_MAX_LEVEL * 2 + 1. */
export const UPDATE_LIMIT = 9;
const TABLE_BYTES = 4096;

export interface CostOptions {
  /** Who writes the updates; 'gpu' unless given. A zap is always the CPU's. */
  readonly path?: 'gpu' | 'cpu';
  /** Without VRAM the GPU has to map the tables before it can write them. True unless given. */
  readonly discrete?: boolean;
}

export interface UpdateCost {
  readonly tablesAllocated: number;
  readonly tablesFreed: number;
  /** Bytes of page table that are there afterwards and were not before. */
  readonly tableBytes: number;
  /** Tables that are filled with empty entries first, because not all of theirs are used. */
  readonly tablesCleared: number;
  readonly updates: number;
  /** Entries that map something, in new tables, and those of the updates on the CPU path. */
  readonly entriesByCpu: number;
  /** Entries of the updates, unless the CPU writes them. */
  readonly entriesByGpu: number;
  /** MI_STORE_DATA_IMM commands in the batch. */
  readonly storeCommands: number;
  /** Size of the batch as the kernel reckons it before it builds one. */
  readonly batchDwords: number;
  /** Updates with more than STORE_LIMIT entries: BUG in write_pgtable. */
  readonly overLimit: number;
}

type Staged = StagedBind | StagedUnbind | StagedZap;

/** Store commands that these updates need. */
export function storeCommands(updates: readonly Pick<TableUpdate, 'count'>[]): number {
  return updates.reduce((sum, { count }) => sum + Math.ceil(count / STORE_LIMIT), 0);
}

const entriesIn = (updates: readonly Pick<TableUpdate, 'count'>[]): number =>
  updates.reduce((sum, { count }) => sum + count, 0);

/** Entries of a new table that map something. */
function entriesUsed(staged: Staged, { level, runs }: NewTable): number {
  const empty = 'tree' in staged ? emptyEntry(staged.tree.scratch, level) : 0;
  return runs.reduce((sum, { pte, count }) => sum + (pte === empty ? 0 : count), 0);
}

/** Counts what a staged bind, unbind or zap writes. */
export function costOf(
  staged: Staged,
  { path = 'gpu', discrete = true }: CostOptions = {},
): UpdateCost {
  const { updates } = staged;
  const newTables = 'newTables' in staged ? staged.newTables : [];
  const freed = 'freed' in staged ? staged.freed : [];
  const used = newTables.map((table) => entriesUsed(staged, table));
  const inUpdates = entriesIn(updates);
  const byGpu = path === 'gpu' && 'freed' in staged;
  const stores = storeCommands(updates);
  const fixed = discrete ? 2 : 6 + 2 * updates.length;
  return {
    tablesAllocated: newTables.length,
    tablesFreed: freed.length,
    tableBytes: (newTables.length - freed.length) * TABLE_BYTES,
    tablesCleared: newTables.filter((table, i) => !isCovered(table, used[i] ?? 0)).length,
    updates: updates.length,
    entriesByCpu: used.reduce((sum, n) => sum + n, 0) + (byGpu ? 0 : inUpdates),
    entriesByGpu: byGpu ? inUpdates : 0,
    storeCommands: byGpu ? stores + (discrete ? 0 : 1) : 0,
    batchDwords: byGpu ? fixed + 4 * stores + 2 * inUpdates : 0,
    overLimit: byGpu ? updates.filter(({ count }) => count > STORE_LIMIT).length : 0,
  };
}

/** Whether the request had all of the table's range: then xe_pt_populate_empty is not called. */
function isCovered({ layout }: NewTable, used: number): boolean {
  return used === leafStep(layout ?? 'normal').count;
}
