/** Queues, reservation objects, locks and sleepers, as facts tell. */
import type { FactOf } from '../../facts/schema.ts';
import { contextOf, type FenceKey, seqnoOf } from '../../fence/fence-table.ts';
import { type Usage, USAGES } from '../../fence/resv.ts';
import { without } from '../../without.ts';
import { type FencesSeen, isPending } from './fences.ts';

export interface QueueSeen {
  readonly vm: string;
  readonly kind: 'exec' | 'bind';
  readonly isBanned: boolean;
  readonly isSuspended: boolean;
}

export interface SlotSeen {
  readonly fence: FenceKey;
  readonly usage: Usage;
}

export interface QueuesSeen {
  readonly queues: Readonly<Record<string, QueueSeen>>;
  /** fences added to reservation objects, as long as they are pending */
  readonly resvs: Readonly<Record<string, readonly SlotSeen[]>>;
  /** locks that are held across steps, and by whom */
  readonly locks: Readonly<Record<string, string>>;
  /** who sleeps, and on what */
  readonly sleepers: Readonly<Record<string, readonly string[]>>;
}

export const NO_QUEUES_SEEN: QueuesSeen = { queues: {}, resvs: {}, locks: {}, sleepers: {} };

export function withQueue(seen: QueuesSeen, queue: string, change: Partial<QueueSeen>): QueuesSeen {
  const old = seen.queues[queue];
  if (old === undefined) return seen;
  return { ...seen, queues: { ...seen.queues, [queue]: { ...old, ...change } } };
}

export function madeQueue(
  seen: QueuesSeen,
  { queue, vm, kind }: FactOf<'queue.created'>,
): QueuesSeen {
  const made = { vm, kind, isBanned: false, isSuspended: false };
  return { ...seen, queues: { ...seen.queues, [queue]: made } };
}

/** Whether `later` is of the same context and no earlier: when it has signalled, so has the other. */
export const isBehind = (fence: FenceKey, later: FenceKey): boolean =>
  contextOf(fence) === contextOf(later) && seqnoOf(later) >= seqnoOf(fence);

export function addedToResv(
  seen: QueuesSeen,
  { resv, fence, usage }: FactOf<'resv.added'>,
  fences: FencesSeen,
): QueuesSeen {
  // as dma_resv_add_fence does: a later fence of one context stands for an earlier one of no stronger class
  const rank = USAGES.indexOf(usage);
  const live = (seen.resvs[resv] ?? []).filter(
    (slot) =>
      isPending(fences, slot.fence) &&
      !(isBehind(slot.fence, fence) && USAGES.indexOf(slot.usage) >= rank),
  );
  return { ...seen, resvs: { ...seen.resvs, [resv]: [...live, { fence, usage }] } };
}

/** Pending fences of one usage class of a reservation object. */
export function pendingIn(
  { resvs }: QueuesSeen,
  fences: FencesSeen,
  resv: string,
  usage: Usage,
): FenceKey[] {
  return (resvs[resv] ?? [])
    .filter((slot) => slot.usage === usage && isPending(fences, slot.fence))
    .map(({ fence }) => fence);
}

export function fellAsleep(seen: QueuesSeen, { on, by }: FactOf<'wait.began'>): QueuesSeen {
  return { ...seen, sleepers: { ...seen.sleepers, [by]: [...(seen.sleepers[by] ?? []), on] } };
}

/** Those who sleep on something wake; or only `by`. */
export function woke(seen: QueuesSeen, on: string, by?: string): QueuesSeen {
  let { sleepers } = seen;
  for (const who of by === undefined ? Object.keys(sleepers) : [by]) {
    const ons = sleepers[who];
    if (ons?.includes(on) !== true) continue;
    const left = ons.filter((each) => each !== on);
    sleepers = left.length === 0 ? without(sleepers, who) : { ...sleepers, [who]: left };
  }
  return sleepers === seen.sleepers ? seen : { ...seen, sleepers };
}
