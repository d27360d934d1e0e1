/** Fences, as facts tell: which have not signalled, and how far each context is. */
import { contextOf, type FenceKey, seqnoOf } from '../../fence/fence-table.ts';
import type { FactOf } from '../../facts/schema.ts';
import { KeyMap } from '../key-map.ts';

/**
 * Under a symbol stands what only says how long a run has been: it is no part of what two states are compared by
 * (streams/explore).
 */
export const MADE_BY: unique symbol = Symbol('made by');

export interface FenceSeen {
  readonly fence: FenceKey;
  readonly kind: string;
  readonly parts: readonly FenceKey[];
  /** an asynchronous fence: its worker has taken it up */
  readonly started: boolean;
  /** a preempt fence: its queue was asked to suspend */
  readonly enabled: boolean;
  /** the record that made it */
  readonly [MADE_BY]: number;
}

export interface FencesSeen {
  /** those that have not signalled */
  readonly pending: KeyMap<FenceSeen>;
  /** by context: the last seqno that has */
  readonly last: KeyMap<number>;
}

export const NO_FENCES_SEEN: FencesSeen = { pending: KeyMap.empty(), last: KeyMap.empty() };

/** Whether somebody who waits for it still has to. */
export const isPending = ({ pending }: FencesSeen, fence: FenceKey): boolean => pending.has(fence);

export function madeFence(
  seen: FencesSeen,
  { fence, kind, parts }: FactOf<'fence.created'>,
  seq: number,
): FencesSeen {
  const isBornSignaled = parts.length > 0 && !parts.some((part) => seen.pending.has(part));
  if (isBornSignaled) return seen;
  const made = { fence, kind, parts, started: false, enabled: false, [MADE_BY]: seq };
  return { ...seen, pending: seen.pending.set(fence, made) };
}

export function signaledFence(seen: FencesSeen, fence: FenceKey): FencesSeen {
  const context = contextOf(fence);
  const last = Math.max(seen.last.get(context) ?? 0, seqnoOf(fence));
  return { pending: seen.pending.delete(fence), last: seen.last.set(context, last) };
}

export function markedFence(
  seen: FencesSeen,
  fence: FenceKey,
  mark: 'started' | 'enabled',
): FencesSeen {
  const old = seen.pending.get(fence);
  if (old === undefined) return seen;
  const marked = mark === 'started' ? { ...old, started: true } : { ...old, enabled: true };
  return { ...seen, pending: seen.pending.set(fence, marked) };
}
