/**
 * What the end of a request sets free: its fence, and the table pages that only stale entries of the TLB could lead to.
 *
 * Fences signal in the order of the requests, for a reservation object keeps only the last fence of a context
 * (dma_resv_add_fence). Tables are freed once the GT has forgotten them: of a request that timed out nobody knows, so
 * its tables stay until a later acknowledgement or a reset. The kernel frees them at the timeout (quirk H04).
 */
import { type Effect, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signalEach } from '../shared/signal.ts';
import type { Request, TlbContext } from './context.ts';

/** Those before the first that is still under way have their fences signalled. */
function withSignals(pending: readonly Request[]): readonly Request[] {
  const firstOpen = pending.findIndex(({ end }) => end === null);
  return firstOpen < 0
    ? pending.map((each) => ({ ...each, signaled: true }))
    : pending.map((each, i) => (i < firstOpen ? { ...each, signaled: true } : each));
}

const isOver = ({ signaled, flushed, flush }: Request): boolean =>
  signaled && (flushed || flush.freed.length === 0);

export function settle(
  context: TlbContext,
  shared: SharedReader,
  before: readonly Effect[],
): Outcome<TlbContext> {
  const pending = withSignals(context.pending);
  const freed = pending
    .filter((each) => isOver(each))
    .flatMap(({ vm, flush }) =>
      flush.freed.map(({ table }) => fact({ type: 'table.freed', gt: context.gt, vm, table })),
    );
  const ended = context.pending.flatMap(({ flush, end, signaled }, i) =>
    pending[i]?.signaled === true && !signaled ? [[flush.fence, end ?? 0] as const] : [],
  );
  return outcome(
    { ...context, pending: pending.filter((each) => !isOver(each)) },
    ...before,
    ...freed,
    ...signalEach(shared, ended),
  );
}
