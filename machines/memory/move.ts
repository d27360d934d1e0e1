/**
 * A BO gets other pages. Whoever calls holds the BO's reservation lock, and has told the mappings before
 * (xe_bo_trigger_rebind). Mirrors xe_bo.c (xe_bo_move) and what it hands over to: xe_migrate.c (xe_migrate_copy) for
 * the copy, ttm_bo_move_accel_cleanup for the fence in the KERNEL slot and for the old pages, which outlive the BO's
 * interest in them until the copy is done (a TTM ghost object; here `memory.release`).
 */
import { fenceKeyOf, type FenceKey } from '../../domain/fence/fence-table.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import { type Effect, fact, send } from '../contract/effects.ts';
import type { Job } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { resvOf } from '../shared/shared.ts';
import { COPY_QUEUE, MEMORY, MOVE_FENCE } from './names.ts';

export interface Moved {
  readonly effects: Effect[];
  /** signals when the contents are there */
  readonly fence: FenceKey;
}

/**
 * Asks whatever is promised about a mapped BO to end (a preempt fence suspends its queue), and tells its mappings: they
 * have to be bound anew (xe_bo_trigger_rebind, but for its fault-mode branch).
 */
export function tellMappings(shared: SharedReader, bo: string): Effect[] {
  const found = shared.bo(bo);
  const links = shared.links(bo);
  if (found === undefined || links.length === 0) return [];
  const enabled = shared
    .resv(resvOf(bo, found), 'bookkeep')
    .filter((fence) => !shared.fence(fence).enabled)
    .map((fence) => fact({ type: 'fence.enabled', fence }));
  const told = links
    .filter(({ vm, va }) => shared.vm(vm)?.evicted.includes(va) === false)
    .map(({ vm, va }) => fact({ type: 'vma.evicted', vm, va }));
  return [...enabled, ...told];
}

/**
 * Moves one BO; for a second one in the same step give `shared.after(effects)` of the first.
 * The copy waits for everything in the reservation object, as it is before the move.
 * @param stays that is where it belongs from now on; an evicted BO goes back when it is bound again
 * @throws RangeError for a BO that is not there
 */
export function moveBo(shared: SharedReader, bo: string, to: MemoryRegion, stays = true): Moved {
  const found = shared.bo(bo);
  if (found === undefined) throw new RangeError(`no BO ${bo}`);
  const { range, phys: source, placement, vm } = found;
  const number = shared.nextSeqno(COPY_QUEUE);
  const fence = fenceKeyOf(COPY_QUEUE, number);
  const resv = resvOf(bo, found);
  const waits = shared.resv(resv, 'bookkeep');
  const phys = shared.physFor(to, range);
  const job: Job = {
    id: `${COPY_QUEUE}#${number}`,
    // a copy goes through the kernel's own address space; the name is for readers of the log
    vm: vm ?? bo,
    gt: shared.device.gts[0] ?? '',
    fence,
    waits,
    writes: [],
    copy: { source, phys, range, placement: to },
    flush: null,
  };
  const effects = [
    fact({ type: 'fence.created', fence, kind: MOVE_FENCE, parts: [] }),
    fact({ type: 'bo.moved', bo, phys, placement: to, fence, stays }),
    fact({ type: 'resv.added', resv, fence, usage: 'kernel' }),
    fact({ type: 'job.queued', engine: COPY_QUEUE, job: job.id, fence, waits }),
    send(COPY_QUEUE, 'job.push', { job }),
    send(MEMORY, 'memory.release', {
      fences: [fence],
      pages: { phys: source, range, placement },
    }),
  ];
  return { effects, fence };
}

/** The moves of a BO that are still under way: until they are over its pages do not hold its contents. */
export function movesOf(shared: SharedReader, bo: string): readonly FenceKey[] {
  const found = shared.bo(bo);
  if (found === undefined) return [];
  const fences = shared.resv(resvOf(bo, found), 'kernel');
  return fences.filter((fence) => shared.fence(fence).kind === MOVE_FENCE);
}
