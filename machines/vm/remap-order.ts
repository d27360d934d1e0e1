/**
 * What keeps jobs out of a REMAP: none runs between the unbind of the old mapping and the binds of what is left of it.
 * Mirrors the flags XE_VMA_FIRST_REBIND and XE_VMA_LAST_REBIND of xe_vm.c (xe_vma_op_execute).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Usage } from '../../domain/fence/resv.ts';
import type { ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';

/** The unbind waits for every job of the VM. Quirk M01 (xe_migrate_update_pgtables): for none. */
export const jobsBeforeUnbind = (vm: ActorId, shared: SharedReader): readonly FenceKey[] =>
  shared.has('M01') ? [] : shared.resv(vm, 'bookkeep');

/** Later jobs wait for the last bind. Quirk S30 (xe_vma_op_execute): prev is marked as the last one, too. */
export const usageOfRebind = (isLast: boolean, shared: SharedReader): Usage =>
  isLast || shared.has('S30') ? 'kernel' : 'bookkeep';
