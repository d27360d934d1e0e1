/**
 * A GT reset: nothing runs for a while, and nothing that was cached is afterwards. Requests to the GuC that come
 * meanwhile are lost; copies and accesses wait in the mail until the GT runs again. What ran on it begins anew
 * (`queue.reset`). Mirrors xe_gt.c (gt_reset: xe_gt_pagefault_reset, xe_uc_stop, xe_gt_tlb_invalidation_reset,
 * do_gt_reset, do_gt_restart).
 *
 * The driver is told how far the requests had come: those that the flush covers are complete, and nothing that was sent
 * later is. The kernel completes all that it has numbered while the channel is down, which is the same.
 */
import { arm, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import { queuesOf, repeatHeld } from './access.ts';
import type { GtContext } from './context.ts';

const startReset: Action<GtContext> = (context, { from, shared }) => {
  const queues = shared.execQueuesOf(context.id);
  return outcome(
    { ...context, resetBy: [from] },
    fact({ type: 'gt.reset', gt: context.id }),
    ...queues.map((queue) => send(queue, 'queue.reset', NO_DATA)),
    ...queuesOf(context, shared).map((faults) => send(faults, 'faults.reset', NO_DATA)),
    arm('reset', shared.device.costs.gtResetNs, 'gt.resume', NO_DATA),
  );
};

/** One reset answers all who ask while it lasts. */
const joinReset: Action<GtContext> = (context, { from }) =>
  outcome({ ...context, resetBy: [...context.resetBy, from] });

const loseRequest: Action<GtContext> = (context, event) =>
  outcome({ ...context, seqno: dataOf(event, 'guc.invalidate').seqno });

const endReset: Action<GtContext> = (context) => {
  const { id, seqno, resetBy } = context;
  const repeated = repeatHeld({ ...context, resetBy: [] });
  return outcome(
    repeated.context,
    fact({ type: 'gt.resumed', gt: id }),
    send(`${id}/tlb`, 'tlb.reset', { seqno }),
    ...resetBy.map((asker) => send(asker, 'reset.done', NO_DATA)),
    ...repeated.effects,
  );
};

export const resetActions = { startReset, joinReset, loseRequest, endReset };
