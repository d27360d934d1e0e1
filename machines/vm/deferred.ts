/** MAP and MAP_USERPTR of a fault-mode VM without IMMEDIATE: only the VMA is made, the first fault binds it. */
import type { VmContext, VmOp } from './context.ts';

export function isDeferred({ mode }: VmContext, op: VmOp): boolean {
  return op.op === 'map' && mode === 'fault' && !op.immediate;
}
