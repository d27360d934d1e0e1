/**
 * Binding anew what lost its memory: VMAs whose BO was moved, and userptr VMAs that have been pinned again. Mirrors
 * xe_vm.c (xe_vm_rebind) and the lists that xe_vm_lock_dma_resv merges. A VMA that was never bound is left to its bind.
 * One that only waits for its unbind is not bound anew: its entries are cleared, since they lead to memory that is gone.
 */
import { type FenceKey, fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { Decisions } from '../contract/decisions.ts';
import { fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { bindEngineOf, vmaOf, type VmContext } from './context.ts';
import { lostMappings } from './lost.ts';
import { pieceOf } from './mapping-index.ts';
import { doomedPieces } from './notifier.ts';
import { Submission } from './submission.ts';

/**
 * Whether mappings that wait for their unbind count (docs/decisions/019): the posting passes over what is
 * XE_VMA_DESTROYED, and its entries lead on to memory that is gone (H08).
 */
const clearsDoomed = (shared: SharedReader): boolean => !shared.has('H08');

/** Mappings that lost their memory and are bound: those still mapped, and those that wait for their unbind. */
function lostPieces(
  context: VmContext,
  shared: SharedReader,
): { readonly mapped: readonly Piece[]; readonly doomed: readonly Piece[] } {
  const lost = lostMappings(context, shared);
  if (lost.size === 0) return { mapped: [], doomed: [] };
  const isLost = (va: number): boolean => lost.has(va) && vmaOf(context, va).present !== 0;
  const { lookup, space } = context;
  const found = [...lost].filter(isLost).flatMap((va) => pieceOf(lookup, space, va) ?? []);
  return {
    mapped: found.sort((a, b) => a.addr - b.addr),
    doomed: clearsDoomed(shared) ? doomedPieces(context).filter(({ va }) => isLost(va)) : [],
  };
}

/** Rebinds everything on the lists; `failure` is set if it cannot. The fence is the VM's rebind fence from now on. */
export function rebindAll(
  context: VmContext,
  shared: SharedReader,
  decide: Decisions,
): Outcome<VmContext> & { readonly fences: readonly FenceKey[] } {
  const { mapped, doomed } = lostPieces(context, shared);
  if (mapped.length === 0 && doomed.length === 0) {
    return { ...outcome({ ...context, invalidated: [] }), fences: [] };
  }
  const engine = bindEngineOf(context.id);
  const submission = new Submission(context, shared, decide, { engine, waits: [] });
  for (const piece of doomed) submission.clear(piece);
  for (const piece of mapped) {
    submission.bind(piece, 'bookkeep', { gts: vmaOf(context, piece.va).present });
    if (piece.userptr) {
      submission.effects.push(fact({ type: 'vma.rebound', vm: context.id, va: piece.va }));
    }
  }
  if (submission.failure !== 0) {
    const left = submission.failed();
    const failed = { ...left.context, failure: submission.failure };
    return { ...outcome(failed, ...left.effects), fences: [] };
  }
  const { fences } = submission;
  // it may take the place of the last one: what is bound anew has moved, and the move waited for all that needs that
  const array = context.counts.array + 1;
  const rebindFence = fenceKeyOf(`${context.id}/rebind`, array);
  const next = submission.context();
  submission.effects.push(
    fact({ type: 'fence.created', fence: rebindFence, kind: 'array', parts: fences }),
  );
  return {
    context: {
      ...next,
      invalidated: [],
      rebindFence,
      counts: { ...next.counts, array },
    },
    effects: submission.effects,
    fences,
  };
}
