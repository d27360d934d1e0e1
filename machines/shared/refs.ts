/**
 * References: a handle and every mapping keep a BO alive; a handle, queues and calls keep a VM. Mirrors
 * drm_gem_object_put and, for the last one, ttm_bo_release: the memory goes at once, or, while fences of the
 * reservation object are pending, when those have signalled (ttm_bo_delayed_delete); and xe_vm_put.
 */
import { type Effect, fact, send } from '../contract/effects.ts';
import { MEMORY } from '../memory/names.ts';
import type { SharedReader } from './reader.ts';
import { resvOf } from './shared.ts';

export const takeRef = (of: string, by: string): Effect => fact({ type: 'ref.taken', of, by });

/**
 * Drops one reference, and for the last one of a BO or a VM frees it. To drop two references of one BO in one step give
 * `shared.after(effects)` of the first.
 */
export function dropRef(shared: SharedReader, of: string, by: string): Effect[] {
  const dropped = fact({ type: 'ref.dropped', of, by });
  const bo = shared.bo(of);
  if (shared.refs(of) > 1) return [dropped];
  if (shared.vm(of) !== undefined) return [dropped, fact({ type: 'vm.freed', vm: of })];
  if (bo === undefined) return [dropped];
  const { phys, range, placement } = bo;
  // a preempt fence says that a queue runs, not that it uses this BO: xe_ttm_bo_release_notify drops those
  const pending = shared
    .resv(resvOf(of, bo), 'bookkeep')
    .filter((fence) => shared.fence(fence).kind !== 'preempt');
  const freed = fact({ type: 'memory.freed', phys, range, placement });
  const pages =
    pending.length === 0
      ? freed
      : send(MEMORY, 'memory.release', { fences: pending, pages: { phys, range, placement } });
  return [dropped, fact({ type: 'bo.freed', bo: of }), pages];
}
