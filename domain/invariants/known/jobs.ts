/** Jobs, as facts tell: queued, started, done; what they unbind, and what the TLBs have forgotten of it. */
import type { FenceKey } from '../../fence/fence-table.ts';
import { OrderedMap } from '../../ordered-map.ts';
import type { Page } from '../../units.ts';
import { type CallsSeen, goneWith, PLACE } from './calls.ts';

export function queuedJob(
  seen: CallsSeen,
  engine: string,
  id: string,
  fence: FenceKey | null,
  waits: readonly FenceKey[],
): CallsSeen {
  if (seen.jobs.has(id)) return seen;
  const queue = seen.queues[engine] ?? OrderedMap.empty<string>();
  const place = (queue.last()?.key ?? 0) + 1;
  const job = { id, engine, [PLACE]: place, fence, waits, call: null, index: -1, isStarted: false };
  return {
    ...seen,
    jobs: seen.jobs.set(id, job),
    queues: { ...seen.queues, [engine]: queue.set(place, id) },
    carriers: fence === null ? seen.carriers : seen.carriers.set(fence, id),
    fresh: [...seen.fresh, id],
  };
}

export function startedJob(seen: CallsSeen, id: string): CallsSeen {
  const job = seen.jobs.get(id);
  return job === undefined
    ? seen
    : { ...seen, jobs: seen.jobs.set(id, { ...job, isStarted: true }) };
}

export function endedJob(seen: CallsSeen, id: string): CallsSeen {
  const job = seen.jobs.get(id);
  if (job === undefined) return seen;
  const { engine, [PLACE]: place, fence, call: key } = job;
  const queue = seen.queues[engine]?.delete(place) ?? OrderedMap.empty<string>();
  const call = key === null ? undefined : seen.calls.get(key);
  const isAnyStale = seen.stale.some((each) => each.job === id);
  return {
    ...seen,
    jobs: seen.jobs.delete(id),
    queues: { ...seen.queues, [engine]: queue },
    carriers: fence === null ? seen.carriers : seen.carriers.delete(fence),
    stale: isAnyStale
      ? seen.stale.map((each) => (each.job === id ? { ...each, isGone: true } : each))
      : seen.stale,
    calls:
      call === undefined || key === null
        ? seen.calls
        : seen.calls.set(key, { ...call, jobs: call.jobs.filter((each) => each !== id) }),
  };
}

/** A queue stops for good: what it has not run it never will. */
export function endedQueue(seen: CallsSeen, engine: string): CallsSeen {
  const ids = [...(seen.queues[engine]?.values() ?? [])];
  return ids.reduce(endedJob, seen);
}

/**
 * A job has stored entries on a GT. The first of an UNMAP or REMAP that clears some there takes the mapping away.
 * @param clears whether it may have: in a VM with scratch pages a cleared entry looks like any other
 */
export function storedBy(seen: CallsSeen, id: string, gt: string, clears: boolean): CallsSeen {
  const { call: key = null, index = -1 } = seen.jobs.get(id) ?? {};
  if (key === null || !clears) return seen;
  const call = seen.calls.get(key);
  const piece = goneWith(call?.ops[index]);
  const what = `${index} ${gt}`;
  if (call === undefined || piece === null || call.unbound.includes(what)) return seen;
  const entry = { call: key, job: id, gt, vm: call.vm, ...piece, isGone: false };
  const calls = seen.calls.set(key, { ...call, unbound: [...call.unbound, what] });
  return { ...seen, calls, stale: [...seen.stale, entry] };
}

/** A flush: what it covers and the page tables no longer hold is forgotten. */
export function flushed(
  seen: CallsSeen,
  gt: string,
  vm: string | null,
  from: Page,
  end: Page,
): CallsSeen {
  const stale = seen.stale.filter(
    (each) =>
      !each.isGone ||
      each.gt !== gt ||
      (vm !== null && each.vm !== vm) ||
      each.addr < from ||
      each.addr + each.range > end,
  );
  return stale.length === seen.stale.length ? seen : { ...seen, stale };
}
