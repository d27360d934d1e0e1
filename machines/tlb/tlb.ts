/**
 * The driver's side of TLB invalidation on one GT: requests get a number, go to the GuC, and whoever acknowledges a
 * number acknowledges all before it. Mirrors xe_gt_tlb_invalidation.c (send_tlb_invalidation,
 * xe_guc_tlb_invalidation_done_handler, tlb_invalidation_seqno_past). Left out until their issue: timeout, GT reset,
 * failed sends. What the hardware has cached is a shared object (machines/shared/shared.ts), which the GT flushes.
 */
import { invalidationRange } from '../../hw/tlb-range.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { ActorId, Flush } from '../contract/messages.ts';
import { signal } from '../shared/signal.ts';

/** Request numbers run 1 .. MAX_SEQNO; 0 is never sent. */
export const MAX_SEQNO = 0xfffff;

interface Pending {
  readonly seqno: number;
  readonly vm: ActorId;
  readonly flush: Flush;
}

export interface TlbContext {
  readonly id: ActorId;
  readonly gt: ActorId;
  /** the last number given out */
  readonly seqno: number;
  readonly pending: readonly Pending[];
}

/** Whether `seqno` is `recv` or came before it, across the wrap. */
export function seqnoPast(seqno: number, recv: number): boolean {
  const ahead = seqno - recv;
  if (ahead < -((MAX_SEQNO + 1) / 2)) return false;
  if (ahead > (MAX_SEQNO + 1) / 2) return true;
  return recv >= seqno;
}

const request: Action<TlbContext> = (context, event) => {
  const { vm, flush } = dataOf(event, 'tlb.invalidate');
  const seqno = context.seqno === MAX_SEQNO ? 1 : context.seqno + 1;
  const { addr, range } = invalidationRange(flush.addr, flush.range);
  return outcome(
    { ...context, seqno, pending: [...context.pending, { seqno, vm, flush }] },
    fact({ type: 'tlb.requested', gt: context.gt, vm, addr, range, seqno, fence: flush.fence }),
    send(context.gt, 'guc.invalidate', { vm, addr, range, seqno }),
  );
};

const complete: Action<TlbContext> = (context, event) => {
  const { seqno } = dataOf(event, 'guc.ack');
  const done = context.pending.filter((each) => seqnoPast(each.seqno, seqno));
  const effects: Effect[] = [fact({ type: 'tlb.acked', gt: context.gt, seqno })];
  for (const { vm, flush } of done) {
    for (const { table } of flush.freed) {
      effects.push(fact({ type: 'table.freed', gt: context.gt, vm, table }));
    }
  }
  const fences = done.map(({ flush }) => flush.fence);
  const pending = context.pending.filter((each) => !done.includes(each));
  return outcome({ ...context, pending }, ...effects, ...signal(event.shared, fences));
};

const acksAll: Guard<TlbContext> = ({ pending }, event) => {
  const { seqno } = dataOf(event, 'guc.ack');
  return pending.every((each) => seqnoPast(each.seqno, seqno));
};

export const tlbActions = { request, complete };
export const tlbGuards = { acksAll };
