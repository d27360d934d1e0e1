/**
 * dma-fences as data: who made them, whether they signalled, who waits.
 *
 * A fence belongs to a context (a timeline) and has a sequence number there; it signals once and its error never
 * changes afterwards. A fence array signals when all its parts have, with the first error among them. Mirrors
 * drivers/dma-buf/dma-fence.c (dma_fence_signal, dma_fence_add_callback) and dma-fence-array.c.
 * The table is a fold over `fence.*` facts; left out: enable_signaling, which the preempt fences will need.
 */
import { OrderedMap } from '../ordered-map.ts';

/** `context:seqno` */
export type FenceKey = string;

export interface Fence {
  readonly key: FenceKey;
  /** what the kernel would call its ops: `bind-job`, `async-op`, `invalidation`, `array`, `software`, `stub` */
  readonly kind: string;
  /** the parts of an array, otherwise empty */
  readonly parts: readonly FenceKey[];
  /** arrays that have this fence as a part */
  readonly arrays: readonly FenceKey[];
  readonly waiters: readonly string[];
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

export function contextOf(key: FenceKey): string {
  return key.slice(0, key.lastIndexOf(':'));
}

export function seqnoOf(key: FenceKey): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}

export function findFence(table: FenceTable, key: FenceKey): Fence | undefined {
  return table[contextOf(key)]?.get(seqnoOf(key));
}

/** @throws RangeError for a fence that was never made; machines only name fences that they or the table made */
export function fenceOf(table: FenceTable, key: FenceKey): Fence {
  const fence = findFence(table, key);
  if (fence === undefined) throw new RangeError(`no fence ${key}`);
  return fence;
}

/** null while pending, otherwise the result: 0 or a negative errno */
export function resultOf(table: FenceTable, key: FenceKey): number | null {
  return key === STUB ? 0 : fenceOf(table, key).result;
}

export function isSignaled(table: FenceTable, key: FenceKey): boolean {
  return resultOf(table, key) !== null;
}

/** The seqno that the next fence of a context gets: one more than the last. */
export function nextSeqno(table: FenceTable, context: string): number {
  return (table[context]?.last()?.key ?? 0) + 1;
}

function put(table: FenceTable, fence: Fence): FenceTable {
  const context = contextOf(fence.key);
  const known = table[context] ?? OrderedMap.empty<Fence>();
  return { ...table, [context]: known.set(seqnoOf(fence.key), fence) };
}

/** Folds `fence.created`. */
export function addFence(
  table: FenceTable,
  made: { readonly fence: FenceKey; readonly kind: string; readonly parts: readonly FenceKey[] },
): FenceTable {
  const { fence: key, kind, parts } = made;
  if (findFence(table, key) !== undefined) throw new RangeError(`fence ${key} made twice`);
  let next = put(table, { key, kind, parts, arrays: [], waiters: [], result: null });
  for (const part of parts) {
    if (part === STUB) continue;
    const old = fenceOf(next, part);
    next = put(next, { ...old, arrays: [...old.arrays, key] });
  }
  return next;
}

/** Folds `fence.waited`. */
export function addWaiter(table: FenceTable, key: FenceKey, waiter: string): FenceTable {
  const fence = fenceOf(table, key);
  return put(table, { ...fence, waiters: [...fence.waiters, waiter] });
}

/** Folds `fence.signaled`. Whoever folds it has mailed the waiters. */
export function markSignaled(table: FenceTable, key: FenceKey, error: number): FenceTable {
  const fence = fenceOf(table, key);
  if (fence.result !== null) throw new RangeError(`fence ${key} signalled twice`);
  return put(table, { ...fence, result: error, waiters: [] });
}

export interface Signal {
  readonly type: 'fence.signaled';
  readonly fence: FenceKey;
  readonly error: number;
}

/** What signalling `keys` amounts to: their own signals, in that order, then those of the arrays that they complete. */
export function signalsOf(
  table: FenceTable,
  keys: readonly FenceKey[],
  error = 0,
): readonly Signal[] {
  const signals = keys.map((fence): Signal => ({ type: 'fence.signaled', fence, error }));
  const results = new Map<FenceKey, number>(keys.map((key) => [key, error]));
  for (const signal of signals) {
    for (const array of fenceOf(table, signal.fence).arrays) {
      const parts = fenceOf(table, array).parts.map(
        (part) => results.get(part) ?? resultOf(table, part),
      );
      if (parts.includes(null) || results.has(array)) continue;
      const first = parts.find((result) => result !== 0) ?? 0;
      results.set(array, first);
      signals.push({ type: 'fence.signaled', fence: array, error: first });
    }
  }
  return signals;
}
