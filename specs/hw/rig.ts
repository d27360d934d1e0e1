/**
 * A driver and its hardware for one VM: binds are staged on the tree and their facts folded into
 * the tables, which are built in no other way.
 */
import { freshPools } from '../../hw/allocator.ts';
import type { Mapping } from '../../hw/leaf-rule.ts';
import { allocateTable, freeTable, noTables, writeEntries } from '../../hw/page-tables.ts';
import type { Tables } from '../../hw/page-tables.ts';
import { stageBind, type BindRequest, type StagedBind } from '../../hw/pt-bind.ts';
import {
  createPtTree,
  type PtTree,
  type PtTreeOptions,
  type TableAlloc,
} from '../../hw/pt-tree.ts';
import { tableRootOf, type TableRoot } from '../../hw/tables-check.ts';
import { stageUnbind, type StagedUnbind, type UnbindRequest } from '../../hw/pt-unbind.ts';

export interface Rig {
  readonly tree: PtTree;
  readonly alloc: TableAlloc;
  readonly tables: Tables;
}

export const NULL = { kind: 'null' } as const;

/** Contiguous system memory from `pfn` on. */
export function system(pfn: number): Mapping['backing'] {
  return { kind: 'physical', pfn, vram: false };
}

/** A writable mapping of the bytes [from, to). */
export function mapping(from: number, to: number, backing: Mapping['backing']): Mapping {
  return { addr: from / 4096, range: (to - from) / 4096, backing, readOnly: false };
}

/** Contiguous VRAM from `pfn` on. */
export function vram(pfn: number): Mapping['backing'] {
  return { kind: 'physical', pfn, vram: true };
}

/** Where scratch VMs of specs have their scratch memory: 16 pages, 64K-aligned. */
export const SCRATCH = { pfn: 2 ** 38 + 0x50, vram: true } as const;

export function newRig(levels = 4, options?: PtTreeOptions): Rig {
  const { tree, alloc, newTables } = createPtTree(freshPools().tables, levels, options);
  return { tree, alloc, tables: newTables.reduce(allocateTable, noTables()) };
}

/** What hardware has after a staged bind is done. */
export function applyBind(tables: Tables, staged: StagedBind): Tables {
  const built = staged.newTables.reduce(allocateTable, tables);
  return staged.freed.reduce(freeTable, staged.updates.reduce(writeEntries, built));
}

/** What hardware has after a staged unbind is done. */
export function applyUnbind(tables: Tables, staged: Omit<StagedUnbind, 'tree'>): Tables {
  return staged.freed.reduce(freeTable, staged.updates.reduce(writeEntries, tables));
}

export function bind(rig: Rig, request: BindRequest): Rig & { staged: StagedBind } {
  const staged = stageBind(rig.tree, rig.alloc, request);
  const { tree, alloc } = staged;
  return { tree, alloc, tables: applyBind(rig.tables, staged), staged };
}

export function unbind(rig: Rig, request: UnbindRequest): Rig & { staged: StagedUnbind } {
  const staged = stageUnbind(rig.tree, request);
  return { ...rig, tree: staged.tree, tables: applyUnbind(rig.tables, staged), staged };
}

/** The root to walk from. */
export function rootOf({ tree }: Rig): TableRoot {
  return tableRootOf(tree);
}
