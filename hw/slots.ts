/**
 * The 512 slots of one page table as a persistent value: 16 chunks of 32.
 *
 * Both views of a table rest on it: the hardware's (slot = the entry's 64-bit value) and the
 * driver's (slot = leaf or child, the children array of struct xe_pt_dir). A write copies the
 * chunks it touches and nothing else; a chunk that is all empty is dropped, so two tables with the
 * same content are structurally equal whatever their history; a chunk filled with one value is
 * built once and shared, which keeps a table of NULL leaves as cheap as a single chunk.
 */

/** Entries of one table (XE_PDES). */
export const SLOT_COUNT = 512;
const CHUNK = 32;

type Chunk<T> = readonly (T | undefined)[];

/** 512 slots, each a T or empty (`undefined`). Immutable. */
export interface Slots<T> {
  /** @internal 16 chunks; `undefined` where all 32 slots are empty */
  readonly chunks: readonly (Chunk<T> | undefined)[];
}

const NO_SLOTS: Slots<never> = { chunks: new Array<undefined>(SLOT_COUNT / CHUNK).fill(undefined) };

/** 512 empty slots. */
export function noSlots<T>(): Slots<T> {
  return NO_SLOTS;
}

/** The value of slot `index` (0 .. 511), `undefined` when empty. */
export function slotAt<T>(slots: Slots<T>, index: number): T | undefined {
  return slots.chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
}

function checkSpan(index: number, count: number): void {
  if (index < 0 || count < 0 || index + count > SLOT_COUNT) {
    throw new RangeError(`slots ${index} + ${count} are not inside a table of ${SLOT_COUNT}`);
  }
}

/** `slots` with `count` slots from `index` on set to `value`, or emptied with `undefined`. */
export function fillSlots<T>(
  slots: Slots<T>,
  index: number,
  count: number,
  value: T | undefined,
): Slots<T> {
  let uniform: Chunk<T> | undefined;
  return editChunks(slots, index, count, (old, at, from, to) => {
    if (to - from < CHUNK) return editChunk(old, at, from, to, () => value);
    if (value === undefined) return undefined;
    uniform ??= new Array<T>(CHUNK).fill(value);
    return uniform;
  });
}

/** `slots` with slot i set to `valueAt(i)` for the `count` slots from `index` on. */
export function writeSlots<T>(
  slots: Slots<T>,
  index: number,
  count: number,
  valueAt: (index: number) => T | undefined,
): Slots<T> {
  return editChunks(slots, index, count, (old, at, from, to) =>
    editChunk(old, at, from, to, valueAt),
  );
}

function editChunks<T>(
  slots: Slots<T>,
  index: number,
  count: number,
  edit: (old: Chunk<T> | undefined, at: number, from: number, to: number) => Chunk<T> | undefined,
): Slots<T> {
  checkSpan(index, count);
  if (count === 0) return slots;
  const chunks = slots.chunks.slice();
  const end = index + count;
  for (let c = Math.floor(index / CHUNK); c * CHUNK < end; c++) {
    const at = c * CHUNK;
    chunks[c] = edit(chunks[c], at, Math.max(index - at, 0), Math.min(end - at, CHUNK));
  }
  return { chunks };
}

function editChunk<T>(
  old: Chunk<T> | undefined,
  at: number,
  from: number,
  to: number,
  valueAt: (index: number) => T | undefined,
): Chunk<T> | undefined {
  const next = old === undefined ? new Array<T | undefined>(CHUNK).fill(undefined) : old.slice();
  for (let i = from; i < to; i++) next[i] = valueAt(at + i);
  return next.some((value) => value !== undefined) ? next : undefined;
}

/** Calls `each` for the filled slots with `from <= index < to`, ascending. */
export function visitSlots<T>(
  slots: Slots<T>,
  from: number,
  to: number,
  each: (value: T, index: number) => void,
): void {
  for (let c = Math.floor(from / CHUNK); c * CHUNK < to; c++) {
    const chunk = slots.chunks[c];
    if (chunk === undefined) continue;
    const at = c * CHUNK;
    const end = Math.min(to - at, CHUNK);
    for (let i = Math.max(from - at, 0); i < end; i++) {
      const value = chunk[i];
      if (value !== undefined) each(value, at + i);
    }
  }
}

/** The filled slots with `from <= index < to`, ascending, as [index, value]. */
export function filledSlots<T>(
  slots: Slots<T>,
  from = 0,
  to = SLOT_COUNT,
): (readonly [number, T])[] {
  const filled: (readonly [number, T])[] = [];
  visitSlots(slots, from, to, (value, index) => filled.push([index, value]));
  return filled;
}

/** How many slots with `from <= index < to` are filled. */
export function countFilled<T>(slots: Slots<T>, from = 0, to = SLOT_COUNT): number {
  let count = 0;
  visitSlots(slots, from, to, () => (count += 1));
  return count;
}

/** Calls `each` for the slots that differ, ascending; chunks that both share are not looked at. */
export function visitChanged<T>(
  before: Slots<T>,
  after: Slots<T>,
  each: (before: T | undefined, after: T | undefined, index: number) => void,
): void {
  for (let c = 0; c * CHUNK < SLOT_COUNT; c++) {
    const [was, is] = [before.chunks[c], after.chunks[c]];
    if (was === is) continue;
    for (let i = 0; i < CHUNK; i++) {
      if (was?.[i] !== is?.[i]) each(was?.[i], is?.[i], c * CHUNK + i);
    }
  }
}
