/**
 * Pinning userptr pages: whoever binds a userptr VMA looks up the pages that are behind it and remembers the
 * notifier's number; a bind commits only while the number is still the same. Mirrors xe_vm.c
 * (xe_vma_userptr_pin_pages) and xe_pt.c (xe_pt_userptr_pre_commit).
 */
import { ERRNO } from '../../domain/errno.ts';
import { type Effect, fact, outcome } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { userptrEvent } from '../shared/sleepers.ts';
import { vmaOf, type VmContext } from './context.ts';

/** The userptr mappings among these whose pages are not, or no longer, the ones that were pinned. */
export function stalePieces(
  context: VmContext,
  pieces: readonly Piece[],
  shared: SharedReader,
): readonly Piece[] {
  return pieces.filter(({ userptr, va, offset }) => {
    if (!userptr) return false;
    const found = shared.userptrAt(offset);
    return found === undefined || found.area.seq !== vmaOf(context, va).pinned;
  });
}

/**
 * Whether pages of these mappings have changed since they were pinned, so that the bind may not commit. Quirk M02
 * (xe_pt_userptr_pre_commit): nobody looks.
 */
export const mustPinAgain = (
  context: VmContext,
  pieces: readonly Piece[],
  shared: SharedReader,
): boolean => !shared.has('M02') && stalePieces(context, pieces, shared).length > 0;

/** Pins what is to be pinned, one after another, until one has to wait for a notifier or fails. */
const pin: Action<VmContext> = (context, { shared, decide }) => {
  const effects: Effect[] = [];
  let { vmas, toPin, failure } = context;
  while (failure === 0) {
    const [piece, ...rest] = toPin;
    if (piece === undefined) break;
    const { va, offset, range } = piece;
    const found = shared.userptrAt(offset);
    if (found?.area.invalidating === true) {
      const on = userptrEvent(found.id);
      effects.push(fact({ type: 'wait.began', on, by: context.id }));
      break;
    }
    const isThere =
      found !== undefined &&
      found.area.phys !== null &&
      offset + range <= found.area.ptr + found.area.range;
    if (!isThere || decide.fails('pin')) {
      failure = ERRNO.EFAULT;
      break;
    }
    const { seq } = found.area;
    vmas = vmas.set(va, { ...vmaOf({ vmas }, va), pinned: seq });
    effects.push(fact({ type: 'vma.pinned', vm: context.id, va, seq }));
    toPin = rest;
  }
  return outcome({ ...context, vmas, toPin, failure }, ...effects);
};

const pinned: Guard<VmContext> = ({ toPin, failure }) => toPin.length === 0 && failure === 0;
const failed: Guard<VmContext> = ({ failure }) => failure !== 0;

export const pinActions = { pin };
export const pinGuards = { pinned, failed };
