/**
 * dma-fences as data: who made them, whether they signalled, who waits.
 *
 * A fence belongs to a context (a timeline) and has a sequence number there; it signals once and its error never
 * changes afterwards. A fence array signals when all its parts have, with the error that came first in time. Mirrors
 * drivers/dma-buf/dma-fence.c (dma_fence_signal, dma_fence_add_callback) and dma-fence-array.c.
 * The table is a fold over facts. A fence that has signalled leaves it when nobody holds it any more (fence-refs.ts).
 * What has left had signalled without an error, so that is what it still answers; two kinds stay: the last of each context,
 * from which the next takes its number, and those that failed, because an actor may still ask for the error.
 */
import { OrderedMap } from '../ordered-map.ts';

/** `context:seqno` */
export type FenceKey = string;

export interface Fence {
  readonly key: FenceKey;
  /** what the kernel would call its ops: `bind-job`, `async-op`, `invalidation`, `array`, `software`, `stub` */
  readonly kind: string;
  /** the parts of an array, otherwise empty; an array that has signalled and that nobody holds has let go of them */
  readonly parts: readonly FenceKey[];
  /** what the job that it is the fence of waits for, until it signals */
  readonly waits: readonly FenceKey[];
  /** how many hold it, besides its waiters: syncobjs and points, slots, arrays, jobs (fence-refs.ts) */
  readonly holders: number;
  /** arrays that have this fence as a part */
  readonly arrays: readonly FenceKey[];
  readonly waiters: readonly string[];
  /** of a preempt fence: its signalling was asked for */
  readonly enabled: boolean;
  /** of an asynchronous fence: the worker has taken its call up */
  readonly started: boolean;
  /** of an array: the error that the first failing part gave it (dma_fence_array_set_pending_error), or 0 */
  readonly pendingError: number;
  /** null until it signals, then 0 or a negative errno */
  readonly result: number | null;
}

/** Fences by context, then by seqno. */
export type FenceTable = Readonly<Record<string, OrderedMap<Fence>>>;

export const NO_FENCES: FenceTable = {};
/** Born signalled; the kernel's dma_fence_get_stub(). */
export const STUB: FenceKey = 'stub:0';

export function fenceKeyOf(context: string, seqno: number): FenceKey {
  return `${context}:${seqno}`;
}

/** A key taken apart. */
interface Parts {
  readonly context: string;
  readonly seqno: number;
}

/** Keys that were taken apart before: each is asked for many times. What it answers does not depend on what it holds. */
const PARTS = new Map<FenceKey, Parts>();
const MOST_PARTS = 4096;

function partsOf(key: FenceKey): Parts {
  const known = PARTS.get(key);
  if (known !== undefined) return known;
  const at = key.lastIndexOf(':');
  const parts = { context: key.slice(0, at), seqno: Number(key.slice(at + 1)) };
  if (PARTS.size >= MOST_PARTS) PARTS.clear();
  PARTS.set(key, parts);
  return parts;
}

export const contextOf = (key: FenceKey): string => partsOf(key).context;

export const seqnoOf = (key: FenceKey): number => partsOf(key).seqno;

/** The context of the preempt fences of an exec queue. */
export const preemptContext = (queue: string): string => `${queue}/preempt`;

/** The exec queue that a preempt fence suspends. */
export function preemptOwner(key: FenceKey): string {
  return contextOf(key).slice(0, -'/preempt'.length);
}

export function findFence(table: FenceTable, key: FenceKey): Fence | undefined {
  const { context, seqno } = partsOf(key);
  return table[context]?.get(seqno);
}

/**
 * @throws RangeError for a fence that was never made, or that nobody held when it had signalled: ask for its result first
 */
export function fenceOf(table: FenceTable, key: FenceKey): Fence {
  const fence = findFence(table, key);
  if (fence === undefined) throw new RangeError(`no fence ${key}`);
  return fence;
}

/** Whether the table has dropped it: a later one of its context was made, and it is not there. */
export function isGone(table: FenceTable, key: FenceKey): boolean {
  const context = table[contextOf(key)];
  const seqno = seqnoOf(key);
  return context !== undefined && seqno < (context.last()?.key ?? 0) && !context.has(seqno);
}

/** null while pending, otherwise the result: 0 or a negative errno */
export function resultOf(table: FenceTable, key: FenceKey): number | null {
  if (key === STUB) return 0;
  const fence = findFence(table, key);
  if (fence !== undefined) return fence.result;
  return isGone(table, key) ? 0 : fenceOf(table, key).result;
}

