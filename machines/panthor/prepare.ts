/**
 * What an op may need is reserved before it takes op_lock, for a job even in the ioctl: later nothing may be allocated,
 * because fences wait for it. Mirrors panthor_mmu.c (panthor_vm_prepare_map_op_ctx, panthor_vm_prepare_unmap_op_ctx,
 * panthor_vm_op_ctx_prealloc_vmas, panthor_vm_cleanup_op_ctx).
 */
import { ERRNO } from '../../domain/errno.ts';
import {
  checkImmediate,
  type ImmediateView,
  isEmptySync,
} from '../../domain/ioctl/immediate-check.ts';
import {
  immediateOp,
  type ImmediateOp,
  type RawImmediateOp,
} from '../../domain/ioctl/immediate-op.ts';
import type { Refusal } from '../../domain/ioctl/rules.ts';
import { tablesToMap, tablesToUnmap } from '../../hw/io-pgtable.ts';
import type { Decisions } from '../contract/decisions.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { OpContext } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { takeRef } from '../shared/refs.ts';
import type { PanthorVm } from './context.ts';

export function viewOf(
  { id: vm, driver, version, quirks, unusable, destroyed }: PanthorVm,
  shared: SharedReader,
  isAsync: boolean,
): ImmediateView {
  return {
    ...{ driver, version, quirks, isAsync, vm },
    isOpen: !destroyed,
    isUnusable: unusable,
    bo: (id) => {
      const bo = shared.bo(id);
      return bo === undefined || bo.closed ? undefined : bo;
    },
  };
}

/**
 * Table pages and VMAs that an op may take; a VMA for each piece that it may make. (The kernel reserved one for an unmap
 * until it was found that an unmap may leave two.)
 */
function reservedFor(op: ImmediateOp): { tables: number; vmas: number } {
  if (op.op === 'map') return { tables: tablesToMap(op), vmas: 3 };
  return op.op === 'unmap' ? { tables: tablesToUnmap(op), vmas: 2 } : { tables: 0, vmas: 0 };
}

/** Who holds the BO of a MAP until the op is over: its vm_bo. */
export const holderOf = (vm: string, { call, bind }: OpContext): string =>
  `${vm}/op${call}.${bind}`;

export type Prepared =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly error: number }
  /** a bug that stops the kernel there */
  | { readonly kind: 'oopsed'; readonly where: string }
  /** nothing to do: a synchronous op of size 0 */
  | { readonly kind: 'empty' }
  | { readonly kind: 'ready'; readonly op: OpContext; readonly effects: readonly Effect[] };

/** In the order in which the kernel allocates. */
function whatFails(op: ImmediateOp, tables: number, decide: Decisions): boolean {
  if (op.op === 'sync') return false;
  if (decide.fails('alloc.vmas')) return true;
  if (op.op === 'map' && op.obj !== null && (decide.fails('pin') || decide.fails('alloc.vm_bo'))) {
    return true;
  }
  return tables > 0 && decide.fails('alloc.tables');
}

export function prepare(
  vm: PanthorVm,
  raw: RawImmediateOp,
  place: { readonly call: number; readonly bind: number },
  isAsync: boolean,
  shared: SharedReader,
  decide: Decisions,
): Prepared {
  const refusal = checkImmediate(raw, viewOf(vm, shared, isAsync));
  if (refusal !== null) return { kind: 'refused', refusal };
  if (isEmptySync(raw, isAsync)) return { kind: 'empty' };
  const op = immediateOp(raw);
  // only with L33 does such a pattern pass the checks
  if (op.op === 'map' && op.repeat?.range === 0) {
    return { kind: 'oopsed', where: 'panthor_vm_prepare_map_op_ctx' };
  }
  const { tables, vmas } = reservedFor(op);
  if (whatFails(op, tables, decide)) return { kind: 'failed', error: ERRNO.ENOMEM };
  const context: OpContext = { ...place, op, tables, vmas };
  const effects = [fact({ type: 'op.prepared', vm: vm.id, ...place, tables, vmas })];
  if (op.op === 'map' && op.obj !== null) effects.push(takeRef(op.obj, holderOf(vm.id, context)));
  return { kind: 'ready', op: context, effects };
}
