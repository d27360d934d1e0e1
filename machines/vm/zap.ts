/**
 * Taking translations away while the mapping stays: the CPU clears the entries and has the TLBs flushed. Fault mode
 * does it when a userptr's pages or a BO's place change; the next fault binds anew. Mirrors xe_vm.c
 * (xe_vm_invalidate_vma) with xe_pt_zap_ptes.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { Piece } from '../contract/messages.ts';
import { vmaOf, type VmContext } from './context.ts';

export interface Zapped extends Outcome<VmContext> {
  /** signal when no TLB has the translations any more */
  readonly fences: readonly FenceKey[];
}

/** Zaps a mapping on every GT that has it. */
export function zapPiece(context: VmContext, piece: Piece): Zapped {
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
    for (const { table, level, runs } of updates) {
      effects.push(fact({ type: 'pte.written', gt, vm, table, level, runs, by: 'cpu' }));
    }
    effects.push(fact({ type: 'vma.zapped', vm, va, gt }));
    if (!needsInvalidate) return;
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