export function isSignaled(table: FenceTable, key: FenceKey): boolean {
  return resultOf(table, key) !== null;
}

/** The seqno that the next fence of a context gets: one more than the last. */
export function nextSeqno(table: FenceTable, context: string): number {
  return (table[context]?.last()?.key ?? 0) + 1;
}

export function putFence(table: FenceTable, fence: Fence): FenceTable {
  const { context, seqno } = partsOf(fence.key);
  const known = table[context] ?? OrderedMap.empty<Fence>();
  return { ...table, [context]: known.set(seqno, fence) };
}

/**
 * Folds `fence.created`. An array of fences that have all signalled is born signalled. The numbers of a context ascend.
 */
export function addFence(
  table: FenceTable,
  made: { readonly fence: FenceKey; readonly kind: string; readonly parts: readonly FenceKey[] },
): FenceTable {
  const { fence: key, kind, parts } = made;
  const elder = table[contextOf(key)]?.last();
  if (elder !== undefined && elder.key >= seqnoOf(key)) {
    throw new RangeError(`fence ${key} made twice, or after ${elder.value.key}`);
  }
  const pendingError = parts.map((part) => resultOf(table, part)).find(Boolean) ?? 0;
  const isOver = parts.length > 0 && parts.every((part) => isSignaled(table, part));
  const result = isOver ? pendingError : null;
  let next = putFence(table, {
    key,
    kind,
    parts,
    waits: [],
    holders: 0,
    arrays: [],
    waiters: [],
    enabled: false,
    started: false,
    pendingError,
    result,
  });
  for (const part of parts) {
    if (isSignaled(table, part)) continue;
    const old = fenceOf(next, part);
    next = putFence(next, { ...old, arrays: [...old.arrays, key] });
  }
  return next;
}

/** Folds `fence.waited`. Nobody is put on the list of a fence that has signalled: its mail is on the way already. */
export function addWaiter(table: FenceTable, key: FenceKey, waiter: string): FenceTable {
  if (isSignaled(table, key)) return table;
  const fence = fenceOf(table, key);
  return putFence(table, { ...fence, enabled: true, waiters: [...fence.waiters, waiter] });
}

/** Folds `fence.enabled`. */
export function markEnabled(table: FenceTable, key: FenceKey): FenceTable {
  return putFence(table, { ...fenceOf(table, key), enabled: true });
}

/** Folds `fence.started`. */
export function markStarted(table: FenceTable, key: FenceKey): FenceTable {
  return putFence(table, { ...fenceOf(table, key), started: true });
}

/** Folds `fence.signaled`. Whoever folds it has mailed the waiters. */
export function markSignaled(table: FenceTable, key: FenceKey, error: number): FenceTable {
  const fence = fenceOf(table, key);
  if (fence.result !== null) throw new RangeError(`fence ${key} signalled twice`);
  let next = putFence(table, { ...fence, result: error, waiters: [] });
  if (error === 0) return next;
  for (const each of fence.arrays) {
    const array = fenceOf(next, each);
    if (array.pendingError === 0) next = putFence(next, { ...array, pendingError: error });
  }
  return next;
}

export interface Signal {
  readonly type: 'fence.signaled';
  readonly fence: FenceKey;
  readonly error: number;
}

/** How a fence ends: 0, or a negative errno. */
export type Ended = readonly [fence: FenceKey, error: number];

/** What these ends, one after another, amount to: the signals themselves, then those of the arrays that they complete. */
export function signalsOf(table: FenceTable, ended: readonly Ended[]): readonly Signal[] {
  const signals = ended.map(([fence, error]): Signal => ({ type: 'fence.signaled', fence, error }));
  const done = new Set<FenceKey>();
  const errors = new Map<FenceKey, number>();
  const completed = new Set<FenceKey>();
  for (const { fence, error } of signals) {
    done.add(fence);
    for (const key of fenceOf(table, fence).arrays) {
      const { parts, pendingError } = fenceOf(table, key);
      errors.set(key, errors.get(key) || pendingError || error);
      if (completed.has(key)) continue;
      if (!parts.every((part) => done.has(part) || isSignaled(table, part))) continue;
      completed.add(key);
      signals.push({ type: 'fence.signaled', fence: key, error: errors.get(key) ?? 0 });
    }
  }
  return signals;
}
