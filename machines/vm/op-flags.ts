/**
 * The flags of a bind op are written into every op of its list. Mirrors xe_vm.c (vm_bind_ioctl_ops_create).
 *
 * S12: they are written through the MAP view of a union, and in a REMAP the first bytes of `next` lie there. With a next
 * that is overwritten later; without one commit takes the flag for a VMA.
 */
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Call, VmOp } from './context.ts';

const isFlagged = (op: VmOp): boolean =>
  op.op === 'map' && (op.immediate || op.map.readOnly || op.map.null);

/** The ops of each list of a call. */
export function listsOf({ ops, lists }: Pick<Call, 'ops' | 'lists'>): (readonly VmOp[])[] {
  let from = 0;
  return lists.map((count) => ops.slice(from, (from += count)));
}

/** S12, where a flag without a next becomes one. */
export function bugOfFlagsInRemap(vm: string, call: Call, shared: SharedReader): Effect[] {
  if (!shared.has('S12')) return [];
  const isHit = listsOf(call).some(
    (list) => list.some(isFlagged) && list.some((op) => op.op === 'remap' && op.next === null),
  );
  return isHit ? [fact({ type: 'driver.oopsed', vm, where: 'vm_bind_ioctl_ops_commit' })] : [];
}
