/**
 * The driver's side of TLB invalidation on one GT: requests get a number, go to the GuC, and whoever acknowledges a
 * number acknowledges all before it. Mirrors xe_gt_tlb_invalidation.c (send_tlb_invalidation,
 * xe_guc_tlb_invalidation_done_handler, tlb_invalidation_seqno_past, xe_gt_tlb_fence_timeout,
 * xe_gt_tlb_invalidation_reset). What the hardware has cached is a shared object, which the GT flushes.
 *
 * A request ends in one of four ways: it is acknowledged; a reset covers it; it times out (its fence signals ETIME, see
 * settle.ts for its tables); or it could not be sent, and a reset is asked for in its place. The kernel of 2023
 * signalled the fence of a request that it could not send, and freed the tables, with nothing flushed.
 */
import { ERRNO } from '../../domain/errno.ts';
import { TLB_TIMEOUT_NS } from '../../hw/latency.ts';
import { invalidationRange } from '../../hw/tlb-range.ts';
import { arm, type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import { nextSeqnoOf, type Request, seqnoPast, timeoutOf, type TlbContext } from './context.ts';
import { settle } from './settle.ts';

const UNDER_WAY = { end: null, flushed: false, signaled: false } as const;

const request: Action<TlbContext> = (context, event) => {
  const { vm, flush } = dataOf(event, 'tlb.invalidate');
  const { gt } = context;
  const { fence } = flush;
  const seqno = nextSeqnoOf(context.seqno);
  const sent = !event.decide.fails('tlb.send');
  const pending = [...context.pending, { vm, flush, seqno, sent, ...UNDER_WAY }];
  if (!sent) {
    return outcome(
      { ...context, pending },
      fact({ type: 'tlb.sendFailed', gt, seqno, fence }),
      send(gt, 'gt.reset', NO_DATA),
    );
  }
  const { addr, range } = invalidationRange(flush.addr, flush.range);
  return outcome(
    { ...context, seqno, pending },
    fact({ type: 'tlb.requested', gt, vm, addr, range, seqno, fence }),
    send(gt, 'guc.invalidate', { vm, addr, range, seqno }),
    arm(timeoutOf(seqno), TLB_TIMEOUT_NS, 'tlb.timeout', { seqno }),
  );
};

/** The GT has forgotten what the requests up to a number name. */
function completeUpTo(
  context: TlbContext,
  seqno: number,
  { shared }: StepEvent,
  before: readonly Effect[],
): Outcome<TlbContext> {
  const isDone = (each: Request): boolean => each.sent && seqnoPast(each.seqno, seqno);
  const timers = context.pending.filter((each) => isDone(each) && each.end === null);
  const pending = context.pending.map((each) =>
    isDone(each) ? { ...each, flushed: true, end: each.end ?? 0 } : each,
  );
  const cancels = timers.map((each): Effect => ({
    effect: 'cancel',
    timer: timeoutOf(each.seqno),
  }));
  return settle({ ...context, pending }, shared, [...before, ...cancels]);
}

/** Acknowledgements may come late or twice; then they complete nothing. */
const complete: Action<TlbContext> = (context, event) => {
  const { seqno } = dataOf(event, 'guc.ack');
  return completeUpTo(context, seqno, event, [fact({ type: 'tlb.acked', gt: context.gt, seqno })]);
};

/** After a reset: what had reached the GT is complete, for it has forgotten everything. */
const completeByReset: Action<TlbContext> = (context, event) => {
  const { seqno } = dataOf(event, 'tlb.reset');
  return seqno === 0 ? outcome(context) : completeUpTo(context, seqno, event, []);
};

/** The reset that the oldest unsent request asked for is over. */
const completeUnsent: Action<TlbContext> = (context, { shared }) => {
  const first = context.pending.find(({ sent, end }) => !sent && end === null);
  if (first === undefined) throw new RangeError(`${context.id} asked for no reset`);
  const pending = context.pending.map((each) =>
    each === first ? { ...each, flushed: true, end: 0 } : each,
  );
  return settle({ ...context, pending }, shared, []);
};

const timeOut: Action<TlbContext> = (context, event) => {
  const { seqno } = dataOf(event, 'tlb.timeout');
  const late = context.pending.find((each) => each.sent && each.seqno === seqno);
  if (late === undefined) throw new RangeError(`${context.id} has no request ${seqno}`);
  const { fence } = late.flush;
  const pending = context.pending.map((each) =>
    each === late ? { ...each, end: ERRNO.ETIME } : each,
  );
  return settle({ ...context, pending }, event.shared, [
    fact({ type: 'tlb.timedOut', gt: context.gt, seqno, fence }),
  ]);
};

/** Nobody waits; tables of requests that timed out may still be kept. */
const isQuiet: Guard<TlbContext> = ({ pending }) => pending.every(({ signaled }) => signaled);

export const tlbActions = { request, complete, completeByReset, completeUnsent, timeOut };
export const tlbGuards = { isQuiet };
