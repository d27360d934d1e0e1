/** Making the objects that a scenario declares: at the start, or when a client's `create` step says so. */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { parsePages } from '../../domain/units.ts';
import { alignUp, PAGES_64K } from '../../hw/levels.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { takeRef } from '../shared/refs.ts';

/** Who holds a BO as long as its handle is open. */
export const HANDLE = 'handle';

export type DeclaredBo = Scenario['bos'][string];
export type DeclaredQueue = Scenario['queues'][string];
export type DeclaredSyncobj = Scenario['syncobjs'][string];

/** The software fence that a `pending` syncobj holds at first; the first point of a timeline. */
export const softwareFence = (syncobj: string): string => fenceKeyOf(`sw/${syncobj}`, 1);
const FIRST_POINT = '0x1';

/**
 * Mirrors xe_gem_create_ioctl; the memory is zeroed, and the handle keeps it. VRAM that must be mapped by 64K pages comes
 * in blocks of them (___xe_bo_create_locked).
 */
export function createBo(
  bo: string,
  { size, placement, vm }: DeclaredBo,
  shared: SharedReader,
): Effect[] {
  const asked = parsePages(size);
  if (typeof asked === 'string') throw new RangeError(`${bo}: a size that is ${asked}`);
  const is64K = placement === 'vram' && shared.device.flavour?.needs64K === true;
  const range = is64K ? alignUp(asked, PAGES_64K) : asked;
  const phys = shared.physFor(placement, range);
  const made = fact({ type: 'bo.created', bo, range, phys, placement, vm: vm ?? null });
  return [made, takeRef(bo, HANDLE)];
}

/** Mirrors xe_engine_create_ioctl, as far as it makes the queue itself. */
export function createQueue(queue: string, { vm, kind, gt }: DeclaredQueue): Effect {
  return fact({ type: 'queue.created', queue, vm, gt: `gt${gt}`, kind });
}

/** The process has these pages from the beginning; they are zero. */
export function createUserptr(
  userptr: string,
  { addr, size }: Scenario['userptrs'][string],
  shared: SharedReader,
): Effect {
  const ptr = parsePages(addr);
  const range = parsePages(size);
  if (typeof ptr === 'string') throw new RangeError(`${userptr}: an address that is ${ptr}`);
  if (typeof range === 'string') throw new RangeError(`${userptr}: a size that is ${range}`);
  const phys = shared.physFor('system', range);
  return fact({ type: 'userptr.created', userptr, ptr, range, phys });
}

export function createSyncobj(syncobj: string, { kind, pending }: DeclaredSyncobj): Effect[] {
  const made = fact({ type: 'syncobj.created', syncobj, kind });
  if (!pending) return [made];
  const fence = softwareFence(syncobj);
  const held =
    kind === 'binary'
      ? fact({ type: 'syncobj.replaced', syncobj, fence })
      : fact({ type: 'syncobj.advanced', syncobj, point: FIRST_POINT, fence });
  return [made, fact({ type: 'fence.created', fence, kind: 'software', parts: [] }), held];
}
