/**
 * What of a world decides its future, so that two worlds with the same view have the same runs before them. Left out:
 * how it came about (record numbers, causes of messages, when they were due: an explored world delivers at once), and
 * what nobody looks at any more. docs/decisions/025 has the list and the reasons.
 */
import { type Fence, type FenceKey, isSignaled } from '../../domain/fence/fence-table.ts';
import { pendingSlots } from '../../domain/fence/resv.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { VmContext } from '../../machines/vm/context.ts';

/**
 * A fence that has signalled is its result: who waited, and which arrays it was a part of, is over. Without an error it is
 * as good as one that nobody holds and that has left the table: only the last number of its context counts. Of a
 * pending one it does not count in which order they came who wait: each is told in a queue of its own.
 */
export function fenceView(fence: Fence): unknown {
  const { result, waiters } = fence;
  if (result === null) {
    return waiters.length < 2 ? fence : { ...fence, waiters: [...waiters].sort() };
  }
  return result === 0 ? undefined : { result };
}

/** The slots that count: who looks into a reservation object passes over what has signalled. */
export function resvsView({ resvs, fences }: Shared): Shared['resvs'] {
  const views = Object.entries(resvs).map(
    ([id, slots]) => [id, pendingSlots(slots, fences)] as const,
  );
  return Object.fromEntries(views.filter(([, slots]) => slots.length > 0));
}

/** What a VM's lists keep until somebody next looks; while it closes, they are what it waits for. */
export interface Stale {
  readonly inFlight: readonly FenceKey[];
  readonly ranges: VmContext['ranges'];
}

/** Whether an actor's state has parts of which only those count whose fence is pending. */
export function hasStale({ machine, value }: ActorState): boolean {
  return machine === 'vm' && !value.startsWith('closing');
}

export function staleView(context: VmContext, { fences }: Shared): Stale {
  const isPending = (fence: FenceKey): boolean => !isSignaled(fences, fence);
  const { inFlight, ranges } = context;
  if (inFlight.length === 0 && ranges.length === 0) return NOTHING_STALE;
  return {
    inFlight: inFlight.filter(isPending),
    ranges: ranges.filter((each) => isPending(each.fence)),
  };
}

/** What of a VM's lists counts. */
export function listsOf(state: ActorState, shared: Shared): Stale {
  const context = state.context as VmContext;
  if (hasStale(state)) return staleView(context, shared);
  return { inFlight: context.inFlight, ranges: context.ranges };
}

const NOTHING_STALE: Stale = { inFlight: [], ranges: [] };

/** Members of a VM's context that {@link staleView} stands for. */
export const STALE: ReadonlySet<string> = new Set<keyof Stale>(['inFlight', 'ranges']);
