/**
 * Cached entries by address space, then by size, then by address: the store under tlb.ts.
 *
 * Hardware finds an entry by comparing the upper bits of an address; one ordered map for each size
 * does the same. A space without entries is not kept, so that forgetting what was cached gives back
 * the store before. Mirrors no kernel function.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import { hexOfPages, type Page } from '../domain/units.ts';

/** One cached entry of a page table: a translation, or a pointer to the next table. */
export interface TlbEntry {
  readonly asid: number;
  /** First page that it is about. */
  readonly addr: Page;
  /** Pages that it is about: 1, 16, 512 or 2^18 for a translation; `addr` is aligned to it. */
  readonly pages: Page;
  /** Level of the table that the entry stood in. */
  readonly level: number;
  /** The entry for `addr`, as it was when it was walked. */
  readonly pte: number;
}

type SizeClass = OrderedMap<TlbEntry>;

/** By asid, then one map for each of a fixed list of sizes. */
export type EntryStore = OrderedMap<readonly SizeClass[]>;

/** What a store forgets of the entries that are about a part of the range. */
export type Forgotten = (entry: TlbEntry) => boolean;

/** A store without entries. */
export function noEntries(): EntryStore {
  return OrderedMap.empty();
}

/** The store with `entry`, in place of one of the same place and size. */
export function putEntry(store: EntryStore, sizes: readonly Page[], entry: TlbEntry): EntryStore {
  const size = sizes.indexOf(entry.pages);
  if (size < 0 || entry.addr % entry.pages !== 0) {
    throw new RangeError(
      `no TLB entry spans ${hexOfPages(entry.pages)} from ${hexOfPages(entry.addr)}`,
    );
  }
  const old = store.get(entry.asid) ?? sizes.map(() => OrderedMap.empty<TlbEntry>());
  const next = old.map((entries, i) => (i === size ? entries.set(entry.addr, entry) : entries));
  return store.set(entry.asid, next);
}

/** The entries about page `addr`, those of the smallest size first. */
export function entriesAbout(
  store: EntryStore,
  sizes: readonly Page[],
  asid: number,
  addr: Page,
): TlbEntry[] {
  const space = store.get(asid) ?? [];
  return space.flatMap((entries, i) => {
    const entry = entries.get(addr - (addr % (sizes[i] ?? 1)));
    return entry === undefined ? [] : [entry];
  });
}

/** The store without the entries about a page of the range for which `goes` holds. */
export function dropEntries(
  store: EntryStore,
  sizes: readonly Page[],
  { asid, addr, range }: { readonly asid: number; readonly addr: Page; readonly range: Page },
  goes: Forgotten = () => true,
): EntryStore {
  const space = store.get(asid);
  if (space === undefined) return store;
  const next = space.map((entries, i) => {
    const first = addr - (addr % (sizes[i] ?? 1));
    const editor = entries.mutable();
    for (const { key, value } of entries.entries(first, addr + range)) {
      if (goes(value)) editor.delete(key);
    }
    return editor.freeze();
  });
  return next.every(({ size }) => size === 0) ? store.delete(asid) : store.set(asid, next);
}

/** All entries, by asid, then address, then size. */
export function listEntries(store: EntryStore): TlbEntry[] {
  const all: TlbEntry[] = [];
  for (const space of store.values()) {
    const entries = space.flatMap((sized) => [...sized.values()]);
    all.push(...entries.sort((a, b) => a.addr - b.addr || a.pages - b.pages));
  }
  return all;
}
