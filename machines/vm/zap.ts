/**
 * Taking translations away while the mapping stays: the CPU clears the entries and has the TLBs flushed. Fault mode
 * does it when a userptr's pages or a BO's place change; the next fault binds anew. Mirrors xe_vm.c
 * (xe_vm_invalidate_vma) with xe_pt_zap_ptes.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { vmaOf, type VmContext } from './context.ts';
import { storedByCpu } from './cpu-path.ts';

/**
 * Whether the TLB of a GT is left out: xe_vm_invalidate_vma asks the first GT of a tile only, and the second one, the
 * media GT, keeps what it has cached (H10; fixed by "drm/xe: Invalidate media_gt TLBs", v6.11).
 */
const isPassedOver = (gt: number, shared: SharedReader): boolean => gt > 0 && shared.has('H10');

export interface Zapped extends Outcome<VmContext> {
  /** signal when no TLB has the translations any more */
  readonly fences: readonly FenceKey[];
}

/** Zaps a mapping on every GT that has it. */
export function zapPiece(context: VmContext, piece: Piece, shared: SharedReader): Zapped {
  const { id: vm, gts } = context;
  const { va, addr, range } = piece;
  const { present, zapped, pinned } = vmaOf(context, va);
  const effects: Effect[] = [];
  const fences: FenceKey[] = [];
  let { flush: number } = context.counts;
  gts.forEach((gt, i) => {
    const tree = context.trees[i];
    if (tree === undefined || (present & ~zapped & (1 << i)) === 0) return;
    const { updates, needsInvalidate } = stageZap(tree, { addr, range });
    effects.push(...storedByCpu(vm, gt, updates), fact({ type: 'vma.zapped', vm, va, gt }));
    if (!needsInvalidate || isPassedOver(i, shared)) return;
    const fence = fenceKeyOf(`${vm}/zap/${gt}`, (number += 1));
    fences.push(fence);
    effects.push(fact({ type: 'fence.created', fence, kind: 'invalidation', parts: [] }));
    effects.push(
      send(`${gt}/tlb`, 'tlb.invalidate', { vm, flush: { addr, range, fence, freed: [] } }),
    );
  });
  const state = { present, zapped: zapped | present, pinned };
  const next = {
    ...context,
    vmas: context.vmas.set(va, state),
    counts: { ...context.counts, flush: number },
    inFlight: [...context.inFlight, ...fences],
  };
  return { ...outcome(next, ...effects), fences };
}
