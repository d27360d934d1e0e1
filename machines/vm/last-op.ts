/**
 * How parse finds the last op of a list, which gets the out-syncs, and what it takes for granted there. Mirrors xe_vm.c
 * (vm_bind_ioctl_ops_parse). After a BUG the call goes on as it should.
 */
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { callOf, type VmContext } from './context.ts';

const stopped = ({ id: vm }: VmContext): Effect[] => [
  fact({ type: 'driver.oopsed', vm, where: 'vm_bind_ioctl_ops_parse' }),
];

/** S02: an empty list has no last op; of a later list the last op of the one before is taken. */
export function bugOfEmptyList(context: VmContext, shared: SharedReader): Effect[] {
  return shared.has('S02') && callOf(context).lists[0] === 0 ? stopped(context) : [];
}

/** S05: a synchronous call executes only its last op, and a BUG_ON stands for the others. */
export function bugOfLongSyncList(context: VmContext, shared: SharedReader): Effect[] {
  const { async, ops } = callOf(context);
  return shared.has('S05') && !async && ops.length > 1 ? stopped(context) : [];
}
