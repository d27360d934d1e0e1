/**
 * The driver's side of TLB invalidation on one GT: requests get a number, go to the GuC, and whoever acknowledges a
 * number acknowledges all before it. Mirrors xe_gt_tlb_invalidation.c (send_tlb_invalidation,
 * xe_guc_tlb_invalidation_done_handler, tlb_invalidation_seqno_past, xe_gt_tlb_fence_timeout,
 * xe_gt_tlb_invalidation_reset). What the hardware has cached is a shared object, which the GT flushes.
 *
 * A request ends in one of four ways: it is acknowledged; a reset covers it; it times out (its fence signals ETIME, see
 * settle.ts for its tables); or it could not be sent, and a reset is asked for in its place. What the kernel of 2023 did
 * of this otherwise is in known-bugs.ts.
 */
import { ERRNO } from '../../domain/errno.ts';
import { spacePages } from '../../hw/levels.ts';
import { invalidationRange } from '../../hw/tlb-range.ts';
import { arm, type Effect, fact, outcome, type Outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { type Flush, NO_DATA } from '../contract/messages.ts';
import type { Device } from '../shared/shared.ts';
import { endsUnsent, forgetsAtTimeout, keepsNumber, numberOf } from './known-bugs.ts';
import { type Request, seqnoPast, timeoutOf, type TlbContext } from './context.ts';
import { settle } from './settle.ts';

const UNDER_WAY = { end: null, flushed: false, signaled: false } as const;

/** The range to name, or all of the GT where the GuC knows no ranges (XE_GUC_TLB_INVAL_FULL). */
function requestFor({ addr, range }: Flush, { rangeInvalidation, levels }: Device) {
  if (!rangeInvalidation) return { addr: 0, range: spacePages(levels), full: true } as const;
  const named = invalidationRange(addr, range);
  return { addr: named.addr, range: named.range };
}

const request: Action<TlbContext> = (context, event) => {
  const { vm, flush } = dataOf(event, 'tlb.invalidate');
  const { gt } = context;
  const { fence } = flush;
  const seqno = numberOf(context, flush);
  const sent = !event.decide.fails('tlb.send');
  const asked = { vm, flush, seqno, sent, ...UNDER_WAY };
  if (!sent) {
    const last = keepsNumber(event.shared) ? seqno : context.seqno;
    const failed = fact({ type: 'tlb.sendFailed', gt, seqno, fence });
    if (endsUnsent(event.shared)) {
      const ended = { ...asked, end: 0, flushed: true };
      const next = { ...context, seqno: last, pending: [...context.pending, ended] };
      return settle(next, event.shared, [failed]);
    }
    const pending = [...context.pending, asked];
    return outcome({ ...context, seqno: last, pending }, failed, send(gt, 'gt.reset', NO_DATA));
  }
  const pending = [...context.pending, asked];
  const { device } = event.shared;
  const what = { vm, ...requestFor(flush, device) };
  return outcome(
    { ...context, seqno, pending },
    fact({ type: 'tlb.requested', gt, ...what, seqno, fence }),
    send(gt, 'guc.invalidate', { ...what, seqno }),
    arm(timeoutOf(seqno), device.costs.tlbTimeoutNs, 'tlb.timeout', { seqno }),
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
  return completeUpTo(context, seqno, event, [
    fact({ type: 'tlb.acked', gt: context.gt, seqno }),
    ...work(event.shared.device.costs.ackNs),
  ]);
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
  const flushed = late.flushed || forgetsAtTimeout(event.shared);
  const pending = context.pending.map((each) =>
    each === late ? { ...each, end: ERRNO.ETIME, flushed } : each,
  );
  return settle({ ...context, pending }, event.shared, [
    fact({ type: 'tlb.timedOut', gt: context.gt, seqno, fence }),
  ]);
};

/** Nobody waits; tables of requests that timed out may still be kept. */
const isQuiet: Guard<TlbContext> = ({ pending }) => pending.every(({ signaled }) => signaled);

export const tlbActions = { request, complete, completeByReset, completeUnsent, timeOut };
export const tlbGuards = { isQuiet };
